"""A function of the file that puts a part of the SQL together for others, which send it: each of these makes the list
of values, and the function adds its own to it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from persistlint import ir
from persistlint.diagnostic import Edit
from persistlint.facts import Site
from persistlint.fixes.binding.calls.counting import check_seen, computed_marks
from persistlint.fixes.binding.calls.describing import described
from persistlint.fixes.binding.calls.handing import handed_on
from persistlint.fixes.binding.calls.passing import Given, Passing
from persistlint.fixes.binding.calls.sending import count_of, passed, placeholder_of
from persistlint.fixes.binding.finishing import go_imports
from persistlint.fixes.binding.marks.grammar import check_texts
from persistlint.fixes.binding.marks.narrowing import narrowed
from persistlint.fixes.binding.marks.plan import bound_by, plan, takes_objects
from persistlint.fixes.binding.marks.rewrite import Rewrite
from persistlint.fixes.binding.marks.style import Style, style_of
from persistlint.fixes.binding.refusal import RefusalError
from persistlint.fixes.binding.steps.gathering import added
from persistlint.fixes.binding.steps.growing import Growing
from persistlint.fixes.binding.text import origin
from persistlint.fixes.binding.text.origin import last_name
from persistlint.fixes.binding.text.place import place_of
from persistlint.fixes.binding.text.reaching import extension
from persistlint.fixes.binding.text.statements import flat
from persistlint.fixes.binding.text.texts import Texts
from persistlint.records import dataclass
from persistlint.source import Range

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from persistlint.diagnostic import Fix
    from persistlint.facts import Hole, Query
    from persistlint.fixes.binding.fixing import Binding
    from persistlint.fixes.binding.text.view import Value, View
    from persistlint.fixes.program import Program
    from persistlint.source import SourceFile

_NAMES = {"go": ("args", "values", "bound")}
_OTHERS = ("params", "values", "bound")
_LANGUAGES = ("python", "javascript", "typescript", "go")
_MOST_CALLS = 10  # of one such function


@dataclass(frozen=True)
class Caller:
    """One call of the function that puts a part together, and the query that has what it returns."""

    call: ir.Call
    query: Query


@dataclass(frozen=True)
class Helper:
    """The function that puts a part together, its calls, and a name for the list that none of these functions has.
    `returns` are the texts that it returns, each with the query that it would be if the function sent it."""

    function: ir.Function
    callers: list[Caller]
    returns: list[tuple[ir.Return, Query]]
    name: str


def helper_of(query: Query, holes: Sequence[Hole], program: Program) -> Helper | None:
    """The function that has all of the holes and returns the text which a query has; None where that is not certain."""
    if program.source.language not in _LANGUAGES or query.site is None or not holes:
        return None
    site = query.site()
    function, caller = program.function_around(holes[0].range), program.function_around(site.call.range)
    if function is None or caller is None or function is caller or not function.name or function.is_async:
        return None
    if function.is_generator or function.decorators or any(hole.range not in function.range for hole in holes):
        return None
    callers = _callers(query, site, function, caller, program)
    returned = [s for s in flat(function.body) if isinstance(s, ir.Return) and not isinstance(s.value, ir.String)]
    if not callers or not returned or any(s.value is None for s in returned):
        return None
    if program.source.language == "go" and function.returns != "string":
        return None
    around = {id(f): f for c in callers if (f := program.function_around(c.call.range)) is not None}
    taken = [function.range, *(each.range for each in around.values())]
    names = _NAMES.get(program.source.language, _OTHERS)
    name = next((name for name in names if not any(program.has_name(name, range) for range in taken)), "")
    if not name:
        return None
    own = (*_taken(function), *flat(function.body))
    texts = [(s, _as_sent(query, site, s.value, own)) for s in returned if s.value is not None]
    return Helper(function, callers, texts, name)


def _taken(function: ir.Function) -> list[ir.Statement]:
    """What gives the parameters their values to which a function adds text, as statements before its own."""
    added = [s for s in flat(function.body) if isinstance(s, ir.Assign)]
    names = {s.target.id for s in added if isinstance(s.target, ir.Name) and extension(s, s.target.id)}
    return [
        ir.Assign(p.range, ir.Name(p.range, p.name), ir.Unknown(p.range))
        for p in function.parameters
        if p.name in names
    ]


def _as_sent(query: Query, site: Site, value: ir.Expression, own: tuple[ir.Statement, ...]) -> Query:
    """A query as if the function sent what it returns."""
    pseudo = Site(
        ir.Call(value.range, ir.Name(value.range, ""), (ir.Argument(value.range, value),)), site.operation, own
    )
    return replace(query, sql=value.range, is_fragment=True, has_parameters=False, site=lambda: pseudo)


def _callers(
    query: Query, site: Site, function: ir.Function, caller: ir.Function, program: Program
) -> list[Caller] | None:
    """Every place of the file that names the function, each a call for a query; None where one is something else."""
    mentions = len(program.standing.mentions(function.name))
    calls = program.calls.get(function.name, ())
    if not 0 < len(calls) <= _MOST_CALLS or mentions != 1 + len(calls):
        return None
    found: list[Caller] = []
    for call in calls:
        around = program.function_around(call.range)
        if any(argument.spread for argument in call.arguments) or around is None or around is function:
            return None
        if around is caller and _is_among(call, site.statements):
            found.append(Caller(call, query))
            continue
        other = _query_with(call, query, site, tuple(flat(around.body)), program)
        if other is None:
            return None
        found.append(Caller(call, other))
    return found if any(each.query is query for each in found) else None


def _is_among(call: ir.Call, statements: Sequence[ir.Statement]) -> bool:
    return any(node is call or node.range == call.range for node in _nodes(statements))


def _nodes(statements: Sequence[ir.Statement]) -> Iterator[ir.Expression]:
    return ir.expressions_in(*statements)


def _query_with(
    call: ir.Call, query: Query, site: Site, statements: tuple[ir.Statement, ...], program: Program
) -> Query | None:
    """The one query of another function that has what a call gives."""
    found: list[Query] = []
    for node in _nodes(statements):
        operation = site.sends.get(node.range) if isinstance(node, ir.Call) else None
        if not isinstance(node, ir.Call) or operation is None or operation.sql is None:
            continue
        is_same = operation.library is site.operation.library and operation.placeholder == site.operation.placeholder
        if not is_same or operation.yields == "argument" or operation.sql >= len(node.arguments):
            continue
        own = Site(node, operation, statements, site.sends)
        other = _sent_there(query, own, node.arguments[operation.sql].range)
        try:
            _place_in(_view(other, own, (), program), call, own)
        except RefusalError:
            continue
        found.append(other)
    return found[0] if len(found) == 1 else None


def _sent_there(query: Query, own: Site, sql: Range) -> Query:
    """A query as another call sends it, of whose text nothing is known yet."""
    has_parameters = len(own.call.arguments) > (own.operation.sql or 0) + 1
    return replace(query, range=own.call.range, sql=sql, texts=(), has_parameters=has_parameters, site=lambda: own)


def _view(query: Query, site: Site, holes: Sequence[Hole], program: Program) -> View:
    """The text that a query has. Raises `RefusalError`."""
    library = query.library
    assert library is not None
    around = place_of(query, site, library, holes, program)
    return Texts(site, library, holes, program).view(around.segments)


def helped(binding: Binding, helper: Helper) -> Fix:
    """The fix for values that a function of the file puts into a part of the text. Raises `RefusalError`."""
    site, _ = binding.known()
    source = binding.source
    check_texts(binding.query, binding.holes, binding.dialect)
    style = style_of(placeholder_of(binding.query, site), "", binding.dialect)[0]
    if takes_objects(binding.query):
        style = replace(style, is_described=True)
    edits: list[Edit] = []
    keys: set[str] = set()
    begun = {caller.call.range: _passed_there(caller, style, source) for caller in helper.callers}
    for caller in helper.callers:
        sent, own = _sent(binding, helper, caller, style, begun[caller.call.range])
        edits += sent
        keys |= own
    count = 0
    bound: list[Value] = []
    inside: Texts | None = None
    for returned, query in helper.returns:
        least = min(map(len, begun.values()))
        inside, found, own_edits = _returned(binding, helper, returned, query, style, keys, least)
        bound += found
        count += len(found)
        edits += own_edits
    assert inside is not None
    inside.check_bound(bound)
    name = helper.name if source.language != "go" else f"{helper.name} *[]any"
    if source.language == "go":
        for caller in helper.callers:
            edits += narrowed(caller.query.site().call, edits, source) if caller.query.site is not None else ()
    early = {caller.call.range: _is_part(caller) for caller in helper.callers if _is_read_early(caller, source)}
    calls = [caller.call for caller in helper.callers]
    first = {range: [source.text(value.range) for value in values] for range, values in begun.items()}
    edits += handed_on(helper.function, calls, name, style, binding.program, early, first)
    return binding.whole(list(dict.fromkeys(edits)), count, doubtful=True)


def _returned(
    binding: Binding, helper: Helper, returned: ir.Return, query: Query, style: Style, keys: set[str], least: int
) -> tuple[Texts, list[Value], list[Edit]]:
    """The text that the function returns in one place, its values, and the edits that add them to the list, in which so
    many values are at `least`."""
    library, program, source = query.library, binding.program, binding.source
    assert query.site is not None
    assert library is not None
    own = query.site()
    inside = Texts(own, library, binding.holes, program)
    place = place_of(query, own, library, binding.holes, program)
    part = inside.view(place.segments)
    marks = style_of(style.pattern, part.text, binding.dialect)[1]
    parameters = plan(part, query, inside.is_wanted, program, binding.dialect)
    bound = bound_by(parameters, part)
    are_open = any(not (style.is_numbered and mark.key.isdigit() and int(mark.key) <= least) for mark in marks)
    if are_open or any(parameter.expands for parameter in parameters):
        raise RefusalError("the function that puts the text together writes placeholders of its own")
    if not bound:
        return inside, [], []
    imports = described(parameters, part, own, program) if style.is_described else []
    for value in bound:
        if value.since or place.is_moved:
            origin.stays_the_same(value.expression, value.since or place.texts[0][0].range, own)
    name = f"*{helper.name}" if source.language == "go" else helper.name
    list_ = Growing(name, False, returned, style, source)
    gathered = added(part, list_, style, parameters, keys, own)
    is_doubled = style.is_percent and library.percent == "doubled"
    edits = [*Rewrite(part, source, is_doubled).edits(parameters, gathered.written), *gathered.edits]
    edits += _before_return(returned, program, list_.added(gathered.given) if gathered.given else "")
    edits += go_imports(edits, program)
    return inside, bound, [*edits, *(edit for edit in imports if edit not in edits)]


def _passed_there(caller: Caller, style: Style, source: SourceFile) -> list[ir.Expression]:
    """The values that a call of Go passes for placeholders with numbers: the list begins with them, so that the numbers
    of the others are those behind. Nothing for any other call. Raises `RefusalError` where one is not known yet where
    the list is made."""
    if caller.query.site is None or not style.is_numbered or source.language != "go":
        return []
    site = caller.query.site()
    values = site.call.arguments[(site.operation.sql or 0) + 1 :]
    if site.operation.parameters != "rest" or any(argument.spread for argument in values):
        return []
    for argument in values:
        origin.stays_the_same(argument.value, caller.call.range, site)
    return [argument.value for argument in values]


def _sent(
    binding: Binding, helper: Helper, caller: Caller, style: Style, begun: Sequence[ir.Expression]
) -> tuple[list[Edit], set[str]]:
    """The edits that pass the list where a query is sent, which begins with the values `begun`, and the names of the
    marks that this has."""
    query, program, source = caller.query, binding.program, binding.source
    library = query.library
    assert query.site is not None
    assert library is not None
    site = query.site()
    around = place_of(query, site, library, binding.holes, program)
    whole = Texts(site, library, binding.holes, program).view(around.segments)
    index = _place_in(whole, caller.call, site)
    marks = style_of(style.pattern, whole.text, binding.dialect)[1]
    is_followed = check_seen(query, site, whole, style, marks, [index], source)
    are_passed = all(mark.key.isdigit() and int(mark.key) <= len(begun) for mark in marks)
    is_known = are_passed and len(begun) == (count_of(site, source) or 0)
    is_counted = style.is_numbered and (computed_marks(whole) or not is_known)
    if is_counted or whole.holders[index] is not None:
        raise RefusalError("the numbers of the other placeholders are counted by hand")
    spread = Growing(helper.name, False, helper.returns[0][0], style, source).spread
    if begun:
        return [Edit(Range(begun[0].range.start, begun[-1].range.end), spread)], {mark.key for mark in marks}
    given = Given(spread, "", sum(mark.start < index for mark in marks))
    passing = Passing(style, len(marks) + is_followed, [given], source, helper.name, whole.text)
    sent, is_new = passed(passing, site, around, program)
    is_doubled = style.is_percent and is_new and library.percent == "doubled"
    return [*sent, *Rewrite(whole, source, is_doubled).edits((), ())], {mark.key for mark in marks}


def _is_read_early(caller: Caller, source: SourceFile) -> bool:
    """Whether the call that sends the text may read the list before the function inside it adds to that: Go does not
    say in which order."""
    site = caller.query.site
    return source.language == "go" and site is not None and caller.call.range in site().call.range


def _is_part(caller: Caller) -> bool:
    """Whether a call gives but a part of what the call around it sends."""
    sent = caller.query.site().call.arguments if caller.query.site is not None else ()
    return caller.call.range not in [argument.value.range for argument in sent]


def _place_in(found: View, call: ir.Call, site: Site) -> int:
    """Where a text has what a call of the function gives, once. Raises `RefusalError`."""
    places = []
    for index, item in enumerate(found.items):
        expression = getattr(item, "expression", None)
        if isinstance(expression, ir.Name):
            try:
                steps = origin.definitions(expression, site)
            except RefusalError:
                continue
            expression = steps[0].texts[0] if len(steps) == 1 else None
        if expression is not None and expression.range == call.range:
            places.append(index)
    if len(places) != 1:
        raise RefusalError(f"what `{last_name(call.function)}` returns is not used in one place")
    return places[0]


def _before_return(returned: ir.Return, program: Program, added: str) -> list[Edit]:
    """The edit that adds values to the list before the function returns. Raises `RefusalError`."""
    if not added:
        return []
    start = returned.range.start
    begin = program.line_start(start)
    lead = program.source.text(Range(begin, start))
    if lead.rstrip().endswith("=>") and returned.value is not None and returned.value.range == returned.range:
        at = returned.range.end  # an arrow function without braces
        return [Edit(Range(start, start), f"{{ {added.removesuffix(';')}; return "), Edit(Range(at, at), "; }")]
    if lead.strip():
        raise RefusalError("no statement of its own stands around the text of the SQL")
    is_plain = program.source.language in ("python", "go")
    lines = added.split("\n") if is_plain else [added.removesuffix(";") + program.semicolon]
    return [Edit(Range(begin, begin), "".join(f"{lead}{line}\n" for line in lines))]
