"""What a number is by what it is made of: a sum, a ratio, a product of factors."""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.facts import NumberRole, Quantity
from persistlint.ir import Binary
from persistlint.ir import Number as NumberExpression

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.analysis.numbers.places import Place
    from persistlint.ir import Expression

_TIME_FACTORS = frozenset([24, 60, 365, 366, 3600, 1000, 86_400, 60_000])
_TIMES = frozenset(  # units, and the last second and millisecond of a day
    [60_000, 3_600_000, 86_399, 86_400, 86_399_999, 86_400_000, 604_800, 604_800_000, 31_536_000]
)
_LEAST_TERMS = 3  # of a sum that is a layout


def composed(node: Expression, value: float, place: Place, is_time: bool) -> Quantity | None:
    """What a number is by what it is made of: the size of something by its parts (`1 + 73 + 32`), a ratio
    (`16 / 9`), the minutes of a day, or a time that its factors tell (`now - 7 * 24 * 3600`). None where that tells
    nothing. `is_time` where what it meets is a time."""
    if _terms(node) >= _LEAST_TERMS or _is_ratio(node):
        return Quantity.LAYOUT
    parts = tuple(factors(node))
    if parts and all(map(is_of_time, parts)) and not is_time:
        return Quantity.CALENDAR
    is_equal = place.operator in ("==", "!=")
    is_moved = place.operator in ("+", "-") and place.role in (NumberRole.ARITHMETIC, NumberRole.STEP)
    if (is_moved or is_equal) and (sum(map(is_of_time, parts)) > 1 or value in _TIMES):
        return Quantity.CALENDAR
    return None


def factors(node: Expression) -> Iterator[float]:
    """The factors of a product of numbers; none where it is no product."""
    while isinstance(node, Binary) and node.operator == "*":
        yield from (part.value or 0 for part in (node.left, node.right) if isinstance(part, NumberExpression))
        node = node.left


def _terms(node: Expression) -> int:
    """Of how many numbers a sum consists."""
    terms = 1
    while isinstance(node, Binary) and node.operator == "+":
        terms, node = terms + 1, node.left
    return terms


def _is_ratio(node: Expression) -> bool:
    """Whether a number is one divided by another, which tells what it is: `16 / 9`."""
    match node:
        case Binary(operator="/", left=NumberExpression(), right=NumberExpression()):
            return True
    return False


def is_of_time(factor: float) -> bool:
    """Whether a number is a factor between units of time."""
    return factor in _TIME_FACTORS
