"""What a file does with databases, in the field's words. Only frozen dataclasses; `analysis/` makes them.

A rule subscribes to one kind of fact. Facts speak of every language alike, so a rule is written once.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, IntEnum
from typing import TYPE_CHECKING

from persistlint.source import Range

if TYPE_CHECKING:
    from persistlint.libraries import Library


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


class JsonOrigin(Enum):
    """Where decoded JSON, or its text, comes from; the value is how a message says it."""

    REQUEST = "the body of a request"
    RESPONSE = "what another service answered"
    MESSAGE = "a message"
    MODEL = "what a language model wrote"
    STORAGE = "what was stored before"
    ROWS = "text from the database"
    COLUMN = "a JSON column"
    ENVIRONMENT = "an environment variable"
    TEXT = "text"
    PARAMETER = "a parameter"
    FILE = "a file"
    PROGRAM = "the program itself"
    UNKNOWN = "a value of unknown origin"

    @property
    def is_trusted(self) -> bool:
        """Whether the developers of the program wrote it, as far as the file tells."""
        return self in (JsonOrigin.FILE, JsonOrigin.PROGRAM)


@dataclass(frozen=True, slots=True)
class JsonFact(Fact):
    """Something that a file does with JSON, or with what came in as JSON."""


@dataclass(frozen=True, slots=True)
class JsonParse(JsonFact):
    """A call that decodes JSON text. `range` is the call, `function` its function as written, `text` the argument.

    `origin` is None where nothing is known of the text. `is_guarded` where a failure is caught, `is_top_level` where
    the program cannot even start with text that is none. `copied` is the value that is decoded out of what was just
    encoded, as a way to copy it."""

    function: str
    text: Range
    origin: JsonOrigin | None
    is_guarded: bool
    is_top_level: bool
    copied: Range | None = None


class HopKind(Enum):
    """How one step into a value is made."""

    KEY = "key"
    INDEX = "index"
    GET = "get"
    MEMBER = "member"
    POINTER = "pointer"


@dataclass(frozen=True, slots=True)
class JsonHop:
    """One step into decoded JSON. `range` is the step alone, with its dot or brackets: `.a`, `["a"]`, `[0]`,
    `.get("a")`. `name` is the key, or "" for one that is computed.

    `is_checked` where something says what happens when it is not there: a test, `?.`, a default, a handler.
    `can_fail` where the step itself stops the program if what stands before it, or the element itself, is not there.
    `cause` is the kind of the unchecked step, this one or the one before, that is to blame for it."""

    range: Range
    name: str
    kind: HopKind
    is_checked: bool
    can_fail: bool
    cause: HopKind | None = None


@dataclass(frozen=True, slots=True)
class JsonAccess(JsonFact):
    """The longest chain of steps into one value. `range` is the chain, `root` what it starts from: a variable, or
    the call that decodes, where `is_direct`. A pattern that takes a value apart has its own range and its target."""

    root: Range
    origin: JsonOrigin
    is_direct: bool
    hops: tuple[JsonHop, ...]

    def through(self, hop: JsonHop) -> Range:
        """The part that a step leads to."""
        return Range(self.range.start, hop.range.end)

    def before(self, hop: JsonHop) -> Range:
        """The part that a step starts from; the step itself where that is a pattern."""
        return Range(self.range.start, hop.range.start) if hop.range.start > self.range.start else hop.range

    @property
    def failing(self) -> tuple[JsonHop, ...]:
        """The steps that can stop the program."""
        return tuple(hop for hop in self.hops if hop.can_fail)


@dataclass(frozen=True, slots=True)
class JsonKeys(JsonFact):
    """The keys that one line takes from a body with nothing that says what a missing one means. `range` is the first
    access."""

    keys: tuple[str, ...]
    origin: JsonOrigin


@dataclass(frozen=True, slots=True)
class JsonAssertion(JsonFact):
    """A type assertion of Go on decoded JSON that panics where the type is another. `value` is the operand."""

    value: Range
    type: str


@dataclass(frozen=True, slots=True)
class JsonErrorIgnored(JsonFact):
    """A call of Go whose error nothing looks at, or not in time. `range` is the call, `function` its function as
    written, which encodes or else decodes; `used` is where the result is used before the error is looked at."""

    function: str
    encodes: bool
    used: Range | None


@dataclass(frozen=True, slots=True)
class JsonResponse(JsonFact):
    """A response that is decoded in a function that never looks at its status. `range` is the call that decodes,
    `request` the call that the response came from."""

    request: Range


@dataclass(frozen=True, slots=True)
class JsonEncode(JsonFact):
    """A call that encodes a value, with a part of it that JSON cannot hold. `range` is the call, `function` its name as
    written, `part` that part; `kind` says what it is, `becomes` what is made of it, "" where encoding fails."""

    function: str
    part: Range
    kind: str
    becomes: str


@dataclass(frozen=True, slots=True)
class JsonCast(JsonFact):
    """A piece of SQL that takes text out of JSON and makes another type of it. `expression` is the text that is cast,
    `type` what it becomes, or "array" where a function takes arrays alone. `becomes` is what is made of text that is no
    such value, "" where it stops the statement."""

    expression: str
    type: str
    becomes: str


@dataclass(frozen=True, slots=True)
class JsonShape(JsonFact):
    """Decoded JSON that is declared to be of a type, with nothing that looks whether it is."""

    type: str
    origin: JsonOrigin


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
