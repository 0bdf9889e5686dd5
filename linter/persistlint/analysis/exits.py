"""Calls after which the program does not go on, and calls after which a test is known to hold."""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.analysis.names import last_name
from persistlint.ir import Attribute, Await, Call, Name

if TYPE_CHECKING:
    from persistlint.ir import Expression

_EXITS = frozenset(
    [
        "exit",
        "abort",
        "Exit",
        "Fatal",
        "Fatalf",
        "Fatalln",
        "Panic",
        "Panicf",
        "Panicln",
        "panic",
        "die",
        "FailNow",
        "fail",
        "notFound",
        "redirect",
    ]
)
_ASSERTIONS = frozenset(["assert", "invariant"])


def never_returns(expression: Expression) -> bool:
    """Whether an expression is a call that ends the function around it, or the program."""
    return isinstance(expression, Call) and last_name(expression.function) in _EXITS


def asserted(expression: Expression) -> Expression | None:
    """The test that holds after an expression that is a call of an assertion: `assert(x)`, `assert.ok(x)`."""
    if isinstance(expression, Await):
        expression = expression.value
    match expression:
        case Call(function=Name(id=name) | Attribute(value=Name(id=name), name="ok"), arguments=(test, *_)):
            return test.value if name in _ASSERTIONS and not test.spread else None
    return None
