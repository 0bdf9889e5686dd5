"""Places: variables, and the parts of them that programs name, under which it is remembered what is known of them."""

from __future__ import annotations

from typing import TypeAlias

from persistlint.analysis.names import last_name
from persistlint.ir import (
    AssignmentExpression,
    Attribute,
    Await,
    Call,
    Expression,
    Name,
    Number,
    Spread,
    String,
    Subscript,
    TypeAssertion,
    Unary,
)

Place: TypeAlias = tuple[str, ...]

OF_SOME_TYPE = ".()"  # a step that no program takes: a test said of what type the value is, in Go
_NEAREST = 4  # links of a chain in which the name of an object is looked for
_LONGEST = 12  # steps; what is longer has no place


def place_of(expression: Expression) -> Place | None:
    """The place of an expression: `("data", "items", "[0]")` for `data?.items[0]` and `data.get("items")[0]`. None for
    what is no variable or part of one."""
    steps: list[str] = []
    while len(steps) < _LONGEST:
        match expression:
            case Name(id=id):
                steps.append(id)
                return tuple(reversed(steps))
            case Attribute(value=value, name=name):
                expression = value
                steps.append(name)
            case Subscript(value=value, index=index) if (step := step_of(index)) is not None:
                expression = value
                steps.append(step)
            case Call(
                function=Attribute(value=value, name="get" | "at" | "getItem" | "pop"), arguments=(argument, *_)
            ) if (step := step_of(argument.value)) is not None:
                expression = value
                steps.append(step)
            case Call(function=Attribute(value=value, name="json" | "get_json" as name), arguments=()):
                expression = value
                steps.append(f"{name}()")  # which gives the same body whenever it is asked
            case Await(value=value) | TypeAssertion(value=value) | Spread(value=value):
                expression = value
            case Unary(operator="*" | "&", operand=operand):
                expression = operand
            case AssignmentExpression(target=target):
                expression = target
            case _:
                return None
    return None


def unwrapped(expression: Expression) -> Expression:
    """What is awaited, or asserted to be of a type."""
    while isinstance(expression, Await | TypeAssertion):
        expression = expression.value
    return expression


def owner_of(expression: Expression) -> str:
    """The name by which a reader would call an object, in lower case; "" for one that is too far down a chain."""
    for _ in range(_NEAREST):
        match expression:
            case Subscript(value=value) | TypeAssertion(value=value) | Await(value=value):
                expression = value
            case _:
                return last_name(expression).lower()
    return ""


def step_of(index: Expression) -> str | None:
    """How a place names the part with this index: a key as it is, a number in brackets, a variable by its path."""
    match index:
        case String(value=value):
            return value
        case Number(text=text):
            return f"[{text}]"
        case Unary(operator="-", operand=Number(text=text)):
            return f"[-{text}]"
        case Name(id=id):
            return f"[{id}]"
        case Attribute(value=Name(id=id), name=name):
            return f"[{id}.{name}]"
    return None


def prefixes(place: Place) -> tuple[Place, ...]:
    """A place and all that it is a part of, the smallest first."""
    return tuple(place[:length] for length in range(len(place), 0, -1))


def keys_of(value: Expression | None) -> Place | None:
    """The place whose keys a value is: `data.keys()`, `set(data.keys())`, `list(data)`."""
    match value:
        case Call(function=Name(id="set" | "list" | "frozenset"), arguments=(argument,)):
            return keys_of(argument.value) or place_of(argument.value)
        case Call(function=Attribute(value=whole, name="keys"), arguments=()):
            return place_of(whole)
    return None
