"""What a file does with databases, in the field's words. Only frozen dataclasses; `analysis/` makes them.

A rule subscribes to one kind of fact. Facts speak of every language alike, so a rule is written once.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
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


class Origin(Enum):
    """What is known of the value in a hole. The first five cannot change the SQL."""

    CONSTANT = "constant"
    NUMBER = "number"
    CHECKED = "checked"
    QUOTED = "quoted"
    PLACEHOLDER = "placeholder"
    METADATA = "metadata"
    ANNOTATED = "annotated"
    REQUEST = "request"
    PARAMETER = "parameter"
    UNKNOWN = "unknown"

    @property
    def is_sanitised(self) -> bool:
        """Whether a value of this origin cannot change the SQL."""
        return self in (Origin.CONSTANT, Origin.NUMBER, Origin.CHECKED, Origin.QUOTED, Origin.PLACEHOLDER)


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
class Query(Fact):
    """A call that sends SQL. `range` is the call, `sql` the argument that is the SQL.

    `texts` are the texts that it may send: one, or one per branch that leads here. `method` is as written,
    `handle` the text of the receiver. `library` is None where only names tell that this is a database call.
    `is_raw` for an escape hatch (`sql.raw`, `literal`), whose argument is spliced into a larger query.
    `parameters` are the arguments that carry bound values, `has_parameters` whether there are any.
    """

    sql: Range
    library: Library | None
    method: str
    handle: str
    texts: tuple[Text, ...]
    is_raw: bool = False
    has_parameters: bool = False


@dataclass(frozen=True, slots=True)
class SqlText(Fact):
    """Text that reads as SQL and reaches no sink in this file, returned or stored under a name that says SQL.
    `range` is the expression, `name` the variable or function."""

    name: str
    text: Text
