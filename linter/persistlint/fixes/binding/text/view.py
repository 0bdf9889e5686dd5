"""The text of a query: the characters and the values that an expression puts together, in order."""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING

from persistlint.fixes.binding.text.literals import Char
from persistlint.records import dataclass
from persistlint.sql.lexer import tokenize

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from persistlint import ir
    from persistlint.facts import Hole
    from persistlint.fixes.binding.text.forms import Form
    from persistlint.fixes.binding.text.literals import Literal
    from persistlint.fixes.binding.text.parts import Part
    from persistlint.fixes.binding.text.pieces import Pieces
    from persistlint.source import Range
    from persistlint.sql.lexer import Token

HOLE = "\ue000"  # `sql.lexer.HOLE`: what a value that is not known looks like to the lexer


@dataclass(frozen=True, slots=True)
class Value:
    """One value that is put into the text. `range` is what stands for it there: the hole with its braces, the verb of a
    format string, or the operand of a `+`. `spec` is how it is formatted, as written. `literal` is the literal that it
    stands in, None for an operand; `form` the call that formats it. `since` is the text of a variable that it went into
    before, None where it stands in the text that is sent; `is_conditional` where that text has it only sometimes.
    `made` is the one statement that makes the list which the expression joins, where it is a variable of its own.
    `written` is how the value is written, where a format string or a function takes it out of the expression at that
    range; `is_raw` where a fix takes away what doubles its quotes."""

    expression: ir.Expression
    range: Range
    literal: Literal | None
    spec: str = ""
    form: Form | None = None
    since: Range | None = None
    is_conditional: bool = False
    made: ir.Assign | None = None
    written: str = ""
    is_raw: bool = False


@dataclass(frozen=True, slots=True)
class Inner:
    """The text of a variable that is a part of another text: its half-open stretch of items, and its expression."""

    start: int
    end: int
    range: Range


@dataclass(frozen=True, slots=True)
class Held:
    """A text that is put into a literal or a format string, its `holder`: its half-open stretch of items, the range of
    its expression, and the `place` in a literal that stands for it there; `is_here` where it is written in the
    expression itself."""

    holder: Literal | Form
    start: int
    end: int
    range: Range
    place: Range
    literal: Literal
    is_here: bool


@dataclass(slots=True)
class View:
    """What expressions put together, in order. `holders` has, for every item, the statement that is to add its value
    to a list, None where the call passes it. `forms` are the format strings in them; `ends` says, for the last item of
    every stretch that is written in one place, the offset where that ends. `held` are the texts in literals and format
    strings which are a part of the view themselves. `lists` are the joined
    pieces in it, `inner` the texts of variables, and `parts` what may be there several times or not at all."""

    items: list[Char | Value] = field(default_factory=list)
    holders: list[ir.Statement | None] = field(default_factory=list)
    forms: list[Form] = field(default_factory=list)
    literals: list[Literal] = field(default_factory=list)
    ends: dict[int, int] = field(default_factory=dict)
    held: list[Held] = field(default_factory=list)
    lists: list[Pieces] = field(default_factory=list)
    inner: list[Inner] = field(default_factory=list)
    parts: list[Part] = field(default_factory=list)

    def part_at(self, index: int) -> Part | None:
        """The part that an item belongs to."""
        return next((part for part in self.parts if part.start <= index < part.end), None)

    @property
    def text(self) -> str:
        """The text with a stand-in for every value; every item is one character."""
        return "".join(item.text if isinstance(item, Char) else HOLE for item in self.items)

    @property
    def values(self) -> list[Value]:
        """The values, in order."""
        return [item for item in self.items if isinstance(item, Value)]

    def standing(self, holes: Sequence[Hole], dialect: str | None) -> Iterator[tuple[Value, Token | None]]:
        """The values at some holes, in order, each with the token of SQL that it stands in."""
        asked = {hole.range for hole in holes}
        tokens = iter(tokenize(self.text, dialect))
        token = next(tokens, None)
        for index, item in enumerate(self.items):
            while token is not None and token.end <= index:
                token = next(tokens, None)
            if isinstance(item, Value) and item.expression.range in asked:
                yield item, token if token is not None and token.start <= index else None
