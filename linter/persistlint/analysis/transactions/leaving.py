"""Where a function ends, and the handles that leave it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from persistlint.analysis.names import path_of
from persistlint.analysis.transactions.file import Exit
from persistlint.analysis.transactions.options import commits_at_once
from persistlint.analysis.transactions.shapes import LITERALS
from persistlint.facts import Role
from persistlint.ir import (
    Argument,
    Attribute,
    Call,
    Collection,
    Expression,
    Mapping,
    Name,
    Raise,
    Return,
    names_in,
    walk,
)

if TYPE_CHECKING:
    from persistlint.analysis.transactions.chain import Known
    from persistlint.analysis.transactions.walk import Walk
    from persistlint.facts import Handle

_NOTHING: frozenset[Handle] = frozenset()


def leave(walker: Walk, node: Return | Raise | Call, handed: frozenset[Handle] = frozenset()) -> None:
    """The function ends here, and hands over these handles."""
    answer = node.value if isinstance(node, Return) else None
    is_answered = answer is not None and type(answer) not in LITERALS
    function = walker.active[-1].range if walker.active else walker.file.source_range()
    is_return = isinstance(node, Return)
    walker.exits.append(
        Exit(walker.place, node.range, function, is_return, len(walker.effects), walker.guards, is_answered)
    )
    walker.stored.extend((handle, walker.place, node.range.start) for handle in handed)
    if isinstance(node, Return | Raise) and node.value is not None:
        for name in {*names_in(node.value)}:
            walker.left_with.setdefault(name, []).append(node.range.start)


def move(walker: Walk, value: Expression) -> frozenset[Handle]:
    """A handle that leaves the function belongs to somebody else as well; gives the handles that do."""
    if type(value) in LITERALS:
        return _NOTHING
    if type(value) is Name:  # most are
        variable = walker.scope.find(value.id)
        moved = frozenset([variable.known.handle]) if variable is not None and variable.known is not None else _NOTHING
        walker.moved |= moved
        return moved
    read: set[int] = set()  # `cursor.lastrowid` is no cursor
    handles: list[tuple[int, Handle]] = []
    for node in walk(value):
        if type(node) is Attribute:
            read.add(id(node.value))
        elif type(node) is Name:
            variable = walker.scope.find(node.id)
            if variable is not None and variable.known is not None:
                handles.append((id(node), variable.known.handle))
    moved = frozenset(handle for node, handle in handles if node not in read)
    walker.moved |= moved
    return moved


def move_stored(walker: Walk, target: Expression, value: Expression) -> None:
    """Note the handles that an assignment stores elsewhere, and a connection that is told to commit by itself."""
    if type(target) is not Name and not isinstance(target, Collection | Mapping):
        walker.stored.extend((handle, walker.place, value.range.start) for handle in move(walker, value))
    if isinstance(target, Attribute) and target.name in ("autocommit", "isolation_level"):
        known = walker.handles.known(target.value, walker.scope)
        if known is not None:
            walker.settled.add(known.handle)
            _settle(walker, target, value, known)


def _settle(walker: Walk, target: Attribute, value: Expression, known: Known) -> None:
    """From here on every statement of a connection of this function commits at once: `conn.autocommit = True`."""
    path = path_of(target.value) or ""
    variable = walker.scope.variables.get(path)
    is_sure = not (walker.place.arms or walker.place.loops or walker.place.tries)
    if variable is None or not is_sure or known.handle.role is not Role.IMPLICIT:
        return
    if commits_at_once(Argument(value.range, value, target.name)):
        handle = replace(known.handle, role=Role.CONNECTION, autocommit=True)
        walker.scope.variables[path] = replace(variable, known=replace(known, handle=handle))
