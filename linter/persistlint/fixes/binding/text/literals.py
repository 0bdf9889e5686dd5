"""String literals as they stand in source code: where each character of their value is written, and how another
character would be."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from persistlint.records import dataclass
from persistlint.regexes import regex
from persistlint.source import Range

if TYPE_CHECKING:
    from collections.abc import Sequence

    from persistlint.source import SourceFile

_OPENING = regex(r"(?P<prefix>[A-Za-z]{0,2})(?P<quote>\"\"\"|'''|[\"'`])")
_BETWEEN = regex(r"(?:\s|\\\r?\n|#[^\n]*+)+")  # what may stand between literals that Python joins
_ESCAPE = regex(
    r"\\(?:(?P<plain>[\\'\"`${}])|(?P<gap>\r?\n)|x[0-9A-Fa-f]{2}|u\{[0-9A-Fa-f]+\}|u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8}"
    r"|N\{[^}]*\}|[0-7]{1,3}|.)",
    re.DOTALL,
)
_SQL_OPENING = regex(r"(?P<prefix>)(?P<quote>')")
_SQL_QUOTE = "''"  # how a string of SQL writes its own quote
_SIMPLE = {"n": "\n", "t": "\t", "r": "\r"}
OPAQUE = "\ue001"  # a character that is written as an escape of which only the place matters


@dataclass(frozen=True, slots=True)
class Literal:
    """One literal: its range, the range between its quotes, what stands before them and the quotes themselves."""

    range: Range
    body: Range
    prefix: str
    quote: str

    @property
    def is_raw(self) -> bool:
        """Whether a backslash is one."""
        return "r" in self.prefix.lower()

    @property
    def has_holes(self) -> bool:
        """Whether Python reads braces in it as holes."""
        return "f" in self.prefix.lower()

    @property
    def opening(self) -> str:
        """Its first characters."""
        return self.quote if self.quote == "`" else self.prefix + self.quote  # Go's raw strings have no prefix


@dataclass(frozen=True, slots=True)
class Char:
    """One character of the value of a literal, and where it is written."""

    text: str
    range: Range
    literal: Literal


class UnreadableError(Exception):
    """The literals of an expression are not written in a way that is known here."""


def literals(source: SourceFile, range: Range, holes: Sequence[Range]) -> list[Literal | Range]:
    """The literals that a range consists of, with the holes inside them, in source order. `holes` are the ranges of
    those, braces included. Raises `UnreadableError`."""
    text = source.content[range.start : range.end].decode("utf-8", "replace")
    if len(text) != range.end - range.start:  # offsets count bytes: keep them alike
        text = source.content[range.start : range.end].decode("latin-1")
    found: list[Literal | Range] = []
    position = 0
    pending = sorted(holes)
    is_sql = source.language == "sql"
    while position < len(text):
        if gap := _BETWEEN.match(text, position):
            position = gap.end()
            continue
        opening = (_SQL_OPENING if is_sql else _OPENING).match(text, position)
        if opening is None:
            raise UnreadableError
        quote, inner = opening["quote"], opening.end()
        inside: list[Range] = []
        position = inner
        raw = "r" in opening["prefix"].lower()
        is_go_raw = quote == "`" and source.language == "go"
        while not text.startswith(quote, position) or (is_sql and text.startswith(_SQL_QUOTE, position)):
            if position >= len(text):
                raise UnreadableError
            if pending and pending[0].start == range.start + position:
                inside.append(pending.pop(0))
                position = inside[-1].end - range.start
            elif is_sql and text.startswith(_SQL_QUOTE, position):
                position += 2
            elif text[position] == "\\" and not is_go_raw and not is_sql:
                position += 2  # a raw literal cannot end behind a backslash either
            else:
                position += 1
        body = Range(range.start + inner, range.start + position)
        position += len(quote)
        prefix = opening["prefix"] + ("r" if is_go_raw and not raw else "")
        found.append(Literal(Range(range.start + opening.start(), range.start + position), body, prefix, quote))
        found.extend(inside)
    if pending:
        raise UnreadableError
    return found


def characters(source: SourceFile, literal: Literal, range: Range, doubled: str) -> list[Char]:
    """The characters of the value that a part of a literal's body stands for. `doubled` are characters which the
    literal writes twice: `{}` in an f-string, `%` in a format string."""
    text = source.content[range.start : range.end].decode("utf-8", "replace")
    found: list[Char] = []
    position, offset = 0, range.start
    is_ascii = text.isascii()
    while position < len(text):
        character = text[position]
        length = 1
        if source.language == "sql" and character == "'":
            length = 2
        elif character == "\\" and not literal.is_raw and source.language != "sql":
            match = _ESCAPE.match(text, position)
            if match is None:
                raise UnreadableError
            length = len(match.group())
            name = text[position + 1]
            character = match["plain"] or _SIMPLE.get(name, OPAQUE)
            if match["gap"]:
                character = ""
        elif character in doubled:
            if text[position + 1 : position + 2] != character:
                raise UnreadableError
            length = 2
        size = length if is_ascii else len(text[position : position + length].encode("utf-8"))
        if character:
            found.append(Char(character, Range(offset, offset + size), literal))
        position += length
        offset += size
    return found
