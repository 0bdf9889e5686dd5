"""Statements whose grammar has no place for a bind parameter."""

from __future__ import annotations

from itertools import takewhile
from typing import TYPE_CHECKING

from persistlint.sql.lexer import Token, word_set

if TYPE_CHECKING:
    from collections.abc import Sequence

_FIRST = word_set(
    """CREATE ALTER DROP TRUNCATE GRANT REVOKE SET USE PRAGMA COPY LISTEN UNLISTEN NOTIFY VACUUM ANALYZE
    LOCK COMMENT REINDEX CLUSTER DISCARD RESET SHOW KILL LOAD OPTIMIZE RENAME FLUSH SAVEPOINT RELEASE"""
)


def takes_no_parameters(tokens: Sequence[Token], dialect: str | None = None) -> bool:
    """Whether no bind parameter can stand in the first statement of these tokens, none of which is a comment."""
    first = tokens[0].word if tokens else ""
    words = {token.word for token in takewhile(lambda token: token.text != ";", tokens)}
    if (first == "SHOW" and "WHERE" in words) or (first == "VACUUM" and "INTO" in words):
        return False  # MySQL and SQLite take an expression there
    if dialect == "duckdb" and first in ("SET", "ATTACH"):
        # An option is an expression since 1.1: https://duckdb.org/docs/stable/sql/statements/set. The file to attach
        # is one since 2.0 alone.
        return first == "ATTACH"
    if first == "SET" and "SELECT" in words:
        return False  # it gives a variable what a query finds, as MySQL, SQL Server and BigQuery take it
    return first in _FIRST or first == "DO" or (first == "EXPLAIN" and not words.isdisjoint(_FIRST))
