"""A part of the SQL that several calls send: the fix of one of them would leave the others without their values, so all
of them get theirs."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any

from persistlint import ir
from persistlint.facts import Site
from persistlint.fixes.binding.reaching import assignments, begins
from persistlint.fixes.binding.sending import values_of

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from persistlint.facts import Hole, Query
    from persistlint.fixes.program import Program
    from persistlint.libraries import Operation
    from persistlint.source import Range, SourceFile

_MOST_CALLS = 5
_PARTS = (ir.Expression, ir.Argument, ir.Entry, ir.ExpressionStatement, ir.Assign, ir.Return)


def shared(query: Query, holes: Sequence[Hole], program: Program) -> list[tuple[Query, Sequence[Hole]]]:
    """The queries of a function that have a text with holes in common, each with its holes and as if the others were
    not there, the given one first; nothing where it is alone, or the others are not sent in the same way."""
    if query.site is None:
        return []
    site, source = query.site(), program.source
    made = [s for s in site.statements if isinstance(s, ir.Assign) and s.value is not None]
    names = {
        s.target.id
        for s in made
        if isinstance(s.target, ir.Name) and s.value is not None and any(h.range in s.value.range for h in holes)
    }
    if any(sum(begins(s, name) and not _is_empty(s.value) for s in assignments(site, name)) > 1 for name in names):
        return []  # there are several texts of that name
    calls = {
        node.range: (node, statement)
        for statement in site.statements
        for expression in ir.expressions(statement)
        for node in ir.walk(expression)
        if isinstance(node, ir.Call) and _names(node) & names and _operation(node, site, source) is not None
    }
    if not 1 < len(calls) <= _MOST_CALLS or site.call.range not in calls:
        return []
    if any(_changes(statement, holes) for _, statement in calls.values()):
        return []
    common = [hole for hole in holes if any(s.value is not None and hole.range in s.value.range for s in made)]
    found: list[tuple[Query, Sequence[Hole]]] = []
    for call, _ in sorted(calls.values(), key=lambda each: each[0].range != site.call.range):
        others = calls.keys() - {call.range}
        operation = _operation(call, site, source)
        assert operation is not None
        alone = Site(call, operation, tuple(_without(statement, others) for statement in site.statements))
        if call.range == site.call.range:
            found.append((_sent(query, alone, query.sql, query.has_parameters), holes))
            continue
        place = operation.sql
        if place is None or place >= len(call.arguments) or values_of(alone, source) is not None:
            return []
        found.append((_sent(query, alone, call.arguments[place].range, False), common))
    return found


def _sent(query: Query, site: Site, sql: Range, has_parameters: bool) -> Query:
    return replace(query, sql=sql, has_parameters=has_parameters, site=lambda: site)


def _operation(call: ir.Call, site: Site, source: SourceFile) -> Operation | None:
    """What a call does on what sends the SQL, None where it is on something else, or not known."""
    match call.function, site.call.function:
        case ir.Attribute(value=handle, name=name), ir.Attribute(value=own, name=own_name) if source.text(
            handle.range
        ) == source.text(own.range):
            if name == own_name:
                return site.operation
            types = site.operation.library.types.values()
            type = next((t for t in types if any(site.operation is method for method in t.methods.values())), None)
            found = type.methods.get(name) if type is not None else None
            return found if found is not None and found.parameters == site.operation.parameters else None
    return None


def _is_empty(node: ir.Expression | None) -> bool:
    return node is None or (isinstance(node, ir.String) and not node.value)


def _names(call: ir.Call) -> set[str]:
    return {node.id for a in call.arguments for node in ir.walk(a.value) if isinstance(node, ir.Name)}


def _without(node: Any, gone: Collection[Range]) -> Any:
    """A part of a simple statement in which some calls are not known."""
    if isinstance(node, ir.Call) and node.range in gone:
        return ir.Unknown(node.range)
    if isinstance(node, tuple):
        parts = tuple(_without(part, gone) for part in node)
        return parts if any(new is not old for new, old in zip(parts, node, strict=True)) else node
    if not isinstance(node, _PARTS) or not any(range in node.range for range in gone):
        return node
    values = {each.name: getattr(node, each.name) for each in fields(node)}
    changed = {name: new for name, value in values.items() if (new := _without(value, gone)) is not value}
    return replace(node, **changed) if changed else node


def _changes(statement: ir.Statement, holes: Sequence[Hole]) -> bool:
    """Whether a statement that is left out gives a new value to what a hole puts into the text."""
    if not isinstance(statement, ir.Assign):
        return False
    targets = {node.id for node in ir.walk(statement.target) if isinstance(node, ir.Name)}
    return any(name == hole.expression.split(".")[0] for name in targets for hole in holes)
