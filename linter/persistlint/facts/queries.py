"""SQL that code puts together and sends: its text, the holes in it, and what stands in them."""

from __future__ import annotations

from dataclasses import field
from enum import Enum, IntEnum
from typing import TYPE_CHECKING

from persistlint.facts.fact import Fact
from persistlint.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from persistlint.ir import Call, Statement
    from persistlint.libraries import Library, Operation
    from persistlint.source import Range


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
class Site:
    """The program around a call that sends SQL, for a fix that rewrites both. `operation` is what the call does,
    `statements` are those of the function that holds it, in source order, those of nested blocks included. `sends` has
    what every call of the file that sends SQL does, by its range; None for one that may do several things."""

    call: Call
    operation: Operation
    statements: tuple[Statement, ...]
    sends: Mapping[Range, Operation | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Query(SqlText):
    """A call that sends SQL. `range` is the call, `name` the method as written, `sql` the argument that is the SQL,
    `handle` the text of the receiver.

    `library` is None where only names tell that this is a database call. `is_fragment` where the text is a piece of a
    statement, `is_raw` for an escape hatch (`sql.raw`, `literal`), whose argument is spliced into a larger query.
    `has_parameters` tells whether the call has other arguments than the SQL, where bound values would be. `clause` is
    what a fragment is a piece of, "" for a whole statement. `statements` counts the statements of the longest of its
    texts, `tail` is what the call does with all but the first. `placeholder` is how a bind parameter is written there
    (`?`, `%s`, `$1`, `:name`), "" where the driver is not known. `site` looks for the program around the call.
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
    placeholder: str = ""
    site: Callable[[], Site] | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Limit(Fact):
    """The number of rows that a query gives at most, where a request says it and nothing bounds it. `range` is the
    expression that is the number, `is_text` where it may be a text still. `value` is the part of it that comes from the
    request, and `default` what takes its place where the request has none: None where the whole of it is."""

    is_text: bool
    value: Range
    default: Range | None = None
