"""Whether text is SQL: a statement or a piece of one, and not prose, a log message, HTML or a shell command.

A verb is not enough, for "Select a value from the list" has all the right words. What tells SQL from prose is that in
SQL two plain words hardly ever stand side by side: only where an alias is allowed, and in the fixed phrases of DDL.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from persistlint.memory import by_text
from persistlint.sql.grammar import Grammar
from persistlint.sql.lexer import HOLE, word_set
from persistlint.sql.prose import is_prose
from persistlint.sql.shapes import has_shape
from persistlint.sql.shapes.statement import ARTICLES, Statement
from persistlint.sql.words import COMPARISONS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from persistlint.sql.lexer import Token

_LIMIT = 20_000  # code points that are looked at; what reads as SQL so far is SQL
_CLAUSE_STARTS = word_set(
    "WHERE AND OR HAVING LIMIT OFFSET JOIN LEFT INNER RIGHT CROSS SET VALUES RETURNING UNION ON FROM"
)
_SIGNS = COMPARISONS - {"IN", "IS", "MATCH", "CONTAINS", "LIKE"} | word_set(", ( *")
_LONG_ARTICLES = frozenset(word for word in ARTICLES if len(word) > 2)  # a shorter one may be the alias of a table


def reads_as_sql(parts: Sequence[str | None]) -> bool:
    """Whether a text is a SQL statement, or several; None in `parts` is a hole that may be anything."""
    return _is_sql(_text(parts))


@by_text
def _is_sql(text: str) -> bool:
    grammar = Grammar(text)
    statement = Statement(grammar, 0)
    while _is_opened(statement):
        statement = Statement(grammar, statement.start + 1)
    return has_shape(statement) and not is_prose(grammar)


def may_become_sql(text: str) -> bool:
    """Whether a text that begins so may be a statement, whatever stands behind it; rather too often than too seldom."""
    grammar = Grammar(text)
    grammar.tokens = _Begun(grammar.tokens)
    try:
        statement = Statement(grammar, 0)
        while _is_opened(statement):
            statement = Statement(grammar, statement.start + 1)
        if not has_shape(statement):
            return False
    except _OpenEndError:
        pass
    try:
        return not is_prose(grammar, _LONG_ARTICLES)
    except _OpenEndError:
        return True


class _OpenEndError(Exception):
    """What was asked depends on what stands behind a text."""


class _Begun(list["Token"]):
    """The tokens that a text begins with. It goes on behind them, and nobody knows how."""

    def __len__(self) -> int:
        return sys.maxsize

    def __getitem__(self, index: int) -> Token:  # type: ignore[override]
        try:
            return super().__getitem__(index)
        except IndexError:
            raise _OpenEndError from None


def reads_as_fragment(parts: Sequence[str | None]) -> bool:
    """Whether a text is a piece of SQL: a condition, a list of columns with a direction or an alias, or a clause."""
    grammar = Grammar(_text(parts), "where")
    words = [token.word for token in grammar.tokens]
    if not words or words[0] in COMPARISONS or (words[1:2] == ["IS"] and words[0] == "WHERE") or is_prose(grammar):
        return False
    first, second = words[0], words[1] if len(words) > 1 else ""
    if second == "BY" and first in ("ORDER", "GROUP", "PARTITION"):
        return len(words) > 2
    if first in _CLAUSE_STARTS:
        has_hole = any(HOLE in word for word in words)
        return len(words) > 1 and (has_hole or any(word in _SIGNS for word in words) or first in ("LIMIT", "OFFSET"))
    if words[-1] in ("ASC", "DESC") or words[-2:] in (["NULLS", "FIRST"], ["NULLS", "LAST"]):
        return len(words) > 1
    if any(word in COMPARISONS and 0 < index < len(words) - 1 for index, word in enumerate(words)):
        return True
    is_aliased = "AS" in words[1:-1] and not {"OF", "THE"}.intersection(words)
    is_called = any(word == "(" and grammar.touches(index) for index, word in enumerate(words)) and words[-1] == ")"
    is_qualified = any(word == "." and grammar.touches(index) for index, word in enumerate(words))
    return is_aliased or is_called or (is_qualified and len(words) <= 3) or (is_qualified and "," in words)


def _is_opened(s: Statement) -> bool:
    """Whether it stands in a parenthesis, or in the braces of a call escape."""
    is_query = s.word(0) == "(" and s.word(1) in ("SELECT", "WITH", "(", "VALUES")
    is_escape = s.word(0) == "{" and (s.word(1) == "CALL" or s.word(2) == "=")  # {? = CALL f(1)}
    is_result = s.start > 0 and s.word(0) != "CALL" and s.word(-1) in ("{", "") and s.word(2) == "CALL"
    return is_query or is_escape or is_result or (s.word(0) == "=" and s.word(1) == "CALL")


def _text(parts: Sequence[str | None]) -> str:
    pieces = []
    length = 0
    for part in parts:
        pieces.append(HOLE if part is None else part.replace(HOLE, "\ufffd"))
        length += len(pieces[-1])
        if length > _LIMIT:
            break
    return "".join(pieces)[:_LIMIT]
