"""A function of the file that sends the SQL it is given: the call of that function is where values are bound, and a
function that takes the SQL alone is made to take the values, too."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from persistlint import ir
from persistlint.facts import Site
from persistlint.fixes.binding.calls.passing import is_callback
from persistlint.fixes.binding.calls.senders import given_back, sender_of
from persistlint.fixes.binding.refusal import RefusalError
from persistlint.fixes.binding.text.origin import last_name
from persistlint.fixes.binding.text.reaching import reaching
from persistlint.fixes.binding.text.showing import unshown
from persistlint.fixes.binding.text.statements import flat
from persistlint.fixes.nodes import nodes_inside
from persistlint.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Sequence

    from persistlint.diagnostic import Edit
    from persistlint.facts import Hole, Query
    from persistlint.fixes.program import Program
    from persistlint.libraries import Operation
    from persistlint.source import Range

_MOST_CALLERS = 5  # functions of the file that hand on the SQL to one that sends it
_MOST_VARIABLES = 4  # each a part of the next
_MOST_STEPS = 3  # functions between the one that has the values and the one that sends them


@dataclass(frozen=True, slots=True)
class Forwarded:
    """The query as the call of such a function sends it. `edits` make the functions on the way take the values; `plain`
    tells that no values are sent where the call passes none, so that a percent sign then stands for itself."""

    query: Query
    edits: tuple[Edit, ...]
    plain: bool


def forwarded(query: Query, holes: Sequence[Hole], program: Program) -> Forwarded | None:
    """The query of a function that sends what it is given, where the call that gives it has these holes; None where the
    query is sent directly, or nothing tells where the values go. Raises `RefusalError` where a function on the way
    cannot take them."""
    if query.site is None or query.library is None or not holes:
        return None
    site = query.site()
    function, name = _sender(site, program), _sql_of(site, program)
    if function is None or name is None:
        return None
    for around in _functions_around(holes[0], program):
        if function is around:
            return None
        found = _handed(query, site, (function, name.id), around, holes, program)
        if found is not None or (around is not None and around.name):
            return found  # callbacks inside the function that gives the SQL have no name
    return None


def _functions_around(hole: Hole, program: Program) -> list[ir.Function | None]:
    """The functions that hold a hole, innermost first, and None for the file."""
    found: list[ir.Function | None] = []
    for frame in reversed(program.frames(hole.range)):
        if not found or frame.function is not found[-1]:
            found.append(frame.function)
    return found if found and found[-1] is None else [*found, None]


def _handed(
    query: Query,
    site: Site,
    sender: tuple[ir.Function, str],
    around: ir.Function | None,
    holes: Sequence[Hole],
    program: Program,
) -> Forwarded | None:
    """The query as one function gives it to the one that sends it, for `forwarded`."""
    statements = unshown(flat(around.body if around is not None else program.module.body), program)
    level = [sender]
    for _ in range(_MOST_STEPS):
        calls = [
            (each, sql, call)
            for each, sql in level
            if (call := _called(statements, each, sql, holes, site)) is not None
        ]
        if calls:
            return _from(query, calls[0], statements, site, program) if len(calls) == 1 else None
        level = [above for each, sql in level for above in _above(each, sql, around, program)]
        if len(level) > _MOST_CALLERS:
            return None
    return None


def _from(
    query: Query,
    called: tuple[ir.Function, str, ir.Call],
    statements: tuple[ir.Statement, ...],
    site: Site,
    program: Program,
) -> Forwarded | None:
    """The query as the call of a function sends it, which takes the SQL under a name."""
    function, sql, call = called
    if not function.name or sql not in _names(function):
        return None
    sender = sender_of(function, sql, site.sends, program)
    if sender is not None and _tells_there(call, sender.operation):
        return None
    found = _as_sent(query, call, sender.operation, statements) if sender is not None else None
    return Forwarded(found, sender.edits, sender.plain) if found is not None and sender is not None else None


def _tells_there(call: ir.Call, operation: Operation) -> bool:
    """Whether a call gives a callback in the place of the values, so that it is none."""
    place = operation.parameters
    return isinstance(place, int) and place < len(call.arguments) and is_callback(call.arguments[place].value)


def _as_sent(query: Query, call: ir.Call, operation: Operation, statements: tuple[ir.Statement, ...]) -> Query | None:
    given = _given(call, operation.sql or 0, operation.keys)
    nodes = ir.expressions_in(*statements)
    name = last_name(call.function)
    same = {n.range: operation for n in nodes if isinstance(n, ir.Call) and last_name(n.function) == name}
    if given is None or any(argument.spread and argument.keyword is None for argument in call.arguments[:1]):
        return None
    return replace(
        query,
        sql=given.range,
        library=operation.library,
        has_parameters=len(call.arguments) > 1,
        site=lambda: Site(call, operation, statements, same),
    )


def _given(call: ir.Call, place: int, keys: Sequence[str]) -> ir.Argument | None:
    """The argument of a call that has an index or one of these names; None where they are spread out of a list."""
    before = call.arguments[: place + 1]
    if len(before) > place and not any(argument.keyword or argument.spread for argument in before):
        return before[place]
    return next((argument for argument in call.arguments if argument.keyword in keys and argument.keyword), None)


def _called(
    statements: tuple[ir.Statement, ...], function: ir.Function, sql: str, holes: Sequence[Hole], site: Site
) -> ir.Call | None:
    """The one call of a function, which takes the SQL under a name, among statements that sends the text with the
    holes. Raises `RefusalError` where several do."""
    nodes = [*ir.expressions_in(*statements)]
    calls = [node for node in nodes if isinstance(node, ir.Call) and last_name(node.function) == function.name]
    direct = [call for call in calls if any(hole.range in call.range for hole in holes)]
    if not direct and len(calls) > 1 and sql in _names(function):
        place, made = _names(function).index(sql), _made(statements, holes, calls)
        given = [(call, _given(call, place, (sql,))) for call in calls]
        direct = [
            call for call, argument in given if argument is not None and _is_made_by(argument, made, statements, site)
        ]
        if len(direct) > 1:
            raise RefusalError(
                f"several calls of `{function.name}` send the text, and each would have to pass the values"
            )
    return (direct or calls)[0] if len(direct or calls) == 1 else None


def _made(statements: Sequence[ir.Statement], holes: Sequence[Hole], calls: Sequence[ir.Call]) -> list[ir.Assign]:
    """The assignments that put the holes into a variable, and those that put such a variable into others, but for what
    comes back from the calls that send it."""
    sending = [call.range for call in calls]
    assigned = [s for s in statements if isinstance(s, ir.Assign)]
    made: list[ir.Assign] = []
    names: set[str] = set()
    for _ in range(_MOST_VARIABLES):
        before = len(names)
        made = [
            s
            for s in assigned
            if any(hole.range in s.range for hole in holes)
            or (s.value is not None and not names.isdisjoint(_put_in(s.value, sending)))
        ]
        names = {node.id for s in made for node in ir.walk(s.target) if isinstance(node, ir.Name)}
        if len(names) == before:
            break
    return made


def _put_in(value: ir.Expression, sending: Sequence[Range]) -> set[str]:
    """The variables in a value, but for those that only these calls are given."""
    nodes = [node for node in ir.walk(value) if isinstance(node, ir.Name)]
    return {node.id for node in nodes if not any(node.range in range for range in sending)}


def _is_made_by(
    argument: ir.Argument, made: Sequence[ir.Assign], statements: tuple[ir.Statement, ...], site: Site
) -> bool:
    """Whether one of these assignments makes what a variable holds where a call is given it."""
    name = argument.value
    found = reaching(name, replace(site, statements=statements)) if isinstance(name, ir.Name) else []
    return any(each is other for each in found for other in made)


def _above(
    function: ir.Function, sql: str, around: ir.Function | None, program: Program
) -> list[tuple[ir.Function, str]]:
    """The other functions of the file that give a function the SQL, each with the parameter in which it takes it."""
    found: list[tuple[ir.Function, str]] = []
    if not function.name or sql not in _names(function):
        return found
    place = _names(function).index(sql)
    for each in program.functions():
        if each is function or each is around:
            continue
        names = {parameter.name for parameter in each.parameters}
        for node in nodes_inside(each.body):
            if isinstance(node, ir.Call) and last_name(node.function) == function.name:
                given = _given(node, place, (sql,))
                if given is not None and isinstance(given.value, ir.Name) and given.value.id in names:
                    found.append((each, given.value.id))
    return list(dict.fromkeys(found))


def _names(function: ir.Function) -> list[str]:
    return [parameter.name for parameter in function.parameters if parameter.kind != "keywords"]


def _sql_of(site: Site, program: Program) -> ir.Name | None:
    """The variable that a call sends, also where it makes a statement of it: `text(sql)`."""
    place = site.operation.sql
    argument = _given(site.call, place, site.operation.keys) if place is not None else None
    node = given_back(argument.value, program) if argument is not None else None
    if isinstance(node, ir.Call) and len(node.arguments) == 1 and site.operation.library.text:
        node = node.arguments[0].value if last_name(node.function) == site.operation.library.text else None
    return node if isinstance(node, ir.Name) else None


def _sender(site: Site, program: Program) -> ir.Function | None:
    """The function that is given the SQL which a call sends: the call may stand in callbacks inside it."""
    sql = _sql_of(site, program)
    functions = [frame.function for frame in program.frames(site.call.range) if frame.function is not None]
    for function in reversed(functions):
        if sql is not None and any(parameter.name == sql.id for parameter in function.parameters):
            return function
    return functions[-1] if functions else None
