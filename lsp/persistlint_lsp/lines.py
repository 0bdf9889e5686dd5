"""The text of an open document as lines, so that a change costs what it changes and not what the document holds.

A line ends at LF, CRLF or CR and nowhere else; it is kept with its end. The last one has none, and is empty where the
text ends with a line end.
"""

from __future__ import annotations

from io import StringIO
from typing import TYPE_CHECKING

from persistlint_lsp.convert import CODECS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lsprotocol import types


def split(text: str) -> list[str]:
    """The lines of a text."""
    lines = StringIO(text, newline="").readlines()
    if not lines or lines[-1].endswith(("\n", "\r")):
        lines.append("")
    return lines


def replace(lines: list[str], range: types.Range, text: str, encoding: types.PositionEncodingKind) -> None:
    """Replace a range by a text, in place. A position outside of the text comes to its end, a column beyond a line to
    the end of the line."""
    start, end = sorted(_place(lines, position, encoding) for position in (range.start, range.end))
    text = lines[start[0]][: start[1]] + text + lines[end[0]][end[1] :]
    first = start[0]
    if first and text.startswith("\n") and lines[first - 1].endswith("\r"):  # the two become one line end
        first -= 1
        text = lines[first] + text
    new = split(text)
    if end[0] + 1 < len(lines):
        new.pop()  # the line end that was there is still there
    lines[first : end[0] + 1] = new


def index(line: str, column: int, encoding: types.PositionEncodingKind) -> int:
    """The index in a line of a column, counted in units of `encoding`; inside a character, that of the character."""
    content = line.rstrip("\r\n")
    if content.isascii():
        return min(column, len(content))
    codec, width = CODECS[encoding]
    before = content.encode(codec, "surrogatepass")[: column * width]
    found = before.decode(codec, "ignore" if width == 1 else "surrogatepass")
    is_half = bool(found) and content[len(found) - 1] != found[-1]  # of a surrogate pair
    return len(found) - is_half


def width(text: str, encoding: types.PositionEncodingKind) -> int:
    """How many units of `encoding` a piece of a line is wide."""
    codec, size = CODECS[encoding]
    return len(text) if text.isascii() else len(text.encode(codec, "surrogatepass")) // size


def _place(lines: Sequence[str], position: types.Position, encoding: types.PositionEncodingKind) -> tuple[int, int]:
    if position.line >= len(lines):
        return len(lines) - 1, len(lines[-1])
    return position.line, index(lines[position.line], position.character, encoding)
