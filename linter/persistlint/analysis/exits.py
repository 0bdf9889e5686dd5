"""Calls after which the program does not go on, and calls after which a test is known to hold."""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.analysis.names import last_name
from persistlint.ir import Attribute, Await, Call, FunctionDefinition, Name
from persistlint.regexes import regex

if TYPE_CHECKING:
    from collections.abc import Container, Iterable

    from persistlint.ir import Expression, Statement

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
_NEVER = regex(r"[\s:>-]*(?:typing\.)?(?:never|NoReturn|Never)\s*")
_ASSERTIONS = frozenset(["assert", "invariant"])


def endless(statements: Iterable[Statement]) -> frozenset[str]:
    """The names of the functions among these statements that say by their type that they never return."""
    functions = (statement.function for statement in statements if isinstance(statement, FunctionDefinition))
    return frozenset(function.name for function in functions if _NEVER.fullmatch(function.returns))


def never_returns(expression: Expression, endless: Container[str] = ()) -> bool:
    """Whether an expression is a call that ends the function around it, or the program; `endless` are the names of
    functions of the file that never return."""
    if not isinstance(expression, Call):
        return False
    function = expression.function
    return last_name(function) in _EXITS or (isinstance(function, Name) and function.id in endless)


def asserted(expression: Expression) -> Expression | None:
    """The test that holds after an expression that is a call of an assertion: `assert(x)`, `assert.ok(x)`."""
    if isinstance(expression, Await):
        expression = expression.value
    match expression:
        case Call(function=Name(id=name) | Attribute(value=Name(id=name), name="ok"), arguments=(test, *_)):
            return test.value if name in _ASSERTIONS and not test.spread else None
    return None
