"""Text of a file, or of a string in it, that knows where each of its characters stands in the file."""

from __future__ import annotations

from array import array
from itertools import accumulate
from typing import TYPE_CHECKING

from persistlint.records import dataclass
from persistlint.regexes import regex
from persistlint.source import Range
from persistlint.sql.lexer import Kind, string_value

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from persistlint.sql.lexer import Token

_RUN = regex(r"[\x00-\x7f]+|[^\x00-\x7f]+")


@dataclass(frozen=True, slots=True)
class Text:
    """A stretch of SQL. `positions` holds the byte offset in the file of each of its characters, and of its end."""

    text: str
    positions: Sequence[int]

    def part(self, start: int, end: int) -> Text:
        """The characters from `start` to `end`."""
        return Text(self.text[start:end], self.positions[start : end + 1])


def whole(content: bytes) -> Text:
    """All of a file."""
    text = content.decode("utf-8", "replace")
    if len(text) == len(content):
        return Text(text, range(len(content) + 1))
    return joined(content, [Range(0, len(content))])


def joined(content: bytes, stretches: Iterable[Range]) -> Text:
    """Stretches of a file as one text."""
    pieces = []
    positions = array("Q")
    end = 0
    for stretch in stretches:
        data = content[stretch.start : stretch.end]
        piece = data.decode("utf-8", "replace")
        pieces.append(piece)
        end = stretch.end
        for places in _positions(piece, stretch):
            positions.extend(places)
    positions.append(end)
    return Text("".join(pieces), positions)


def body(text: Text, token: Token) -> Text:
    """What stands in a string token, as a text of its own: the body of a routine."""
    value, start, end = string_value(token)
    if token.kind is Kind.DOLLAR or len(value) == end - start:
        return text.part(start, end)
    positions = array("Q")
    at = start
    for character in value:
        positions.append(text.positions[at])
        at += 2 if character == "'" else 1  # a quote in quotes is doubled
    positions.append(text.positions[end])
    return Text(value, positions)


def _positions(piece: str, stretch: Range) -> Iterator[Iterable[int]]:
    """Where each character of a stretch starts, run by run: most are of characters that are one byte each."""
    if len(piece) == stretch.end - stretch.start:
        yield range(stretch.start, stretch.end)
        return
    at = stretch.start
    for run in _RUN.finditer(piece):
        text = run.group()
        if text.isascii():
            yield range(at, at + len(text))
            at += len(text)
        else:
            *places, at = accumulate((len(character.encode("utf-8")) for character in text), initial=at)
            yield places
