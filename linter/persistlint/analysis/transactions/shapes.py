"""Small questions about the program that the walk asks in several places."""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.analysis.names import last_name, path_of
from persistlint.facts import Role, Use
from persistlint.ir import (
    Attribute,
    Binary,
    Block,
    Call,
    Collection,
    Constant,
    Expression,
    ExpressionStatement,
    If,
    Jump,
    Mapping,
    Name,
    Nested,
    Number,
    Raise,
    Return,
    String,
    Try,
    Unary,
)

if TYPE_CHECKING:
    from persistlint.analysis.transactions.chain import Known
    from persistlint.ir import Block, Expression


LITERALS = frozenset([String, Number, Constant])  # a third of all expressions
ENDS = frozenset(["exit", "abort", "Exit", "Fatal", "Fatalf", "Fatalln", "Panic", "panic", "die"])


def ends(body: Block) -> bool:
    """Whether a block never comes back to what follows it."""
    if not body:
        return False
    match body[-1]:
        case Return() | Raise() | Jump():
            return True
        case If(then=then, otherwise=otherwise):
            return bool(otherwise) and ends(then) and ends(otherwise)
        case Nested(body=inner):
            return ends(inner)
        case Try(body=inner, handlers=handlers):
            return ends(inner) and all(ends(handler.body) for handler in handlers)
        case ExpressionStatement(value=Call(function=function)):
            return last_name(function) in ENDS
    return False


def use_of(target: Expression, language: str) -> Use:
    if language == "go":
        elements = target.elements if isinstance(target, Collection) else (target,)
        last = path_of(elements[-1]) if elements else None
        return Use.DROPPED if last == "_" else Use.CHECKED
    return Use.KEPT


def error_name(target: Expression) -> str:
    last = target.elements[-1] if isinstance(target, Collection) and target.elements else target
    name = path_of(last) or ""
    return name if is_error(name) else ""


def first_name(target: Expression) -> str:
    """The first variable that an assignment sets, "" where that is an error or nothing: `rows` of `const { rows } = …`,
    `result` of `result, err := …`."""
    if isinstance(target, Collection) and target.elements:
        return first_name(target.elements[0])
    if isinstance(target, Mapping) and target.entries:
        return first_name(target.entries[0].value)
    return target.id if isinstance(target, Name) and target.id != "_" and not is_error(target.id) else ""


def is_error(name: str) -> bool:
    return name == "err" or name.lower().endswith(("err", "error")) or name == "e"


def presence(test: Expression) -> tuple[str, bool] | None:
    """What a test asks the presence of, and whether it holds where that is there: `tx != nil`, `!options.tx`."""
    match test:
        case Unary(operator="not", operand=operand):
            found = presence(operand)
            return (found[0], not found[1]) if found is not None else None
        case Binary(operator="==" | "!=" | "is" | "is not" as operator, left=left, right=Constant(value=None)):
            path = path_of(left)
            return (path, operator in ("!=", "is not")) if path is not None else None
        case Binary(operator=">" | "==" as operator, left=Call(function=Name(id="len")) as call, right=Number(value=0)):
            # `len(tx) > 0`, of what may be left out
            path = path_of(call.arguments[0].value) if call.arguments else None
            return (path, operator == ">") if path is not None else None
        case Name() | Attribute():
            path = path_of(test)
            return (path, True) if path is not None else None
    return None


def is_row(known: Known) -> bool:
    return known.type.role == "instance" or known.handle.role is Role.INSTANCE
