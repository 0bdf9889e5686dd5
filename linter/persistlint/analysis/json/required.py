"""Tests that look whether something has all the keys that it has to have."""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.analysis.json.places import keys_of, place_of
from persistlint.analysis.names import last_name
from persistlint.ir import (
    Argument,
    Attribute,
    Binary,
    Call,
    Comprehension,
    Constant,
    If,
    Loop,
    Name,
    Number,
    Subscript,
    Unary,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from persistlint.analysis.json.places import Place
    from persistlint.ir import Expression

_SOME, _NONE = frozenset([">", "!=", ">="]), frozenset(["==", "<", "<="])  # of what a number of missing keys is
_NOT = {"in": "not in", "not in": "in"}


def searched(test: Expression, truth: bool, variables: Mapping[str, Expression | None]) -> Place | None:
    """The place of what has all the keys of a list where a test came out as `truth`: `body` where
    `[key for key in required if key not in body]` is empty, `any` and `all` say so, or nothing is left of the keys
    without those of the body. `variables` holds what a variable says of something else. None for any other test."""
    match test:
        case Comprehension(conditions=(condition,)) if not truth:
            return _asked(condition, "not in")
        case Call(function=Name(id="any"), arguments=(Argument(value=Comprehension(element=missing)),)) if not truth:
            return _asked(missing, "not in")
        case Call(function=Name(id="all"), arguments=(Argument(value=Comprehension(element=present)),)) if truth:
            return _asked(present, "in")
        case Binary(operator="-", right=right) if not truth:
            return keys_of(right)
        case Binary(
            operator=operator,
            left=Call(function=function, arguments=(Argument(value=Name(id=id)),)),
            right=Number(value=0 | 1),
        ) if last_name(function) == "len" and operator in _SOME | _NONE:
            counted = variables.get(id)
            is_list = isinstance(counted, Comprehension) or (isinstance(counted, Binary) and counted.operator == "-")
            return searched(counted, (operator in _SOME) is truth, {}) if counted is not None and is_list else None
    return None


def searched_one_by_one(loop: Loop) -> Place | None:
    """The place of what a loop over keys looks for each of them in: `for key in required: if key not in body: …`."""
    if not isinstance(loop.target, Name) or loop.iterable is None:
        return None
    for statement in loop.body:
        if isinstance(statement, If) and (place := _asked(statement.test, "not in", loop.target.id)) is not None:
            return place
    return None


def _asked(test: Expression, operator: str, key: str = "") -> Place | None:
    """The place of what a test looks for a variable in, that one of the name `key` if it has one: `body` of
    `key in body` and of `body.get(key)`, or, where `operator` is `not in`, of their opposites."""
    while True:
        match test:
            case Binary(operator="or", left=left) if operator == "not in":
                test = left  # the key is missing, or nothing stands there
            case Unary(operator="not", operand=operand):
                test, operator = operand, _NOT[operator]
            case Binary(operator="is" | "==", left=left, right=Constant(value=None)):
                test, operator = left, _NOT[operator]
            case Binary(operator="is not" | "!=", left=left, right=Constant(value=None)):
                test = left
            case Binary(operator=asked, left=Name(id=id), right=whole) if asked == operator and key in ("", id):
                return keys_of(whole) or place_of(whole)
            case (
                Call(function=Attribute(value=whole, name="get"), arguments=(Argument(value=Name(id=id)), *_))
                | Subscript(value=whole, index=Name(id=id))
            ) if operator == "in" and key in ("", id):
                return place_of(whole)
            case _:
                return None
