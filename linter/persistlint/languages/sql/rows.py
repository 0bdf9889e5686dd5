"""The rows of a loop, as far as their query says of which types its columns are: `SELECT a::regclass AS b`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.ir import Collection, Entry, Expression, Mapping, Sequence, String, TypeAssertion, Unknown
from persistlint.languages.sql.reader import identifier
from persistlint.sql.lexer import Kind

if TYPE_CHECKING:
    from persistlint.languages.sql.reader import Reader
    from persistlint.sql.lexer import Token

_OPENING, _CLOSING = ("(", "["), (")", "]")


def typed_rows(reader: Reader, end: int) -> Expression | None:
    """The rows of the query that comes next, up to the token at index `end`, or of one that is written as a string
    there, with the columns that have a name; None where none of them is cast."""
    first = reader.token()
    if first.kind in (Kind.STRING, Kind.DOLLAR):
        inner = reader.inner(first)
        return typed_rows(inner, inner.end) if inner.word() == "SELECT" else None
    if first.word != "SELECT":
        return None
    range = reader.range_of(first)
    entries: list[Entry] = []
    for column in _columns(reader.tokens[reader.index + 1 : end]):
        name, type = _name(column), _type(column)
        if name:
            unknown = Unknown(range)
            value = TypeAssertion(range, unknown, type) if type else unknown
            entries.append(Entry(range, String(range, name, range), value))
    if all(isinstance(entry.value, Unknown) for entry in entries):
        return None
    return Collection(range, Sequence.LIST, (Mapping(range, tuple(entries)),))


def _columns(tokens: list[Token]) -> list[list[Token]]:
    """The tokens of each column of a SELECT; of one that is not read to its end, those that are whole."""
    columns: list[list[Token]] = [[]]
    depth = 0
    for token in tokens:
        depth += (token.text in _OPENING) - (token.text in _CLOSING)
        if depth == 0 and token.word == "FROM":
            return columns
        if depth == 0 and token.text == ",":
            columns.append([])
        else:
            columns[-1].append(token)
    return columns[:-1]


def _name(column: list[Token]) -> str:
    """The name that a column is given, or has by itself; "" where it has none."""
    if not column or column[-1].kind not in (Kind.WORD, Kind.QUOTED):
        return ""
    is_type = len(column) > 1 and column[-2].text == "::"
    return "" if is_type else identifier(column[-1])


def _type(column: list[Token]) -> str:
    """What a column is cast to as a whole, before its name; "" where it is not."""
    named = column[:-2] if len(column) > 1 and column[-2].word == "AS" else column[:-1]
    is_cast = len(named) > 2 and named[-2].text == "::" and named[-1].kind is Kind.WORD
    depth = 0
    for token in named[:-2] if is_cast else ():
        depth += (token.text in _OPENING) - (token.text in _CLOSING)
        if depth == 0 and token.kind is Kind.OPERATOR and token.text not in (".", "::"):
            return ""  # it binds more tightly than what stands before it
    return named[-1].text.lower() if is_cast else ""
