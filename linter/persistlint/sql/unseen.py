"""Tables that a statement may change in a way that nobody reads: by SQL that is put together, or by a routine."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from persistlint.regexes import regex
from persistlint.sql.lexer import Kind, word_set

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from persistlint.sql.lexer import Token
    from persistlint.sql.text import Text

_CALLS = word_set("SELECT CALL PERFORM EXEC")
# Routines that are given tables and leave their columns, keys and policies alone.
_HARMLESS = regex(
    r"(?:pg_|has_|to_reg|lo_)\w*|setval|nextval|currval|lastval|diesel_manage_updated_at|create_hypertable"
    r"|set_chunk_time_interval|add_\w+_policy|create_distributed_table|create_reference_table",
    re.IGNORECASE,
)
_ALTERS = regex(
    r"\bALTER\s+TABLE\s+(?:IF\s+EXISTS\s+)?(?:ONLY\s+)?(?:[\"`\[]?\w+[\"`\]]?\s*\.\s*){0,2}[\"`\[]?(\w+)", re.IGNORECASE
)
_CHANGES = regex(r"\b(?:ALTER\s+TABLE|CREATE\s+POLICY|RENAME\s+TABLE)\b", re.IGNORECASE)
_STRING = regex(r"'((?:[^']|'')*)'|\"([^\"]*)\"")
_WORD = regex(r"\w+")


def given_to_routine(tokens: list[Token]) -> frozenset[str]:
    """What a statement that does nothing but call a routine gives it as texts, in small letters: names of tables may be
    among them."""
    if len(tokens) < _SHORTEST or tokens[0].word not in _CALLS:
        return frozenset()
    index = 1
    while index + 2 < len(tokens) and tokens[index + 1].text == ".":
        index += 2
    if index + 1 >= len(tokens) or tokens[index].kind not in (Kind.WORD, Kind.QUOTED) or tokens[index + 1].text != "(":
        return frozenset()
    if _HARMLESS.fullmatch(tokens[index].text.strip('"')):
        return frozenset()
    return frozenset(_name(token.text) for token in tokens[index + 2 :] if token.kind is Kind.STRING)


_SHORTEST = 4  # tokens of a call with a text


def changed_by_routine(text: Text, tokens: list[Token]) -> frozenset[str]:
    """The tables that the body of a routine alters, which a statement makes."""
    if tokens[0].word != "CREATE" or not any(token.word in ("FUNCTION", "PROCEDURE") for token in tokens[1:_HEAD]):
        return frozenset()
    return altered_in(text.text[tokens[0].start : tokens[-1].end])


def altered_in(text: str) -> frozenset[str]:
    """The tables that a text of SQL alters, by their names in small letters."""
    return frozenset(name.lower() for name in _ALTERS.findall(text))


_HEAD = 8  # tokens in which a statement says what it makes


def put_together(texts: Iterable[str]) -> frozenset[str] | None:
    """The words of texts of which SQL is made, in small letters, if it changes a table: its name may be among them.
    None where it changes none."""
    found = list(texts)
    if not any(map(_CHANGES.search, found)):
        return None
    return frozenset(word.lower() for text in found for word in _WORD.findall(text))


def texts_of(body: str) -> Iterator[str]:
    """The texts in a piece of SQL."""
    return (one or other for one, other in _STRING.findall(body))


def _name(text: str) -> str:
    return text.strip("'\"`").rpartition(".")[2].strip('"`').lower()
