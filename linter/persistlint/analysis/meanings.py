"""What a number means where it stands: what it counts or measures, what it is converted to, what it could be called."""

from __future__ import annotations

import re
from dataclasses import field
from functools import cached_property
from typing import TYPE_CHECKING, TypeGuard

from persistlint.analysis.constant_names import is_telling, name_for
from persistlint.analysis.layouts import with_layout
from persistlint.analysis.names import last_name, path_of
from persistlint.analysis.quantities import counted_in, quantity_of, quantity_of_name, told_by
from persistlint.analysis.vocabulary import is_unit, words
from persistlint.facts import Number, NumberRole, Quantity
from persistlint.ir import Assign, Binary, Expression, Function, Name, Statement, Subscript
from persistlint.ir import Number as NumberExpression
from persistlint.records import dataclass
from persistlint.source import Range, SourceFile

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from persistlint.analysis.constants import Constants
    from persistlint.analysis.places import Place
    from persistlint.analysis.statuses import Statuses

_DIVISIONS = frozenset(["/", "//", "%"])
_CUT = re.compile(rb"\.(?:slice|substr|substring|truncate)\(|\[[^\]\n]*:[^\]\n]*\]")
_CUT_WITHIN = 150  # bytes behind a number
_LENGTHS = frozenset([Quantity.LENGTH, Quantity.PARTS, Quantity.BYTES])
_UNTOLD = frozenset([Quantity.OTHER, Quantity.CODE])
_LONGEST_LINE = 400  # bytes of a line that are looked at
_LONGEST_SUBJECT = 60  # characters
_TIME_FACTORS = frozenset([24, 60, 3600, 1000, 86_400, 60_000])
_TIMES = frozenset([60_000, 3_600_000, 86_400, 86_400_000, 604_800, 604_800_000])  # units, in seconds or milliseconds
_ONCE_OR_TWICE = frozenset([1, 2])  # of a larger unit: "1 hour ago" below 120 minutes
_ORDERS = frozenset(["<", "<=", ">", ">="])
_OF_STATUS = frozenset(["status", "http"])
_LEAST_UNIT, _TEN, _LARGE_UNIT, _PERCENT = 7, 10, 60, 100


@dataclass
class Meanings:
    """The numbers of one scope, and what the scope calculates with. `function` is None outside of functions; `within`
    is the name of the innermost function around the scope that has one, or ""."""

    source: SourceFile
    function: Function | None
    statements: Sequence[Statement]
    constants: Constants
    statuses: Statuses
    within: str = ""
    multipliers: set[float] = field(default_factory=set)
    divisors: set[float] = field(default_factory=set)

    def calculated_with(self, value: float, operator: str) -> None:
        """Take note of a number that the scope calculates with."""
        if operator == "*":
            self.multipliers.add(abs(value))
        elif operator in _DIVISIONS:
            self.divisors.add(abs(value))

    def number(self, node: Expression, value: float, place: Place) -> Number:
        """The fact of a number at a place of the scope, all of which was read before."""
        if place.other is not None:
            subject = self._text(place.other)
            quantity = place.quantity or self._quantity(place.other)
        else:
            subject = self.function.name if self.function is not None else ""
            quantity = quantity_of_name(subject)
        status = self.statuses.name(value) if place.operator in ("", "==", "!=") else ""
        if quantity is Quantity.CODE and place.other is not None and _ends_in_code(place.other):
            quantity = Quantity.STATUS if value in self.statuses.known else quantity
        is_cut = _CUT.search(self.source.content, node.range.end, node.range.end + _CUT_WITHIN) is not None
        name = (
            status
            if quantity is Quantity.STATUS
            else name_for(self.source.language, place, quantity, self.within, is_cut)
        )
        around = self._around(node.range)
        told = told_by(value, subject, f"{self.within} {around}") or self._calculated(node, value, place)
        if told is None and quantity in _UNTOLD and not status and self._is_status(value, place, around):
            told = Quantity.STATUS
        is_converted = self._is_converted(abs(value))
        return Number(
            node.range,
            value,
            place.role,
            place.operator,
            subject,
            told or quantity,
            name,
            is_telling(name, place, quantity),
            is_unit(abs(value)) or self._is_step(abs(value)) or any(map(_is_of_time, _factors(node))),
            is_converted,
        )

    def _is_status(self, value: float, place: Place, around: str) -> bool:
        """Whether a number without a name is the code of an answer: the words beside it speak of a status."""
        is_equal = place.operator in ("==", "!=") and value in self.statuses.known
        return is_equal and not _OF_STATUS.isdisjoint(words(around))

    def _calculated(self, node: Expression, value: float, place: Place) -> Quantity | None:
        """What a number is by the calculation that it stands in: what is added to round up (`(n + 7) / 8`), a code of a
        format (`data[0] == 12`), a bound of a variable of a few lines (`v > 9`), or a time that its factors tell
        (`now - 7 * 24 * 3600`)."""
        if place.operator == "+" and value >= _LEAST_UNIT and value + 1 in self.divisors:
            return Quantity.REMAINDER
        if place.quantity is None and place.other is not None and _is_part(place.other):
            return Quantity.LAYOUT
        if place.operator in _ORDERS and _is_letter(place.other) and self._quantity(place.other) is Quantity.OTHER:
            return Quantity.POSITION
        factors = tuple(_factors(node))
        if factors and all(map(_is_of_time, factors)) and not self._is_time(place.other):
            return Quantity.CALENDAR  # the minutes of a day
        is_offset = place.role is NumberRole.ARITHMETIC and place.operator in ("+", "-")
        is_equal = place.operator in ("==", "!=")
        if (is_offset or is_equal) and (sum(map(_is_of_time, factors)) > 1 or value in _TIMES):
            return Quantity.CALENDAR
        return None

    def _is_time(self, other: Expression | None) -> bool:
        return other is not None and self._quantity(other) is Quantity.TIME

    def _around(self, number: Range) -> str:
        """The line of a number, and the one above and below it."""
        line = self.source.line_of(number.start)
        starts = self.source.line_starts[max(line - 2, 0) : line + 1]
        return " ".join(self.source.text(Range(start, start + _LONGEST_LINE)).partition("\n")[0] for start in starts)

    def _is_step(self, value: float) -> bool:
        """Whether a number is divided by and multiplied with again, to round to steps of it."""
        return value == int(value) and value in self.multipliers and value in self.divisors

    def _is_converted(self, value: float) -> bool:
        """Whether a number is made of what the scope multiplies or divides by: `if s < 3600: … s / 60`. Where that
        are several units, all bounds are."""
        if sum(factor >= _LEAST_UNIT and factor % _TEN != 0 for factor in self._units) > 1:
            return value == int(value)
        for factor in self._units:
            rest = value / factor
            if (
                rest in _ONCE_OR_TWICE
                or rest in self._factors
                or (factor >= _LARGE_UNIT and factor != _PERCENT and is_unit(rest))
            ):
                return True
        return False

    @cached_property
    def _units(self) -> frozenset[float]:
        """The units that the scope converts between."""
        return frozenset(filter(is_unit, self._factors))

    @cached_property
    def _factors(self) -> set[float]:
        """What the scope multiplies or divides by."""
        return self.multipliers | self.divisors

    def _quantity(self, other: Expression) -> Quantity:
        """What is counted there. A variable is what it was assigned."""
        quantity = quantity_of(other)
        if quantity in _UNTOLD and isinstance(other, Name) and other.id in self._definitions:
            other = self._definitions[other.id]
            quantity = quantity_of(other)
        has_layout = quantity in _LENGTHS and path_of(counted_in(other)) in self._layouts
        return Quantity.LAYOUT if has_layout else quantity

    @cached_property
    def _definitions(self) -> dict[str, Expression]:
        return {
            statement.target.id: statement.value
            for statement in self.statements
            if isinstance(statement, Assign) and statement.operator == "=" and statement.value is not None
            if isinstance(statement.target, Name)
        }

    @cached_property
    def _layouts(self) -> frozenset[str]:
        return with_layout(self.statements, self.constants, self.source)

    def _text(self, expression: Expression) -> str:
        text = self.source.text(expression.range)
        return text if len(text) <= _LONGEST_SUBJECT and "\n" not in text else last_name(expression)


def _factors(node: Expression) -> Iterator[float]:
    """The factors of a product of numbers; none where it is no product."""
    while isinstance(node, Binary) and node.operator == "*":
        yield from (part.value or 0 for part in (node.left, node.right) if isinstance(part, NumberExpression))
        node = node.left


def _is_of_time(factor: float) -> bool:
    return factor in _TIME_FACTORS


def _is_part(expression: Expression) -> bool:
    """Whether an expression is what stands at a constant place of something: `data[0]`."""
    return isinstance(expression, Subscript) and isinstance(expression.index, NumberExpression)


def _is_letter(expression: Expression | None) -> TypeGuard[Name]:
    return isinstance(expression, Name) and len(expression.id) == 1


def _ends_in_code(expression: Expression) -> bool:
    return words(last_name(expression))[-1:] in (("code",), ("error",))
