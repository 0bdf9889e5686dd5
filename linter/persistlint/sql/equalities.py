"""The values that one statement compares columns with, or puts into them, where that is all that it does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.sql.lexer import HOLE, Kind, name_of, tokenize

if TYPE_CHECKING:
    from persistlint.sql.lexer import Token

_LONGEST = 20_000  # code points that are looked at
_ENDS_WHERE = frozenset(["LIMIT", ";", ")"])
_OTHERS = frozenset(["JOIN", "UNION", "GROUP", "HAVING", "OR", "NOT", "OFFSET"])
_PLACEHOLDERS = frozenset(["?", "%s"])
# A value: the index of its parameter, counted from 0, or the text of a named parameter or of a literal.
Value = int | str


def looked_up(text: str, dialect: str | None = None) -> dict[str, Value]:
    """The columns that a SELECT compares with `=`, and with what; empty where it has any other condition."""
    tokens = _tokens(text, dialect)
    words = [token.word for token in tokens]
    if words.count("WHERE") != 1 or words.count("SELECT") > 2 or not _OTHERS.isdisjoint(words):
        return {}
    index = words.index("WHERE") + 1
    found: dict[str, Value] = {}
    seen = sum(token.text in _PLACEHOLDERS for token in tokens[:index])
    while True:
        if index + 1 < len(tokens) and tokens[index + 1].text == ".":
            index += 2
        if index + 2 >= len(tokens) or not _is_name(tokens[index]) or tokens[index + 1].text != "=":
            return {}
        value = _value(tokens[index + 2], seen)
        if value is None:
            return {}
        found[name_of(tokens[index])] = value
        seen += tokens[index + 2].text in _PLACEHOLDERS
        index += 3
        if index == len(tokens) or words[index] in _ENDS_WHERE:
            return found
        if words[index] != "AND":
            return {}
        index += 1


def inserted(text: str, dialect: str | None = None) -> dict[str, Value | None]:
    """The columns that an INSERT of one row names, and what it puts into them; None for what is computed."""
    tokens = _tokens(text, dialect)
    words = [token.word for token in tokens]
    if "VALUES" not in words or "(" not in words[: words.index("VALUES")]:
        return {}
    middle = words.index("VALUES")
    columns = [name_of(token) for token in tokens[words.index("(") + 1 : middle] if _is_name(token)]
    values: list[list[Token]] = [[]]
    depth = 0
    for index, token in enumerate(tokens[middle + 1 :], middle + 1):
        depth += (token.text == "(") - (token.text == ")")
        if depth == 0:
            if words[index + 1 : index + 2] == [","]:
                return {}  # several rows
            break
        if depth == 1 and token.text == ",":
            values.append([])
        elif depth > 1 or token.text != "(":
            values[-1].append(token)
    if len(columns) != len(values):
        return {}
    found: dict[str, Value | None] = {}
    seen = 0
    for column, parts in zip(columns, values, strict=True):
        found[column] = _value(parts[0], seen) if len(parts) == 1 else None
        seen += sum(token.text in _PLACEHOLDERS for token in parts)
    return found


def _tokens(text: str, dialect: str | None) -> list[Token]:
    return [token for token in tokenize(text[:_LONGEST], dialect) if token.kind is not Kind.COMMENT]


def _is_name(token: Token) -> bool:
    return token.kind in (Kind.WORD, Kind.QUOTED) and HOLE not in token.text


def _value(token: Token, seen: int) -> Value | None:
    """`seen` is how many placeholders without a number stand before it."""
    if token.text in _PLACEHOLDERS:
        return seen
    if token.kind is Kind.PARAMETER:
        number = token.text[1:]
        return int(number) - 1 if token.text[0] in "$?" and number.isdecimal() else token.text
    return token.text if token.kind in (Kind.STRING, Kind.NUMBER) and HOLE not in token.text else None
