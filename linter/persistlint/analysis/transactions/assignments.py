"""Assignments: what they read and write, and what their variables hold from there on."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from persistlint.analysis.names import path_of
from persistlint.analysis.transactions.binding import bind
from persistlint.analysis.transactions.leaving import move_stored
from persistlint.analysis.transactions.scopes import name_transaction
from persistlint.analysis.transactions.shapes import error_name, first_name, use_of
from persistlint.analysis.transactions.told import fill
from persistlint.facts import EffectKind, Scoping
from persistlint.ir import (
    Assign,
    Collection,
    Name,
)

if TYPE_CHECKING:
    from persistlint.analysis.transactions.walk import Walk
    from persistlint.ir import Expression


def assign(walker: Walk, statement: Assign) -> None:
    """Walk an assignment."""
    value, target = statement.value, statement.target
    count = len(walker.effects)
    opened = len(walker.opened)
    taken = len(walker.handled)
    if value is not None:
        walker.visit(value, use_of(target, walker.handles.language))
        move_stored(walker, target, value)
    if len(walker.handled) > taken:
        walker.rejected[path_of(target) or ""] = range(taken, len(walker.handled))
    walker.numbering.assigned(statement, walker)
    walker.rows.assigned(statement, walker, walker.effects[count:])
    walker.results.assigned(statement, walker.current(), walker.place)
    written = [i for i, effect in enumerate(walker.effects[count:], count) if effect.kind is EffectKind.WRITE]
    if len(written) == 1 and (given := first_name(target)):
        walker.effects[written[0]] = replace(walker.effects[written[0]], instance=given)
    if isinstance(target, Name) and value is not None:
        fill(walker, target.id, value, any(e.kind is EffectKind.WRITE for e in walker.effects[count:]))
    if walker.handles.language == "go":
        begun = walker.begun.get(path_of(value) or "") if value is not None else None  # `err := tx.Error`
        for element in target.elements if isinstance(target, Collection) else (target,):
            path = path_of(element) or ""
            walker.assigned.setdefault(path, []).append(statement.range.start)
            walker.fails[path] = walker.effects[-1] if len(walker.effects) > count else None
            walker.begun.pop(path, None)
        if begun is not None:
            walker.begun[path_of(target) or ""] = begun
    is_captured = _is_captured(walker, target)
    bind(walker, target, value, statement.annotation, statement.operator)
    if len(walker.opened) > opened and walker.opened[-1].scoping is Scoping.MANUAL:
        name_transaction(walker, walker.opened[-1], target)
        if is_captured and walker.opened[-1].handle is not None:
            walker.moved.add(walker.opened[-1].handle)
        walker.after_begin, walker.error = walker.opened[-1], error_name(target)
        begin = walker.error or f"{path_of(target)}.Error"  # GORM's handle holds its own error
        walker.begun[begin] = walker.opened[-1]


def _is_captured(walker: Walk, target: Expression) -> bool:
    """Whether a variable is one of a function around, which has it when this one is over."""
    first = target.elements[0] if isinstance(target, Collection) and target.elements else target
    path = path_of(first) or ""
    return path not in walker.scope.variables and walker.scope.find(path) is not None
