"""Expressions that are numbers and nothing else, and what they come to."""

from __future__ import annotations

import math
import operator
from typing import TYPE_CHECKING

from persistlint.analysis.names import last_name
from persistlint.analysis.numbers.vocabulary import function_names
from persistlint.ir import Binary, Call, Number, String, TypeAssertion, Unary
from persistlint.regexes import regex

if TYPE_CHECKING:
    from collections.abc import Callable

    from persistlint.ir import Expression

CONVERSIONS = function_names("conversions")
_DECIMAL = regex(r"-?\d+(?:\.\d+)?")
_OTHER_NOTATION = regex(r"0[xXbBoO]|0\d")  # masks, modes, colours, code points
_SIZES = frozenset([10, 20, 30, 40])  # `5 << 30` is an amount of memory; any other shift is a mask, or a word of bits
_OPERATORS: dict[str, Callable[[float, float], float]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "//": operator.floordiv,
    "**": operator.pow,
    "<<": lambda left, right: left * 2**right if left > 1 and right in _SIZES else math.nan,
}
_LARGEST = 1e18  # nothing larger is worth computing


class Constants:
    """Tells numbers from other expressions; each expression is looked at once."""

    def __init__(self) -> None:
        self.known: dict[int, float | None] = {}

    def value(self, node: Expression) -> float | None:
        """What an expression comes to that consists of decimal numbers only, None for any other."""
        spine: list[Binary] = []
        while isinstance(node, Binary) and id(node) not in self.known:
            spine.append(node)
            node = node.left
        value = self.known[id(node)] if id(node) in self.known else self._operand(node)
        for binary in reversed(spine):
            compute = _OPERATORS.get(binary.operator)
            right = self.value(binary.right) if value is not None and compute is not None else None
            value = _computed(compute, value, right) if compute and value is not None and right is not None else None
            self.known[id(binary)] = value
        return value

    def _operand(self, node: Expression) -> float | None:
        match node:
            case Number(text=text, value=value) if text[:1] in "0123456789." and not _OTHER_NOTATION.match(text):
                return value if value is not None and abs(value) < _LARGEST else None
            case Unary(operator="-" | "+" as sign, operand=operand):
                value = self.value(operand)
                return -value if value is not None and sign == "-" else value
            case TypeAssertion(value=inner):
                return self.value(inner)
            case Call(function=function, arguments=(argument,)) if last_name(function) in CONVERSIONS:
                if isinstance(argument.value, String):
                    return float(argument.value.value) if _DECIMAL.fullmatch(argument.value.value) else None
                return self.value(argument.value)
        return None


def _computed(compute: Callable[[float, float], float], left: float, right: float) -> float | None:
    if compute is operator.pow and (abs(left) > 1024 or abs(right) > 64):
        return None
    try:
        value = compute(left, right)
        return value if not isinstance(value, complex) and math.isfinite(value) and abs(value) < _LARGEST else None
    except (ArithmeticError, ValueError):
        return None
