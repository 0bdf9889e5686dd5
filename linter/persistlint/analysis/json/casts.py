"""Casts of text that SQL takes out of JSON, in files of SQL."""

from __future__ import annotations

import re
from bisect import bisect_right
from operator import itemgetter
from typing import TYPE_CHECKING

from persistlint.facts import JsonCast
from persistlint.paths import is_test
from persistlint.patterns import any_in
from persistlint.regexes import regex
from persistlint.source import Range
from persistlint.sql.dialect import guess
from persistlint.sql.json_casts import json_casts
from persistlint.sql.lexer import Kind, word_set
from persistlint.sql.sections import is_past
from persistlint.sql.splitter import statements

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.languages import Syntax
    from persistlint.settings import ProjectNames
    from persistlint.source import SourceFile

MAY_CAST = regex(rb"->>|#>>|json_extract|json_value|jsonb?_array_(?:elements|length)", re.IGNORECASE)
_MARKS = (b"->>", b"#>>", b"json_extract", b"json_value", b"json_array_", b"jsonb_array_")  # no match is without one
_LARGEST = 2_000_000  # bytes of a SQL file that is read whole; of a larger one the statements around a candidate are
_OF_NO_POSTGRES = regex(r"json_extract\b", re.IGNORECASE)  # it is in SQLite and MySQL
# What a statement has that writes rows, calls what may, refuses something, or makes an index.
_STRICT = word_set("UPDATE INSERT DELETE MERGE CALL PERFORM RAISE ASSERT CHECK INDEX")
_ANY_STRICT = regex(r"\b(?:" + "|".join(sorted(_STRICT)) + r")\b", re.IGNORECASE)
_OF_OTHERS = regex(r"json_(?:value|extract_scalar)\b", re.IGNORECASE)  # in neither SQLite nor PostgreSQL before 17
# What other text becomes where that is no error.
_BECOMES = {"sqlite": "0", "mysql": "0 or NULL", "mariadb": "0 or NULL"}
_OTHER = "other"  # one that says in the cast itself what text becomes that is no such value
_OTHERS = frozenset(["bigquery", "snowflake", "tsql", "databricks", "spark", "presto", "trino", "oracle", "redshift"])
# What tells the type of a value, where that is not `jsonb_typeof`.
_TESTS = {"sqlite": "json_type", "mysql": "JSON_TYPE", "mariadb": "JSON_TYPE"}


def may_have(source: SourceFile, names: ProjectNames) -> bool:
    """Whether a file can have such a cast. Tests are left out, and routines as they were before."""
    return not is_test(source.path) and any_in(_MARKS, source.lowered) and not is_past(source.path)


def facts(syntax: Syntax, names: ProjectNames) -> Iterator[JsonCast]:
    """The casts of a file of SQL."""
    source = syntax.source
    if not may_have(source, names):
        return
    for stretch in _stretches(source.content):
        yield from facts_of([(0, stretch.start, source.text(stretch))], source)


def facts_of(pieces: list[Piece], source: SourceFile) -> Iterator[JsonCast]:
    """The casts of a text, with ranges in its file; the casts come in order, and so do the pieces of the text."""
    whole = "".join(text for _, _, text in pieces)
    dialect = source.dialect or guess(source.path if source.language == "sql" else "", whole)
    casts = list(json_casts(whole, dialect))
    strict = _strict(whole, dialect) if casts else []
    for cast in casts:
        at = bisect_right(strict, cast.start, key=itemgetter(0)) - 1
        is_strict = at >= 0 and cast.start < strict[at][1]
        range = Range(_offset(pieces, cast.start), _offset(pieces, cast.end))
        of = _dialect_of(cast.operand, dialect)
        becomes = _BECOMES.get(of or "", "") if cast.type != "array" else ""
        if cast.is_of_call and not becomes:
            continue  # what is no such value is refused, and no row that is there spoils anything
        test = "" if of == _OTHER else _TESTS.get(of or "", "jsonb_typeof")
        yield JsonCast(range, cast.operand, cast.type, becomes, test, is_strict)


def _dialect_of(operand: str, dialect: str | None) -> str | None:
    """The dialect that an operand is written in, which may be another one than the file was taken for."""
    if dialect in (None, "postgres") and _OF_NO_POSTGRES.match(operand) is not None:
        return "mysql"
    is_other = dialect in (None, "postgres", "sqlite") and _OF_OTHERS.match(operand) is not None
    return _OTHER if is_other or dialect in _OTHERS else dialect


def _strict(text: str, dialect: str | None) -> list[tuple[int, int]]:
    """Where the statements of a text begin and end that had better stop than go on with NULL, or hold a routine that
    has such a one."""
    return [
        (tokens[0].start, tokens[-1].end)
        for tokens in statements(text, dialect)
        if any(
            token.word in _STRICT or (token.kind is Kind.DOLLAR and _ANY_STRICT.search(token.text)) for token in tokens
        )
    ]


# A piece of a text: at which code point of it the piece starts, at which byte of the file, and what it says.
Piece = tuple[int, int, str]


def _offset(pieces: list[Piece], at: int) -> int:
    """The byte of the file at which a code point of a text stands."""
    start, byte, text = next(piece for piece in reversed(pieces) if piece[0] <= at)
    before = text[: at - start]
    return byte + (len(before) if before.isascii() else len(before.encode("utf-8")))


def _stretches(content: bytes) -> Iterator[Range]:
    if len(content) <= _LARGEST:
        yield Range(0, len(content))
        return
    end = 0
    for match in MAY_CAST.finditer(content):
        if match.start() < end:
            continue
        start = content.rfind(b";\n", end, match.start()) + 2 if content.rfind(b";\n", end, match.start()) >= 0 else end
        closing = content.find(b";\n", match.end())
        end = closing + 1 if closing >= 0 else len(content)
        yield Range(start, min(end, start + _LARGEST))
