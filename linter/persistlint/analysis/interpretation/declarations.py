"""Variables of which the declared type tells what they can hold, whatever is assigned to them: `var id int64`,
`ids := []int{}`, `let limit: number`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.analysis.interpretation.values import Value, origin_of
from persistlint.facts import Origin
from persistlint.ir import Argument, Assign, Call, Collection, Expression, Name, walk

if TYPE_CHECKING:
    from persistlint.analysis.interpretation.interpreter import Interpreter

_OPEN = (Origin.UNKNOWN, Origin.PARAMETER)


def note(statement: Assign, machine: Interpreter) -> None:
    """Remember the type of a variable that a statement declares, or that its name is another variable's now."""
    target, expression = statement.target, statement.value
    type = statement.annotation or (_written(expression) if expression and machine.language == "go" else "")
    declared = machine.names.declared(type) if type and isinstance(target, Name) else None
    if isinstance(target, Name) and declared is not None and origin_of(declared) in (Origin.NUMBER, Origin.ANNOTATED):
        machine.frames[-1].declared[target.id] = declared
    elif statement.declares:
        forget(target, machine)


def forget(target: Expression, machine: Interpreter) -> None:
    """Forget the types of the names in a target, which are other variables now."""
    known = machine.frames[-1].declared
    for node in walk(target) if known else ():
        if isinstance(node, Name):
            known.pop(node.id, None)


def as_declared(path: str, value: Value, machine: Interpreter) -> Value:
    """A value as the type of the variable that it is assigned to lets it be. Go alone enforces that."""
    declared = machine.frames[-1].declared.get(path)
    if declared is None:
        return value
    origin = origin_of(value)
    is_open = origin > Origin.BOUND if machine.language == "go" else origin in _OPEN
    return declared if is_open else value


def _written(expression: Expression) -> str:
    """The type that a Go expression is written with: `[]int{}`, `make([]int, 0, n)`."""
    match expression:
        case Collection(type=type):
            return type
        case Call(function=Name(id="make"), arguments=(Argument(value=Name(id=type)), *_)):
            return type
    return ""
