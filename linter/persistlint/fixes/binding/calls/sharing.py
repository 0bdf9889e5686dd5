"""A text that several calls of a function send, or that is a part of the texts of several: each passes the values."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any

from persistlint import ir
from persistlint.fixes.binding.calls.sending import values_of
from persistlint.fixes.binding.refusal import RefusalError
from persistlint.fixes.binding.text.place import place_of
from persistlint.fixes.binding.text.variables import variable
from persistlint.records import dataclass
from persistlint.regexes import regex

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from persistlint.facts import Hole, Query, Site
    from persistlint.fixes.program import Program
    from persistlint.libraries import Library
    from persistlint.source import Range

_WORD = regex(r"\w+")
_MOST = 10  # calls that send one text
_PARTS = (ir.Expression, ir.Argument, ir.Entry, ir.ExpressionStatement, ir.Assign, ir.Return)
_MOST_CALLS = 500  # of a function; each may send a text that is put together in it


@dataclass(frozen=True, slots=True)
class _Sending:
    """One of the calls, and the statements that only it needs: its own and those that put its text together."""

    site: Site
    sql: ir.Expression
    own: frozenset[int]


def sharing(
    query: Query, site: Site, library: Library, holes: Sequence[Hole], program: Program, refusal: RefusalError
) -> list[tuple[Query, list[Hole]]]:
    """The query as each of the calls sends it that has some of these holes in its text, with those, the own call first;
    each sees nothing of the statements that only the others need. Raises `RefusalError` where nothing tells what they
    are, and `refusal` where there are no others."""
    carriers = _carriers(site, holes)
    found: list[_Sending] = []
    early: set[Range] = set()
    if sum(len(_calls(statement)) for statement in site.statements) > _MOST_CALLS:
        raise refusal
    for statement in site.statements:
        for call in _calls(statement):
            operation = site.sends.get(call.range)
            if operation is None or operation.sql is None or operation.sql >= len(call.arguments):
                continue
            if (operation.yields == "argument") != (site.operation.yields == "argument"):
                continue  # `text(…)` in a call that sends it
            sql = call.arguments[operation.sql].value
            if _runs_before(call, holes, site):
                early.add(call.range)
                continue
            sending = _sending(query, replace(site, call=call, operation=operation), sql, library, holes, program)
            if any(_mentions(part, carriers, holes) for part in _parts(sending)):
                is_simple = isinstance(statement, ir.Assign | ir.ExpressionStatement | ir.Return)
                is_same = operation.library is library and operation.placeholder == site.operation.placeholder
                if not is_same or not is_simple:
                    raise RefusalError("the SQL is sent by several calls, and one of them in another way")
                found.append(replace(sending, own=sending.own | {id(statement)}))
    found.sort(key=lambda sending: sending.site.call.range != site.call.range)
    is_shared = len(found) > 1 or (found and early)
    if not is_shared or len(found) > _MOST or found[0].site.call.range != site.call.range:
        raise refusal
    by_hole = {id(hole): _carriers(site, [hole]) for hole in holes}
    return [
        (
            _alone(query, sending, found, early, holes, program),
            [hole for hole in holes if any(_mentions(part, by_hole[id(hole)], [hole]) for part in _parts(sending))],
        )
        for sending in found
    ]


def _parts(sending: _Sending) -> list[ir.Statement | ir.Expression]:
    """The call, and the statements that put its text together."""
    return [*(part for part in sending.site.statements if id(part) in sending.own), sending.site.call]


def _runs_before(call: ir.Call, holes: Sequence[Hole], site: Site) -> bool:
    """Whether a call sends what a variable has before one of the values is put into it."""
    if any(hole.range.start < call.range.end for hole in holes):
        return False
    loops = (s for s in site.statements if isinstance(s, ir.Loop) and call.range in s.range)
    return not any(hole.range in loop.range for loop in loops for hole in holes)


def _alone(
    query: Query,
    sending: _Sending,
    all: Sequence[_Sending],
    early: Collection[Range],
    holes: Sequence[Hole],
    program: Program,
) -> Query:
    """The query as one of the calls sends it, without what only the others need, and those that run before."""
    hidden = frozenset[int]().union(*(other.own for other in all if other is not sending)) - sending.own
    words = {word for hole in holes for word in _WORD.findall(hole.expression)}
    for statement in sending.site.statements:
        target = statement.target if id(statement) in hidden and isinstance(statement, ir.Assign) else None
        if target is not None and any(isinstance(node, ir.Name) and node.id in words for node in ir.walk(target)):
            raise RefusalError("the SQL is sent by several calls, and a value changes between them")
    others = {other.site.call.range for other in all if other is not sending} | set(early)
    kept = (statement for statement in sending.site.statements if id(statement) not in hidden)
    statements = tuple(_without(statement, others) for statement in kept)
    site = replace(sending.site, statements=statements)
    is_first = sending is all[0]
    has_values = values_of(site, program.source) is not None
    if has_values and not is_first and query.library is not None and query.library.text:
        raise RefusalError("the SQL is sent by several calls, and one of them passes values already")
    return replace(
        query,
        range=site.call.range,
        sql=sending.sql.range,
        has_parameters=query.has_parameters if is_first else has_values,
        site=lambda: site,
    )


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


def _sending(
    query: Query, site: Site, sql: ir.Expression, library: Library, holes: Sequence[Hole], program: Program
) -> _Sending:
    try:
        place = place_of(replace(query, sql=sql.range), site, library, holes, program)
    except RefusalError:
        return _Sending(site, sql, frozenset())
    return _Sending(site, sql, frozenset(id(step.statement) for step in place.steps))


def _carriers(site: Site, holes: Sequence[Hole]) -> set[str]:
    """The variables of a function whose text has one of the holes, or has such a variable in it."""
    names: set[str] = set()
    while True:
        found = set(names)
        for statement in site.statements:
            if isinstance(statement, ir.Assign) and (target := variable(statement.target)) is not None:
                value = statement.value
                is_text = isinstance(value, ir.Template | ir.Binary | ir.Call | ir.Conditional)
                if value is not None and is_text and not _is_sent(value, site) and _mentions(value, found, holes):
                    found.add(target.id)
        if found == names:
            return names
        names = found


def _is_sent(value: ir.Expression, site: Site) -> bool:
    """Whether a value is what a call that sends SQL gives, and no text."""
    operations = (site.sends.get(node.range) for node in ir.walk(value) if isinstance(node, ir.Call))
    return any(operation is not None and operation.yields != "argument" for operation in operations)


def _mentions(part: ir.Statement | ir.Expression, names: set[str], holes: Sequence[Hole]) -> bool:
    """Whether a hole stands in a part of the program, or one of these variables."""
    if any(hole.range in part.range for hole in holes):
        return True
    expressions = ir.expressions(part) if isinstance(part, ir.Statement) else (part,)
    found = (variable(node) for expression in expressions for node in ir.walk(expression))
    return any(name is not None and name.id in names for name in found)


def _calls(statement: ir.Statement) -> list[ir.Call]:
    return [node for node in ir.expressions_in(statement) if isinstance(node, ir.Call)]
