"""What a scope calculates with, and what its numbers are by that: factors, steps, shares, words of bits."""

from __future__ import annotations

import math
from dataclasses import field
from functools import cached_property
from typing import TYPE_CHECKING

from persistlint.analysis.names import last_name
from persistlint.analysis.numbers.vocabulary import is_unit, words
from persistlint.facts import NumberRole
from persistlint.ir import Binary
from persistlint.records import dataclass
from persistlint.regexes import regex
from persistlint.source import Range

if TYPE_CHECKING:
    from persistlint.analysis.numbers.places import Place
    from persistlint.ir import Expression, Function
    from persistlint.source import SourceFile

_DIVISIONS = frozenset(["/", "//", "%"])
_ONCE_OR_TWICE = frozenset([1, 2])  # of a larger unit: "1 hour ago" below 120 minutes
_COUNTED = frozenset(["limit", "size", "page", "count", "length", "max", "per", "n", "take", "first", "num"])
# Where the codes of HTTP begin and end, with and without those of answers that are yet to come.
_CLASSES = frozenset([100, 200, 599, 600])
_CODES = (frozenset([100, 599]), frozenset([100, 600]), frozenset([200, 599]))
_SIZES = frozenset(base**power for base in (1000, 1024) for power in range(1, 7))  # of units: kilo, mega, …
_OCTETS = range(256)  # the parts of an address of IPv4
_PRIVATE = frozenset([192, 168])  # the beginning of the addresses of a private network: RFC 1918, section 3
_RESERVED = frozenset([10, 127, 169, 172, 192])  # first octets of networks for a purpose: RFC 6890, section 2.2.2
_FEW = 2  # of those, which may be any numbers
_SHIFT = regex(rb">>=? ?([3-7])\b")  # by which numbers of bytes and of words come from those of bits
_LONGEST = 100  # bytes of what a number meets, by which it is known again
_ORDERS = frozenset(["<", "<=", ">", ">="])
_LEAST_UNIT, _TEN, _LARGE_UNIT, _PERCENT = 7, 10, 60, 100


@dataclass
class Arithmetic:
    """The arithmetic of one scope, all of which is taken note of before anything is asked. `function` is None outside
    of functions."""

    source: SourceFile
    function: Function | None
    multipliers: set[float] = field(default_factory=set)
    divisors: set[float] = field(default_factory=set)
    from_zero: set[str] = field(default_factory=set)
    equal: set[float] = field(default_factory=set)
    added: set[float] = field(default_factory=set)
    sizes: dict[str, set[float]] = field(default_factory=dict)  # what is compared with which of `_SIZES`
    classes: dict[str, set[float]] = field(default_factory=dict)  # what is compared with which of `_CLASSES`

    def meet(self, value: float, place: Place) -> None:
        """Take note of a number that the scope calculates with, or from which something begins."""
        if place.operator == "*":
            self.multipliers.add(abs(value))
        elif place.operator in _DIVISIONS:
            self.divisors.add(abs(value))
        elif place.operator == "+" and place.role is NumberRole.STEP:
            self.added.add(value)
        elif place.operator == "==":
            self.equal.add(value)
        elif place.operator in _ORDERS and place.other is not None and value in _SIZES:
            self.sizes.setdefault(self._text(place.other), set()).add(value)
        elif place.operator in _ORDERS and place.other is not None and (value in _CLASSES or value == 0):
            subject = self._text(place.other)
            if value in _CLASSES:
                self.classes.setdefault(subject, set()).add(value)
            elif place.operator in ("<", ">="):
                self.from_zero.add(subject)

    def is_size(self, value: float, other: Expression) -> bool:
        """Whether a number is one of several sizes of units that the same thing is compared with, to show it in one."""
        return value in _SIZES and len(self.sizes.get(self._text(other), ())) > 1

    def is_octet(self, value: float) -> bool:
        """Whether a number is a part of an address: the scope looks for the beginnings of those of private networks."""
        return value in _OCTETS and (self.equal >= _PRIVATE or len(self.equal & _RESERVED) > _FEW)

    def is_flag(self, value: float) -> bool:
        """Whether a number is one of several flags that are added up: 32 where 16 is added, too."""
        return value > 1 and value in self.added and value / 2 in self.added and math.log2(value).is_integer()

    def is_step(self, value: float) -> bool:
        """Whether a number is divided by and multiplied with again, to round to steps of it."""
        return value == int(value) and value in self.multipliers and value in self.divisors

    def is_converted(self, value: float) -> bool:
        """Whether a number is made of what the scope multiplies or divides by: `if s < 3600: … s / 60`. Where that
        are several units, all bounds are."""
        if sum(factor >= _LEAST_UNIT and factor % _TEN != 0 for factor in self._units) > 1:
            return value == int(value)
        for factor in self._units:
            rest = value / factor
            if (
                rest in _ONCE_OR_TWICE
                or rest in self.factors
                or (factor >= _LARGE_UNIT and factor != _PERCENT and is_unit(rest))
            ):
                return True
        return False

    @cached_property
    def factors(self) -> set[float]:
        """What the scope multiplies or divides by."""
        return self.multipliers | self.divisors

    @cached_property
    def _units(self) -> frozenset[float]:
        """The units that the scope converts between."""
        return frozenset(filter(is_unit, self.factors))

    def is_share(self, other: Expression) -> bool:
        """Whether what is compared, or each part of it, begins at zero and is nothing that is counted."""
        while isinstance(other, Binary) and other.operator == "+":
            if not self._begins_at_zero(other.right):
                return False
            other = other.left
        return self._begins_at_zero(other)

    def _begins_at_zero(self, part: Expression) -> bool:
        return self._text(part) in self.from_zero and _COUNTED.isdisjoint(words(last_name(part)))

    def _text(self, subject: Expression) -> str:
        range = subject.range
        return self.source.text(Range(range.start, min(range.end, range.start + _LONGEST)))

    def is_status_range(self, value: float, other: Expression) -> bool:
        """Whether a number is the beginning or the end of the codes of HTTP, and something is compared with both."""
        bounds = self.classes.get(self._text(other), ())
        return any(value in codes and codes <= set(bounds) for codes in _CODES)

    @cached_property
    def words_of_bits(self) -> frozenset[int]:
        """The sizes of the words of bits that the function counts in: 64 where it has `n >> 6`."""
        if self.function is None:
            return frozenset()
        return frozenset(1 << int(count) for count in self.source.found(_SHIFT, self.function.range))
