"""A function of the file that puts a part of the SQL together for another one, which sends it: the one that sends makes
the list of values, and the other adds its own to it."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from persistlint import ir
from persistlint.diagnostic import Edit
from persistlint.facts import Site
from persistlint.fixes.binding import origin
from persistlint.fixes.binding.counting import check_seen, computed_marks
from persistlint.fixes.binding.describing import described
from persistlint.fixes.binding.gathering import added
from persistlint.fixes.binding.growing import Growing
from persistlint.fixes.binding.origin import last_name
from persistlint.fixes.binding.passing import Given, Passing
from persistlint.fixes.binding.place import place_of
from persistlint.fixes.binding.plan import bound_by, plan, takes_objects
from persistlint.fixes.binding.refusal import RefusalError
from persistlint.fixes.binding.rewrite import Rewrite
from persistlint.fixes.binding.sending import count_of, passed, placeholder_of
from persistlint.fixes.binding.statements import flat
from persistlint.fixes.binding.style import style_of
from persistlint.fixes.binding.texts import Texts
from persistlint.records import dataclass
from persistlint.regexes import regex
from persistlint.source import Range

if TYPE_CHECKING:
    from collections.abc import Sequence

    from persistlint.diagnostic import Fix
    from persistlint.facts import Hole, Query
    from persistlint.fixes.binding.fixing import Binding
    from persistlint.fixes.binding.style import Style
    from persistlint.fixes.binding.view import Value, View
    from persistlint.fixes.program import Program

_NAMES = ("params", "values", "bound")
_BEFORE = regex(r"(?:return|const|let|var|await|return await|yield)?")
_LANGUAGES = ("python", "javascript", "typescript")


@dataclass(frozen=True)
class Helper:
    """The function that puts a part together, the one call of it in the file, and a name for the list that neither of
    both functions has. `query` is what the helper returns, as if it sent that."""

    function: ir.Function
    call: ir.Call
    returns: ir.Return
    name: str
    query: Query


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
    nodes = (node for s in site.statements for e in ir.expressions(s) for node in ir.walk(e))
    calls = [node for node in nodes if isinstance(node, ir.Call) and last_name(node.function) == function.name]
    if len(calls) != 1 or any(argument.spread or argument.keyword for argument in calls[0].arguments):
        return None
    word = rf"(?<![\w$]){re.escape(function.name)}(?![\w$])".encode()
    mentions = re.findall(word, program.source.content)
    returned = [s for s in flat(function.body) if isinstance(s, ir.Return) and not isinstance(s.value, ir.String)]
    if len(mentions) != 2 or len(returned) != 1 or returned[0] is not function.body[-1]:
        return None
    value = returned[0].value
    taken = (function.range, caller.range)
    name = next((name for name in _NAMES if not any(program.has_name(name, range) for range in taken)), "")
    if value is None or not name or len(calls[0].arguments) != len(function.parameters):
        return None
    pseudo = ir.Call(value.range, ir.Name(value.range, ""), (ir.Argument(value.range, value),))
    own = replace(
        query,
        sql=value.range,
        is_fragment=True,
        has_parameters=False,
        site=lambda: Site(pseudo, site.operation, tuple(flat(function.body))),
    )
    return Helper(function, calls[0], returned[0], name, own)


def helped(binding: Binding, helper: Helper) -> Fix:
    """The fix for values that a function of the file puts into a part of the text. Raises `RefusalError`."""
    (site, library), program, source = binding.known(), binding.program, binding.source
    assert helper.query.site is not None
    own, query, dialect = helper.query.site(), binding.query, binding.dialect
    inside = Texts(own, library, binding.holes, program)
    place = place_of(helper.query, own, library, binding.holes, program)
    part = inside.view(place.segments)
    style, marks = style_of(placeholder_of(query, site), part.text, dialect)
    parameters = plan(part, helper.query, inside.is_wanted, source, dialect)
    bound = bound_by(parameters, part)
    inside.check_bound(bound)
    if marks or any(parameter.expands for parameter in parameters):
        raise RefusalError("the function that puts it together has placeholders")
    imports: list[Edit] = []
    if takes_objects(query):
        style = replace(style, is_described=True)
        imports = described(parameters, part, own, program)
    for value in bound:
        if value.since or place.is_moved:
            origin.stays_the_same(value.expression, value.since or place.texts[0][0].range, own)
    around = place_of(query, site, library, binding.holes, program)
    whole = Texts(site, library, binding.holes, program).view(around.segments)
    index, _ = _place_in(whole, helper, site)
    _, marks = style_of(style.pattern, whole.text, dialect)
    list_ = Growing(helper.name, False, helper.returns, style, source)
    gathered = added(part, list_, style, parameters, {mark.key for mark in marks}, own)
    is_followed = check_seen(query, site, whole, style, marks, [index], source)
    is_counted = style.is_numbered and (marks or computed_marks(whole) or count_of(site, source))
    if is_counted or whole.holders[index] is not None:
        raise RefusalError("the numbers of the other placeholders are counted by hand")
    given = Given(list_.spread, "", sum(mark.start < index for mark in marks))
    passing = Passing(style, len(marks) + is_followed, [given], source, helper.name, whole.text)
    sent, is_new = passed(passing, site, around, program)
    is_doubled = style.is_percent and is_new and library.percent == "doubled"
    edits = [*Rewrite(part, source, is_doubled).edits(parameters, gathered.written), *gathered.edits, *sent]
    edits += _before_return(helper, program, list_.added(gathered.given) if gathered.given else "")
    edits += [*Rewrite(whole, source, is_doubled).edits((), ()), *_handed_on(helper, site, program, style)]
    edits += [edit for edit in imports if edit not in edits]
    return binding.whole(edits, len(bound), doubtful=True)


def _place_in(found: View, helper: Helper, site: Site) -> tuple[int, Value]:
    """Where the text of the caller has what the helper gives, once. Raises `RefusalError`."""
    places = []
    for index, item in enumerate(found.items):
        expression = getattr(item, "expression", None)
        if isinstance(expression, ir.Name):
            try:
                steps = origin.definitions(expression, site)
            except RefusalError:
                continue
            expression = steps[0].texts[0] if len(steps) == 1 else None
        if expression is not None and expression.range == helper.call.range:
            places.append((index, item))
    if len(places) != 1:
        raise RefusalError(f"what `{helper.function.name}` returns is not used in one place")
    return places[0]  # type: ignore[return-value]


def _handed_on(helper: Helper, site: Site, program: Program, style: Style) -> list[Edit]:
    """The edits that make a list before the call of the helper, and give it to the helper."""
    source, name = program.source, helper.name
    around = [s for s in site.statements if helper.call.range in s.range]
    start = min(around, key=lambda s: s.range.end - s.range.start).range.start
    begin = program.line_start(start)
    lead = source.text(Range(begin, start))
    if not _BEFORE.fullmatch(lead.strip()):
        raise RefusalError("no statement of its own stands around the call of the function that puts it together")
    indentation = lead[: len(lead) - len(lead.lstrip())]
    nothing, declared = ("{}", "Record<string, any>") if style.is_mapping else ("[]", "any[]")
    type = f": {declared}" if source.language == "typescript" else ""
    made = (
        f"{name} = {nothing}" if source.language == "python" else f"const {name}{type} = {nothing}{program.semicolon}"
    )
    arguments, parameters = helper.call.arguments, helper.function.parameters
    if any(p.kind != "positional" or p.pattern is not None for p in parameters):
        raise RefusalError(f"`{helper.function.name}` takes its arguments in a way that a fix does not add to")
    is_needed = [p.default is None and "?" not in source.text(p.range).split(":")[0] for p in parameters]
    index = is_needed.index(False) if False in is_needed else len(parameters)
    if not parameters:
        closing = helper.call.range.end - 1
        given, taken = Edit(Range(closing, closing), name), _first_parameter(helper, program, f"{name}{type}")
    else:
        given = _listed([argument.range for argument in arguments], index, name)
        taken = _listed([parameter.range for parameter in parameters], index, f"{name}{type}")
    return [Edit(Range(begin, begin), f"{indentation}{made}\n"), given, taken]


def _before_return(helper: Helper, program: Program, added: str) -> list[Edit]:
    """The edit that adds values to the list before the helper returns. Raises `RefusalError`."""
    if not added:
        return []
    start = helper.returns.range.start
    begin = program.line_start(start)
    lead = program.source.text(Range(begin, start))
    if lead.strip():
        raise RefusalError("no statement of its own stands around the text of the SQL")
    lines = added.split("\n") if program.source.language == "python" else [added.removesuffix(";") + program.semicolon]
    return [Edit(Range(begin, begin), "".join(f"{lead}{line}\n" for line in lines))]


def _listed(ranges: Sequence[Range], index: int, text: str) -> Edit:
    """One more in a list, in the place of that index."""
    if index < len(ranges):
        at = ranges[index].start
        return Edit(Range(at, at), f"{text}, ")
    return Edit(Range(ranges[-1].end, ranges[-1].end), f", {text}")


def _first_parameter(helper: Helper, program: Program, text: str) -> Edit:
    opening = re.compile(rb"\s*\(\s*(?P<self>self)?\s*(?=\))")
    match = opening.match(program.source.content, helper.function.name_range.end)
    if match is None:
        raise RefusalError(f"`{helper.function.name}` takes its arguments in a way that a fix does not add to")
    return Edit(Range(match.end(), match.end()), f", {text}" if match["self"] else text)
