"""Decoded JSON: where it comes from, and what becomes of it."""

from __future__ import annotations

from enum import Enum

from persistlint.facts.fact import Fact
from persistlint.records import dataclass
from persistlint.source import Range


class JsonOrigin(Enum):
    """Where decoded JSON, or its text, comes from; the value is how a message says it."""

    REQUEST = "the body of a request"
    FIELD = "a field of a request"
    RESPONSE = "what another service answered"
    MESSAGE = "a message"
    MODEL = "what a language model wrote"
    STORAGE = "what was stored before"
    ROWS = "text from the database"
    COLUMN = "a JSON column"
    ENVIRONMENT = "an environment variable"
    TEXT = "text"
    PARAMETER = "a parameter"
    OWN = "what the program's own server answered"
    FILE = "a file"
    PROGRAM = "the program itself"
    UNKNOWN = "a value of unknown origin"

    @property
    def is_trusted(self) -> bool:
        """Whether the developers of the program wrote it, as far as the file tells."""
        return self in (JsonOrigin.FILE, JsonOrigin.PROGRAM)

    @property
    def is_of_request(self) -> bool:
        """Whether it came with a request, whose sender an answer tells that it is bad."""
        return self in (JsonOrigin.REQUEST, JsonOrigin.FIELD)

    @property
    def has_known_shape(self) -> bool:
        """Whether the developers of the program wrote what decides which keys it has. How many there are of something,
        they do not know."""
        return self.is_trusted or self is JsonOrigin.OWN


@dataclass(frozen=True, slots=True)
class JsonFact(Fact):
    """Something that a file does with JSON, or with what came in as JSON."""


@dataclass(frozen=True, slots=True)
class JsonParse(JsonFact):
    """A call that decodes JSON text. `range` is the call, `function` its function as written, `text` the argument.

    `origin` is None where nothing is known of the text. `is_guarded` where a failure is caught, `is_top_level` where
    the program cannot even start with text that is none. `copied` is the value that is decoded out of what was just
    encoded, as a way to copy it. `is_repeated` where it is done for one of several values, all of which the failure of
    one takes with it; `others` are calls of the same function that decode what the program itself stored."""

    function: str
    text: Range
    origin: JsonOrigin | None
    is_guarded: bool
    is_top_level: bool
    copied: Range | None = None
    is_repeated: bool = False
    others: tuple[Range, ...] = ()


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
    written, which encodes or else decodes; `used` is where the result is used before the error is looked at.
    `is_deliberate` where the error goes to `_`."""

    function: str
    encodes: bool
    used: Range | None
    is_deliberate: bool = False


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
class JsonCast(Fact):
    """A piece of SQL that takes text out of JSON and makes another type of it. `expression` is the text that is cast,
    `type` what it becomes, or "array" where a function takes arrays alone. `becomes` is what is made of text that is no
    such value, "" where it stops the statement. `test` is the function that tells what JSON holds, "" where the
    database has none. `is_strict` where the statement around it had better stop than go on with NULL: it writes rows,
    calls what may, refuses something or makes an index."""

    expression: str
    type: str
    becomes: str
    test: str
    is_strict: bool = False


@dataclass(frozen=True, slots=True)
class JsonShape(JsonFact):
    """Decoded JSON that is declared to be of a type, with nothing that looks whether it is."""

    type: str
    origin: JsonOrigin
