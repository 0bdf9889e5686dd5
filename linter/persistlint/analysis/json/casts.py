"""Casts of text that SQL takes out of JSON: in SQL files, and in the SQL that strings of code hold."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from persistlint.analysis.flow import Domain, Flow
from persistlint.facts import JsonCast
from persistlint.ir import Expression, Function, Hole, String, Template
from persistlint.patterns import any_in
from persistlint.regexes import regex
from persistlint.source import Range
from persistlint.sql.dialect import guess
from persistlint.sql.json_casts import Cast, json_casts
from persistlint.sql.lexer import HOLE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.languages import Syntax
    from persistlint.source import SourceFile

_MAY_CAST = regex(rb"->>|#>>|json_extract|json_value|jsonb?_array_(?:elements|length)", re.IGNORECASE)
_MARKS = (b"->>", b"#>>", b"json_extract", b"json_value", b"json_array_", b"jsonb_array_")  # no match is without one
_LARGEST = 2_000_000  # bytes of a SQL file that is read whole; of a larger one the statements around a candidate are
_OF_NO_POSTGRES = regex(r"json_extract\b", re.IGNORECASE)  # it is in SQLite and MySQL
# What other text becomes where that is no error.
_BECOMES = {"sqlite": "0", "mysql": "0 or NULL", "mariadb": "0 or NULL"}


def may_have(source: SourceFile) -> bool:
    """Whether a file can have such a cast."""
    return any_in(_MARKS, source.content.lower())


def facts(syntax: Syntax) -> Iterator[JsonCast]:
    """The casts of a file."""
    source = syntax.source
    if not may_have(source):
        return
    if source.language == "sql":
        for stretch in _stretches(source.content):
            text = source.text(stretch)
            dialect = source.dialect or guess(source.path, text)
            yield from _facts(json_casts(text, dialect), [(0, stretch.start, text)], dialect)
        return
    strings = _Strings(source)
    Flow(strings, object()).block(syntax.lower().body)
    for pieces in strings.found.values():
        whole = "".join(text for _, _, text in pieces)
        dialect = source.dialect or guess("", whole)
        yield from _facts(json_casts(whole, dialect), pieces, dialect)


def _facts(casts: Iterator[Cast], pieces: list[_Piece], dialect: str | None) -> Iterator[JsonCast]:
    """Facts with ranges in the file; the casts come in order, and so do the pieces of the text that they are in."""
    for cast in casts:
        range = Range(_offset(pieces, cast.start), _offset(pieces, cast.end))
        becomes = _BECOMES.get(dialect or ("mysql" if _OF_NO_POSTGRES.match(cast.operand) else ""), "")
        yield JsonCast(range, cast.operand, cast.type, becomes if cast.type != "array" else "")


# A piece of a text: at which code point of it the piece starts, at which byte of the file, and what it says.
_Piece = tuple[int, int, str]


def _offset(pieces: list[_Piece], at: int) -> int:
    """The byte of the file at which a code point of a text stands."""
    start, byte, text = next(piece for piece in reversed(pieces) if piece[0] <= at)
    before = text[: at - start]
    return byte + (len(before) if before.isascii() else len(before.encode("utf-8")))


def _stretches(content: bytes) -> Iterator[Range]:
    if len(content) <= _LARGEST:
        yield Range(0, len(content))
        return
    end = 0
    for match in _MAY_CAST.finditer(content):
        if match.start() < end:
            continue
        start = content.rfind(b";\n", end, match.start()) + 2 if content.rfind(b";\n", end, match.start()) >= 0 else end
        closing = content.find(b";\n", match.end())
        end = closing + 1 if closing >= 0 else len(content)
        yield Range(start, min(end, start + _LARGEST))


class _Strings(Domain[object]):
    """Finds the strings that may hold such a cast. Where the text in the file is not what the string says (it has
    escapes, or is of several literals), all of it stands for each of its characters."""

    def __init__(self, source: SourceFile) -> None:
        self.source = source
        self.found: dict[Range, list[_Piece]] = {}

    def copy(self, state: object) -> object:
        return state

    def merge(self, left: object, right: object) -> object:
        return left

    def enter_function(self, function: Function, state: object) -> object:
        return state

    def visit(self, expression: Expression, state: object) -> None:
        parts: tuple[String | Hole, ...]
        match expression:
            case String():
                parts = (expression,)
            case Template(parts=parts):
                pass
            case _:
                return
        if _MAY_CAST.search(self.source.content, expression.range.start, expression.range.end) is None:
            return
        pieces: list[_Piece] = []
        at = 0
        for part in parts:
            text = part.value if isinstance(part, String) else HOLE
            pieces.append((at, part.content.start if isinstance(part, String) else part.range.start, text))
            at += len(text)
            self.found.pop(part.range, None)  # a part of a template was met before it
        self.found[expression.range] = pieces
