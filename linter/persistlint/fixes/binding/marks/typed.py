"""The type that stands before a string of SQL, behind which only a constant may stand: `DATE '2026-01-31'`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.sql.lexer import word_set

if TYPE_CHECKING:
    from persistlint.sql.lexer import Token

TYPES = word_set(
    "INTERVAL DATE DATETIME TIMESTAMP TIMESTAMPTZ TIME TIMETZ JSON JSONB NUMERIC BIGNUMERIC DECIMAL REAL UUID BOOLEAN"
    " BOOL INTEGER INT BIGINT SMALLINT INET CIDR MACADDR MONEY BYTEA XML REGCLASS REGTYPE POINT BOX CIRCLE"
)
_ENDINGS = (("WITH", "TIME", "ZONE"), ("WITHOUT", "TIME", "ZONE"))  # of the types of a time


def type_before(tokens: list[Token], place: int) -> list[Token]:
    """The tokens of the type that stands before the token at a place, with its precision and its time zone."""
    end = place
    for words in _ENDINGS:
        if tuple(token.word for token in tokens[max(place - 3, 0) : place]) == words:
            end -= len(words)
    begin = end - 1
    if [token.text for token in tokens[max(end - 3, 0) : end : 2]] == ["(", ")"]:  # `TIMESTAMP(3)`
        begin -= 3
    elif end == place and [token.word for token in tokens[max(end - 2, 0) : end]] == ["DOUBLE", "PRECISION"]:
        return tokens[end - 2 : end]
    return tokens[begin:place] if begin >= 0 and tokens[begin].word in TYPES else []
