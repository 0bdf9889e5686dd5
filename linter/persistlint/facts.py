"""What a file does with databases, in the field's words. Only frozen dataclasses; `analysis/` makes them.

A rule subscribes to one kind of fact. Facts speak of every language alike, so a rule is written once.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, IntEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from persistlint.libraries import Library
    from persistlint.source import Range


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that a file does at one place."""

    range: Range


class Context(Enum):
    """Where in the SQL grammar a hole stands."""

    VALUE = "value"
    QUOTED = "quoted value"
    PART = "part of a quoted value"
    LIST = "list of values"
    IDENTIFIER = "identifier"
    KEYWORD = "keyword"
    FRAGMENT = "fragment"

    @property
    def is_value(self) -> bool:
        """Whether a bind parameter can stand here."""
        return self in (Context.VALUE, Context.QUOTED, Context.PART, Context.LIST)


class Origin(IntEnum):
    """What is known of a value, from harmless to hostile; the larger one wins where two meet.

    `CONSTANT` stands in the program, `NUMBER` has a type without SQL metacharacters, `CHECKED` was tested against an
    allow-list, `QUOTED` comes out of a quoting function, `BOUND` travels as a bind parameter. `METADATA` is a
    constant of another module or of a model, `DERIVED` what a function of another module gives for constants,
    `ANNOTATED` is declared as a number and trusted to be one,
    `ENVIRONMENT` comes from environment variables. `UNKNOWN`, `PARAMETER` (of the function) and `REQUEST` (data
    from outside) can hold anything.
    """

    CONSTANT = 0
    NUMBER = 1
    CHECKED = 2
    QUOTED = 3
    BOUND = 4
    METADATA = 5
    DERIVED = 6
    ANNOTATED = 7
    ENVIRONMENT = 8
    UNKNOWN = 9
    PARAMETER = 10
    REQUEST = 11


class Tail(Enum):
    """What becomes of the statements behind the first of a text that is sent in one call."""

    UNKNOWN = "unknown"
    RUN = "run"
    REFUSED = "refused"
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True)
class Hole:
    """One value that becomes part of SQL text.

    `range` is the interpolated expression in the file, `expression` its text. `template` is the whole expression
    that splices it in (the f-string, the `+` chain, the call of a builder). `excerpt` shows the SQL around it.
    """

    range: Range
    expression: str
    template: Range
    origin: Origin
    context: Context
    excerpt: str


@dataclass(frozen=True, slots=True)
class Text:
    """SQL as far as the file tells: constant parts and holes, in order. Where the text depends on a branch, one of
    the possible texts."""

    parts: tuple[str | Hole, ...]

    @property
    def holes(self) -> tuple[Hole, ...]:
        """The holes, in order."""
        return tuple(part for part in self.parts if isinstance(part, Hole))


@dataclass(frozen=True, slots=True)
class SqlText(Fact):
    """SQL that code puts together. `range` is the expression, `name` what it is stored or returned under.

    `texts` are the texts that it may be: one, or one per branch that leads here. As it is, this fact is a text that
    reads as SQL and reaches no call in the file; what does is a `Query`.
    """

    name: str
    texts: tuple[Text, ...]


@dataclass(frozen=True, slots=True)
class Query(SqlText):
    """A call that sends SQL. `range` is the call, `name` the method as written, `sql` the argument that is the SQL,
    `handle` the text of the receiver.

    `library` is None where only names tell that this is a database call. `is_fragment` where the text is a piece of a
    statement, `is_raw` for an escape hatch (`sql.raw`, `literal`), whose argument is spliced into a larger query.
    `has_parameters` tells whether the call has other arguments than the SQL, where bound values would be. `clause` is
    what a fragment is a piece of, "" for a whole statement. `statements` counts the statements of the longest of its
    texts, `tail` is what the call does with all but the first.
    """

    sql: Range
    library: Library | None
    handle: str
    is_fragment: bool = False
    is_raw: bool = False
    has_parameters: bool = False
    clause: str = ""
    statements: int = 1
    tail: Tail = Tail.UNKNOWN


class Role(Enum):
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
    spelled as the language does, or "" where no good one is known. `is_unit` where the number is a factor between
    units (60, 1024), `is_converted` where the same function multiplies or divides by what it is made of.
    """

    range: Range
    value: int | float
    role: Role
    operator: str
    subject: str
    quantity: Quantity
    name: str
    is_unit: bool
    is_converted: bool


@dataclass(frozen=True, slots=True)
class Calculation(Fact):
    """The numbers of one expression, in source order. An operand of `and` or `or` is an expression of its own."""

    numbers: tuple[Number, ...]


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
    where the program takes care that it is used in development only, or compares a setting with it.
    """

    setting: str
    value: str
    is_confined: bool


@dataclass(frozen=True, slots=True)
class MixedResult(Fact):
    """A conditional, or the results of a function, that are text made of a number on one way and a number on another.

    `range` is the conditional, or the expression that makes the text; `text` is that expression, `number` the other
    one. `function` is the name of the function that returns both, "" for a conditional.
    """

    text: Range
    number: Range
    function: str


class SuppressionDefect(Enum):
    """Why a suppression does nothing."""

    UNUSED = "unused"
    UNKNOWN = "unknown"
    EMPTY = "empty"
    MISPLACED = "misplaced"


@dataclass(frozen=True, slots=True)
class Suppression(Fact):
    """A comment `persistlint: ignore[…]`, or one name in it, that does nothing.

    `range` is the name, or the whole comment where that is the matter; `name` is "" for the whole comment.
    `suggestion` is a known name that is spelled like it, or "". `removal` is what to delete to be rid of it.
    """

    name: str
    defect: SuppressionDefect
    removal: Range
    suggestion: str = ""
