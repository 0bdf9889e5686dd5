"""A function of the file that sends the SQL it is given: the call of that function is where values are bound, and a
function that takes the SQL alone is made to take the values, too."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from persistlint import ir
from persistlint.facts import Site
from persistlint.fixes.binding.origin import last_name
from persistlint.fixes.binding.pieces import is_name, nodes_inside
from persistlint.fixes.binding.sending import values_of
from persistlint.fixes.binding.widening import widened
from persistlint.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from persistlint.diagnostic import Edit
    from persistlint.facts import Hole, Query
    from persistlint.fixes.program import Program
    from persistlint.libraries import Operation

_MOST_STEPS = 3  # functions between the one that has the values and the one that sends them


@dataclass(frozen=True, slots=True)
class Forwarded:
    """The query as the call of such a function sends it. `edits` make the functions on the way take the values; `plain`
    tells that no values are sent where the call passes none, so that a percent sign then stands for itself."""

    query: Query
    edits: tuple[Edit, ...]
    plain: bool


@dataclass(frozen=True, slots=True)
class _Step:
    """What a call of a function does that hands on the SQL."""

    operation: Operation
    edits: tuple[Edit, ...]
    plain: bool


def forwarded(query: Query, holes: Sequence[Hole], program: Program) -> Forwarded | None:
    """The query of a function that sends what it is given, where the call that gives it has these holes; None where the
    query is sent directly, or nothing tells where the values go. Raises `RefusalError` where a function on the way
    cannot take them."""
    if query.site is None or query.library is None or query.library.text or not holes:
        return None
    site = query.site()
    function, around = program.function_around(site.call.range), program.function_around(holes[0].range)
    if function is None or function is around:
        return None
    statements = tuple(flat(around.body if around is not None else program.module.body))
    step = _step(site, function, program)
    edits: tuple[Edit, ...] = ()
    is_plain = True
    for _ in range(_MOST_STEPS):
        if step is None or not function.name:
            return None
        edits, is_plain = edits + step.edits, is_plain and step.plain
        call = _called(statements, function, holes)
        if call is not None:
            found = _as_sent(query, call, step.operation, statements)
            return Forwarded(found, edits, is_plain) if found is not None else None
        above = _above(function, step.operation, around, program)
        if above is None:
            return None
        function, site = above
        step = _step(site, function, program)
    return None


def _as_sent(query: Query, call: ir.Call, operation: Operation, statements: tuple[ir.Statement, ...]) -> Query | None:
    if operation.sql is None or operation.sql >= len(call.arguments):
        return None
    if any(argument.keyword or argument.spread for argument in call.arguments[: operation.sql + 1]):
        return None
    return replace(
        query,
        sql=call.arguments[operation.sql].range,
        has_parameters=len(call.arguments) > operation.sql + 1,
        site=lambda: Site(call, operation, statements),
    )


def _called(statements: Sequence[ir.Statement], function: ir.Function, holes: Sequence[Hole]) -> ir.Call | None:
    """The one call of a function among statements that sends the text with the holes."""
    nodes = (node for s in statements for e in ir.expressions(s) for node in ir.walk(e))
    calls = [node for node in nodes if isinstance(node, ir.Call) and last_name(node.function) == function.name]
    direct = [call for call in calls if any(hole.range in call.range for hole in holes)]
    return (direct or calls)[0] if len(direct or calls) == 1 else None


def _above(
    function: ir.Function, operation: Operation, around: ir.Function | None, program: Program
) -> tuple[ir.Function, Site] | None:
    """The one other function of the file that gives a function the SQL which it takes itself."""
    found = []
    for each in program.functions():
        if each is function or each is around:
            continue
        names = {parameter.name for parameter in each.parameters}
        for node in nodes_inside(each.body):
            match node:
                case ir.Call(function=called, arguments=arguments) if last_name(called) == function.name:
                    given = arguments[operation.sql or 0].value if len(arguments) > (operation.sql or 0) else None
                    if isinstance(given, ir.Name) and given.id in names:
                        found.append((each, Site(node, operation, tuple(flat(each.body)))))
    return found[0] if len(found) == 1 else None


def _step(site: Site, function: ir.Function, program: Program) -> _Step | None:
    """What a call of the function around a call does: it takes the SQL, which it hands on as it is, and the values."""
    sql = _sql_of(site)
    parameters = [parameter for parameter in function.parameters if parameter.kind != "keywords"]
    names = [parameter.name for parameter in parameters]
    if sql is None or sql.id not in names or _is_assigned(sql.id, site):
        return None
    first = names.index(sql.id)
    values = values_of(site, program.source)
    if values is None:
        name, where, edits = widened(site, function, sql.id, program)
        is_plain = True
    elif isinstance(values, ir.Name) and values.id in names and not _is_assigned(values.id, site):
        name, edits = values.id, ()
        place = names.index(name)
        parameter = parameters[place]
        is_rest = parameter.kind == "rest"
        if is_rest != any(a.spread for a in site.call.arguments) or (is_rest and place != first + 1):
            return None
        is_python = program.source.language == "python"
        where = "rest" if is_rest else (name,) if is_python and place != first + 1 else place
        is_plain = parameter.default is not None and program.source.text(parameter.default.range) == "None"
    else:
        return None
    operation = replace(
        site.operation, sql=first, parameters=where, keys=(), options=None, effect="", yields=None, binder="", inputs=""
    )
    return _Step(operation, edits, is_plain)


def _sql_of(site: Site) -> ir.Name | None:
    place = site.operation.sql
    if place is None or place >= len(site.call.arguments):
        return None
    argument = site.call.arguments[place].value
    return argument if isinstance(argument, ir.Name) else None


def _is_assigned(name: str, site: Site) -> bool:
    targets = (statement.target for statement in site.statements if isinstance(statement, ir.Assign))
    return any(is_name(node, name) for target in targets for node in ir.walk(target))


def flat(block: ir.Block) -> Iterator[ir.Statement]:
    """The statements of a block and of those inside it."""
    for statement in block:
        yield statement
        for inner in ir.blocks(statement):
            yield from flat(inner)
