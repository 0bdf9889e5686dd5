"""What a program adds to a value that it read, or takes from it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.fixes.computed.unused import in_text, mentions
from persistlint.ir import (
    Assign,
    AssignmentExpression,
    Attribute,
    Binary,
    Name,
    expressions_in,
    names_in,
    statements_in,
    walk,
)
from persistlint.records import dataclass
from persistlint.source import Range

if TYPE_CHECKING:
    from persistlint.facts import WriteBack
    from persistlint.fixes.program import Frame, Program
    from persistlint.ir import Expression, Function, Statement

TITLE = "Let the database compute it"
VERBS = {"+": "increment", "-": "decrement"}


@dataclass(frozen=True)
class Change:
    """A statement that changes an attribute: `operator` and `amount` of `account.balance -= amount`."""

    statement: Assign
    operator: str
    amount: Expression


def change_of(value: Expression, column: str) -> Binary | None:
    """What is added to, or taken from, an attribute of that name, where nothing else of it is needed."""
    match value:
        case Binary(operator="+" | "-", left=Attribute(name=name), right=right) if name == column:
            again = any(isinstance(node, Attribute) and node.name == column for node in walk(right))
            return None if again else value
    return None


def changed_before(program: Program, fact: WriteBack, frame: Frame) -> Change | None:
    """The one statement before a write, in its block, that changes the attribute; None where the value is needed behind
    it."""
    before = (each for each in frame.block[: frame.index] if isinstance(each, Assign))
    changed = [each for each in before if isinstance(each.target, Attribute) and each.target.name == fact.column]
    assign = changed[0] if len(changed) == 1 else None
    if assign is None or assign.value is None or frame.function is None:
        return None
    behind = program.source.text(Range(assign.range.end, frame.function.range.end))
    if program.source.text(assign.target.range) in behind:
        return None
    if assign.operator in VERBS:
        return Change(assign, assign.operator, assign.value)
    change = change_of(assign.value, fact.column) if assign.operator == "=" else None
    return Change(assign, change.operator, change.right) if change is not None else None


def made_once(program: Program, place: Range, name: str) -> Assign | None:
    """The statement that gives a variable its value before a place, where nothing else in the function does."""
    frames = program.frames(place)
    function = frames[-1].function if frames else None
    if function is None:
        return None
    before = [each for frame in frames if frame.function is function for each in frame.block[: frame.index]]
    bodies = [each.body for each in program.functions() if each.range in function.range]
    every = [each for body in bodies for each in statements_in(body)]
    made = [each for each in every if name in _given(each)]
    sets = any(
        isinstance(node, AssignmentExpression) and name in names_in(node.target)
        for each in every
        for node in expressions_in(each)
    )
    if len(made) != 1 or sets or made[0] not in before:
        return None
    only = made[0]
    return only if isinstance(only, Assign) and isinstance(only.target, Name) and only.operator == "=" else None


def _given(statement: Statement) -> list[str]:
    """The names that a statement gives a value."""
    target = getattr(statement, "target", None)
    return [*names_in(target)] if target is not None else []


def count_in(program: Program, function: Function, name: str) -> int:
    """How often a name stands in the code of a function, and not in a text."""
    return sum(not in_text(program, each) for each in mentions(program, name, function.range))


def amount_of(program: Program, change: Change) -> str:
    """The text of what is added or taken, as it can stand behind the operator."""
    text = program.source.text(change.amount.range)
    return f"({text})" if isinstance(change.amount, Binary) and change.operator == "-" else text
