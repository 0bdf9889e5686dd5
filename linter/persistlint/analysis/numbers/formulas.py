"""Which numbers of a calculation are decisions of the program, and which belong to a formula.

A price, a score, a limit or a time is decided: another number would do as well, and somebody chose this one. What
turns one measure into another, scales a share or lays something out follows from what it is, and has no better name
than the formula.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.analysis.numbers.vocabulary import epochs, is_unit, known_words, words
from persistlint.facts import NumberRole, Quantity
from persistlint.ir import Binary, Call, Number
from persistlint.records import dataclass
from persistlint.regexes import regex
from persistlint.source import Range

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from persistlint.analysis.numbers.branches import Branches
    from persistlint.analysis.numbers.places import Place
    from persistlint.facts import Number as NumberFact
    from persistlint.ir import Expression
    from persistlint.source import SourceFile

    Read = tuple[NumberFact, Place]  # a number, and where it stands

_DECIDED = known_words("decisions")
_DRAWN = known_words("drawn")
_EPOCHS = epochs()
_BATCH = regex(rb"(?i)commit|flush|save|write|insert|send|sleep|persist|checkpoint")  # what is done every so often
_TOLD = regex(rb"(?i)print|progress|stdout|stderr|\blog")  # and what only tells how far it is
_POWERS = regex(rb"\*\*|\b(?:pow|sqrt|cbrt|exp|log10|log2)\(")  # what no decision is calculated with
_CALCULATED = frozenset([NumberRole.ARITHMETIC, NumberRole.STEP])
_FACTORS = frozenset(["*", "/", "//"])
_SCALED = frozenset([Quantity.POSITION, Quantity.PERCENT, Quantity.PIXELS, Quantity.ANGLE])
_TRIVIAL = frozenset([-1, 0, 1, 2])
_LEAST_UNIT = 24  # smaller ones are as often a part of a formula: `9 / 5`
_MOST_FACTORS = 3  # of a function that is no formula
_LONGEST_LINE = 400  # bytes of a line that are looked at


@dataclass
class Decisions:
    """Tells what a function decides with from what it only calculates with. `function` is its name."""

    source: SourceFile
    function: str
    branches: Branches

    def among(self, calculations: Sequence[Sequence[Read]]) -> list[list[NumberFact]]:
        """The numbers of each calculation that are decisions."""
        kept = [[number for number, place in each if self._is_one(number, place, each)] for each in calculations]
        factors = {number.value for numbers in kept for number in numbers if self._is_mere_factor(number)}
        if len(factors) <= _MOST_FACTORS:
            return kept
        return [[number for number in numbers if not self._is_mere_factor(number)] for numbers in kept]

    def _is_one(self, number: NumberFact, place: Place, beside: Iterable[Read]) -> bool:
        if abs(number.value) in _EPOCHS:
            return False
        if number.role not in _CALCULATED:
            return True
        is_moment = number.operator in ("+", "-") and number.quantity is Quantity.TIME and abs(number.value) < 1
        if is_moment or self._speaks(number.range, _DECIDED):
            return not is_moment
        if number.operator == "%":
            return number.quantity is Quantity.TIME or self._is_batch(self.branches.behind(number.range))
        if number.operator not in _FACTORS:
            return number.quantity is Quantity.TIME
        is_alone = all(other is number or other.role not in _CALCULATED or _is_plain(other) for other, _ in beside)
        is_scaled = number.quantity in _SCALED or _is_share(place.other) or self._is_raised(number.range)
        return is_alone and not is_scaled and not self._speaks(number.range, _DRAWN)

    def _is_batch(self, branch: bytes) -> bool:
        """Whether what happens every so often is work, not only a sign of it."""
        return _BATCH.search(branch) is not None and _TOLD.search(branch) is None

    def _is_raised(self, number: Range) -> bool:
        """Whether something is raised to a power on the line of a number, or a root is drawn."""
        line = self._line(number)
        return _POWERS.search(self.source.content, line.start, line.end) is not None

    def _is_mere_factor(self, number: NumberFact) -> bool:
        """Whether a number is called a decision only because nothing else is multiplied or divided by."""
        is_factor = number.role in _CALCULATED and number.operator in _FACTORS
        return is_factor and not _is_plain(number) and not self._speaks(number.range, _DECIDED)

    def _speaks(self, number: Range, known: frozenset[str]) -> bool:
        """Whether the names on the line of a number, or that of the function, have one of the known words in them."""
        return not known.isdisjoint(words(f"{self.function} {self.source.text(self._line(number))}"))

    def _line(self, number: Range) -> Range:
        """The line of a number, as far as it is looked at."""
        line = self.source.line_range(self.source.line_of(number.start))
        return Range(max(line.start, number.start - _LONGEST_LINE), min(line.end, number.start + _LONGEST_LINE))


def _is_plain(number: NumberFact) -> bool:
    return number.value in _TRIVIAL or (abs(number.value) >= _LEAST_UNIT and is_unit(abs(number.value)))


def _is_share(other: Expression | None) -> bool:
    """Whether what a number meets is one thing divided by another, so that it is what they are scaled to."""
    match other:
        case Binary(operator="/", left=left, right=right):
            return not isinstance(left, Number) and not isinstance(right, Number)
        case Call(arguments=(argument,)):
            return _is_share(argument.value)
    return False
