"""What operators make of values."""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.analysis.interpretation import formats, guards
from persistlint.analysis.interpretation.formats import Filler
from persistlint.analysis.interpretation.values import (
    CONSTANT,
    NUMBER,
    UNKNOWN,
    Atom,
    Choice,
    Entries,
    Items,
    Text,
    Value,
    choice,
    element_of,
    items_of,
    join,
    origin_of,
    pieces_of,
    text_of,
)
from persistlint.facts import Origin
from persistlint.ir import Binary, Collection, Expression, Mapping, Spread, String, Template, Unary

if TYPE_CHECKING:
    from persistlint.analysis.interpretation.interpreter import Interpreter
    from persistlint.source import Range


def combine(
    operator: str, left: Value, right: Value, left_range: Range, right_range: Range, template: Range, language: str = ""
) -> Value:
    """What an arithmetic operator makes of two values."""
    if operator == "+":
        is_text = _is_text(left) or _is_text(right)
        if language in ("python", "go") and NUMBER in (left, right) and not is_text:
            return NUMBER  # a string and a number cannot be added, but one that is written out can: `strconv.Itoa(n)`
        if language == "python" and not is_text and Origin.ANNOTATED in (origin_of(left), origin_of(right)):
            return Atom(Origin.ANNOTATED)  # neither to what is declared to be one
        if isinstance(left, Items) or isinstance(right, Items):
            return _extended(left, right)
        if is_text:
            return text_of((*pieces_of(left, left_range, template), *pieces_of(right, right_range, template)))
        return Atom(max(origin_of(left), origin_of(right)))
    if operator in ("*", "%") and language in ("javascript", "typescript", "go"):
        return NUMBER  # in Python a repeated text, or one that values are put into
    if operator == "*" and isinstance(left, Text | Items):
        return left
    if operator == "*" and isinstance(right, Text | Items):
        return right
    if operator in ("and", "or", "??"):
        return join(left, right)
    if operator == "|" and isinstance(left, Entries) and isinstance(right, Entries):
        return Entries((*left.entries, *right.entries))
    # Arithmetic on anything but numbers fails or, in JavaScript, gives a number.
    if operator in ("-", "/", "//", "**", "&", "^", "<<", ">>", ">>>", "|"):
        return NUMBER if not isinstance(left, Atom) or left.keys is None else left
    return Atom(max(origin_of(left), origin_of(right)))


def binary(binary: Binary, machine: Interpreter) -> Value:
    if binary.operator in ("and", "or", "??"):
        return _logic(binary, machine)
    chain: list[Binary] = []
    node: Expression = binary
    while isinstance(node, Binary) and node.operator not in ("and", "or", "??"):
        chain.append(node)
        node = node.left
    value = machine.evaluate(node)
    position = node.range
    for step in reversed(chain):
        right = machine.evaluate(step.right)
        if (
            step.operator == "%"
            and machine.language == "python"
            and (_is_text(value) or isinstance(step.left, String | Template))
        ):
            value = _percent(value, step, right, machine)
        elif step.operator == "+":
            value = combine("+", value, right, position, step.right.range, binary.range, machine.language)
        elif step.operator in ("==", "!=", "<", "<=", ">", ">=", "in", "not in", "is", "is not", "instanceof"):
            value = NUMBER
        else:
            value = combine(step.operator, value, right, position, step.right.range, binary.range, machine.language)
        position = step.range
    return value


def _logic(binary: Binary, machine: Interpreter) -> Value:
    left = machine.evaluate(binary.left)
    if binary.operator == "and":
        # The left side is the result only where it is false, empty or nothing.
        return guarded(binary.left, True, binary.right, machine)
    if binary.operator == "or":
        right = guarded(binary.left, False, binary.right, machine)
    else:
        right = machine.evaluate(binary.right)
    if isinstance(left, Atom) and isinstance(right, Atom) and left == UNKNOWN and right.type is not None:
        return right  # `kept.client ?? new Client()`: what is made where none was kept is such a one as that
    return join(left, right)


def _percent(value: Value, step: Binary, right: Value, machine: Interpreter) -> Value:
    operand = step.right
    positional: list[Filler] = []
    named: dict[str, Filler] = {}
    rest: Filler | None = None
    match operand:
        case Collection(elements=elements) if not any(isinstance(element, Spread) for element in elements):
            positional = [Filler(machine.evaluate(element), element.range) for element in elements]
        case Mapping(entries=entries):
            for entry in entries:
                if isinstance(entry.key, String):
                    named[entry.key.value] = Filler(machine.evaluate(entry.value), entry.value.range)
            rest = Filler(right, operand.range)
        case _ if isinstance(right, Items) and right.fixed:
            positional = [Filler(element, operand.range) for element in right.elements]
        case _ if isinstance(right, Entries):
            named = {key: Filler(item, operand.range) for key, item in right.entries if key is not None}
            rest = Filler(Atom(origin_of(right)), operand.range)
        case _:
            rest = Filler(Atom(origin_of(right)) if isinstance(right, Items) else right, operand.range)
            positional = [rest]
    options = value.options if isinstance(value, Choice) else (value,)
    return choice(
        Text(
            formats.printf(
                pieces_of(option, step.left.range, step.range), positional, named, step.range, "python", rest
            )
        )
        for option in options
    )


def unary(unary: Unary, machine: Interpreter) -> Value:
    value = machine.evaluate(unary.operand)
    if unary.operator in ("&", "*"):
        return value
    return NUMBER if unary.operator in ("not", "-", "+", "~", "typeof", "++", "--") else CONSTANT


def guarded(test: Expression, truth: bool, expression: Expression, machine: Interpreter) -> Value:
    """The value of an expression that is reached only where a test came out so."""
    before = machine.state
    if before is None:
        return UNKNOWN
    machine.state = before.copy()
    machine.refine(guards.checked(test, truth, machine))
    value = machine.evaluate(expression)
    machine.state = before
    return value


def _is_text(value: Value) -> bool:
    return isinstance(value, Text) or (
        isinstance(value, Choice) and any(isinstance(option, Text) for option in value.options)
    )


def _extended(left: Value, right: Value) -> Value:
    elements: list[Value] = []
    for value in (left, right):
        elements.extend(value.elements if isinstance(value, Items) else (element_of(value),))
    fixed = isinstance(left, Items) and isinstance(right, Items) and left.fixed and right.fixed
    return items_of(tuple(elements), fixed)
