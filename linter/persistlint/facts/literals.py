"""Numbers and texts that stand in the code as they are."""

from __future__ import annotations

from dataclasses import replace
from enum import Enum
from typing import TYPE_CHECKING

from persistlint.facts.fact import Fact
from persistlint.records import dataclass

if TYPE_CHECKING:
    from persistlint.source import Range


class NumberRole(Enum):
    """What code does with a number."""

    COMPARISON = "comparison"
    REPETITION = "how often a loop runs"
    ARITHMETIC = "arithmetic"
    STEP = "step"
    CASE = "case"
    RESULT = "result"
    ARGUMENT = "argument"


class Quantity(Enum):
    """What a number counts or measures, as far as the names beside it tell."""

    OTHER = "other"
    LENGTH = "length of a text or a collection"
    PARTS = "number of the parts of something, as of a split line"
    BYTES = "length of a buffer"
    LAYOUT = "length of something that has its parts at fixed positions"
    ARITY = "number of arguments or dimensions"
    POSITION = "position in a sequence"
    PIXELS = "position or size on a screen"
    REMAINDER = "remainder"
    BITS = "bits of a number"
    CALENDAR = "part of a date or a time of day"
    ANGLE = "angle or coordinate"
    PERCENT = "percentage"
    CHANCE = "random number"
    CHARACTER = "code of a character"
    VERSION = "version, port or exit code"
    TIME_UNIT = "time in a named unit"
    TIME = "point in time or duration"
    STATUS = "HTTP status code"
    CODE = "code of a kind or a state"


@dataclass(frozen=True, slots=True)
class Number:
    """A number that code decides or computes with, and that nothing beside it explains: no name is given to it, it
    is no position in a sequence, no part of a formula, and no comment follows it.

    `range` is the whole constant expression (`15 * 60`), `value` what it comes to. `subject` is the text that it is
    compared or calculated with, the function that it is passed to, or the one that returns it; `quantity` is what that
    is. `operator` is spelled as if the number stood to its right: `<` for `12 > x`. `name` is a name for a constant,
    spelled as the language does, or "" where no good one is known; `is_telling` where it says what the number means,
    not only what it is compared with or which function waits. `is_unit` where the number is a factor between units (60,
    1024), `is_converted` where the same function multiplies or divides by what it is made of.
    """

    range: Range
    value: int | float
    role: NumberRole
    operator: str
    subject: str
    quantity: Quantity
    name: str
    is_telling: bool
    is_unit: bool
    is_converted: bool


@dataclass(frozen=True, slots=True)
class Calculation(Fact):
    """The numbers of one expression, in source order. An operand of `and` or `or` is an expression of its own."""

    numbers: tuple[Number, ...]

    def moved(self, distance: int) -> Calculation:
        """The same calculation so many bytes behind its place."""
        numbers = (replace(number, range=number.range.moved(distance)) for number in self.numbers)
        return Calculation(self.range.moved(distance), tuple(numbers))


@dataclass(frozen=True, slots=True)
class Duration(Fact):
    """A time that is given to a function or a field that takes one, where its unit is doubtful.

    `unit` is the unit that its name says, "" for a number without any; `taken` is the unit that `taker` takes it for.
    """

    taker: str
    unit: str
    taken: str


@dataclass(frozen=True, slots=True)
class Fallback(Fact):
    """A text in the code that is used where the environment or the configuration does not have a setting.

    `range` is the text, `setting` the name that is looked up, `value` the text without its quotes. `is_confined`
    where the program takes care that it is used in development only, or compares a setting with it, `is_declared`
    where it is the default of a field that a library fills.
    """

    setting: str
    value: str
    is_confined: bool
    is_declared: bool = False


@dataclass(frozen=True, slots=True)
class MixedResult(Fact):
    """A conditional, or the results of a function, that are text made of a number on one way and a number on another.

    `range` is the conditional, or the expression that makes the text; `text` is that expression, `number` the other
    one. `function` is the name of the function that returns both, "" for a conditional.
    """

    text: Range
    number: Range
    function: str
