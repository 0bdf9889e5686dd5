"""A function of the file that sends the SQL and the values that it is given: its own call is where values are bound."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from persistlint import ir
from persistlint.facts import Site
from persistlint.fixes.binding.origin import last_name
from persistlint.fixes.binding.pieces import is_name
from persistlint.fixes.binding.sending import values_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from persistlint.facts import Hole, Query
    from persistlint.fixes.program import Program
    from persistlint.libraries import Operation


def forwarded(query: Query, holes: Sequence[Hole], program: Program) -> Query | None:
    """The query as the call of such a function sends it, whose text has these holes; None where the query is sent
    directly, or nothing tells where the function takes the values."""
    if query.site is None or query.library is None or query.library.text:
        return None
    site = query.site()
    function = _function(program, site.call)
    operation = _operation(query, site, function, program) if function is not None else None
    if function is None or operation is None or not holes:
        return None
    around = program.function_around(holes[0].range)
    if around is function:
        return None
    statements = tuple(flat(around.body if around is not None else program.module.body))
    nodes = (node for s in statements for e in ir.expressions(s) for node in ir.walk(e))
    calls = [node for node in nodes if isinstance(node, ir.Call) and last_name(node.function) == function.name]
    direct = [call for call in calls if any(hole.range in call.range for hole in holes)]
    call = (direct or calls)[0] if len(direct or calls) == 1 else None
    if call is None or operation.sql is None or operation.sql >= len(call.arguments):
        return None
    if any(argument.keyword or argument.spread for argument in call.arguments[: operation.sql + 1]):
        return None
    return replace(
        query,
        sql=call.arguments[operation.sql].range,
        has_parameters=len(call.arguments) > operation.sql + 1,
        site=lambda: Site(call, operation, statements),
    )


def _operation(query: Query, site: Site, function: ir.Function, program: Program) -> Operation | None:
    """What a call of the function does: where it takes the SQL and the values, which it hands on as they are."""
    sql = next((a.value for a in site.call.arguments if a.range == query.sql), None)
    values = values_of(site, program.source)
    if not isinstance(sql, ir.Name) or not isinstance(values, ir.Name):
        return None
    assigned = [statement.target for statement in site.statements if isinstance(statement, ir.Assign)]
    if any(is_name(target, name.id) for target in assigned for name in (sql, values)):
        return None
    parameters = [parameter for parameter in function.parameters if parameter.kind != "keywords"]
    names = [parameter.name for parameter in parameters]
    if sql.id not in names or values.id not in names:
        return None
    first, place = names.index(sql.id), names.index(values.id)
    is_rest = parameters[place].kind == "rest"
    if is_rest != any(a.spread for a in site.call.arguments) or (is_rest and place != first + 1):
        return None
    where = "rest" if is_rest else place
    return replace(
        site.operation, sql=first, parameters=where, keys=(), options=None, effect="", yields=None, binder="", inputs=""
    )


def _function(program: Program, call: ir.Call) -> ir.Function | None:
    """The function around a call, if it has a name."""
    function = program.function_around(call.range)
    return function if function is not None and function.name else None


def flat(block: ir.Block) -> Iterator[ir.Statement]:
    """The statements of a block and of those inside it."""
    for statement in block:
        yield statement
        for inner in ir.blocks(statement):
            yield from flat(inner)
