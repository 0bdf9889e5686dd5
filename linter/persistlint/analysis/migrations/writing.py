"""SQL that is written for what a program says, of which every token knows where the program says it."""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING, TypeAlias

from persistlint.sql.text import Text, joined

if TYPE_CHECKING:
    from collections.abc import Iterable

    from persistlint.ir import String
    from persistlint.source import Range

_CONTROLS = {"n": "\n", "t": "\t", "r": "\r"}
# Words of the grammar as plain strings, and what the program says as texts with their places.
Fragment: TypeAlias = tuple["Text | str", ...]


def said(text: str, range: Range) -> Text:
    """A text that stands for a range of the file: its first token begins there, its last one ends there."""
    return Text(text, array("Q", [range.start, *([range.end] * len(text))]))


def quoted(name: str, range: Range) -> Text:
    """An identifier as every dialect reads it."""
    return said(f"`{name.replace('`', '``')}`", range)


def as_type(name: str, range: Range) -> Text:
    """The name of a type that only the project knows."""
    return said(name, range) if name.isidentifier() else quoted(name, range)


def literal(value: str, range: Range) -> Text:
    """A string of SQL."""
    return said(f"'{value.replace(chr(39), chr(39) * 2)}'", range)


def verbatim(node: String, content: bytes) -> Text:
    """The SQL that a string of the program holds, with the place of every character, as far as it is known what is
    escaped in it."""
    text = joined(content, [node.content])
    if text.text == node.value:
        return text
    return _unescaped(node.value, text) or said(node.value, node.range)


def _unescaped(value: str, written: Text) -> Text | None:
    """A text with the places of what is written for it, where a backslash means what it does in every language."""
    positions = array("Q")
    at = 0
    for character in value:
        positions.append(written.positions[at])
        is_escape = written.text[at : at + 1] == "\\"
        found = written.text[at + is_escape : at + is_escape + 1]
        if (_CONTROLS.get(found, found) if is_escape else found) != character:
            return None
        at += 1 + is_escape
    positions.append(written.positions[-1])
    return Text(value, positions)


def is_verbatim(text: Text, content: bytes) -> bool:
    """Whether a text stands in the file as it is."""
    if len(text.text) < 2:
        return False
    return content[text.positions[0] : text.positions[-2]].decode("utf-8", "replace") == text.text[:-1]


def join(fragment: Iterable[Text | str], range: Range) -> Text:
    """The text of a whole statement that a range of the file makes; words of the grammar are where the last thing was
    that the program said."""
    texts: list[str] = []
    positions = array("Q")
    at = range.start
    for part in fragment:
        if isinstance(part, str):
            texts.append(part)
            positions.extend([at] * (len(part) + 1))
        else:
            texts.append(part.text)
            positions.extend(part.positions)
            at = part.positions[-1]
    positions[-1] = range.end
    return Text(" ".join(texts), positions)


def listed(fragments: Iterable[Fragment]) -> Fragment:
    """Fragments with commas between them."""
    found: list[Text | str] = []
    for fragment in fragments:
        if found:
            found.append(",")
        found += fragment
    return tuple(found)
