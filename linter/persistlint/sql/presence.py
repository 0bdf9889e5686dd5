"""Whether any text of a file can be SQL, told from its bytes alone: no file pays for SQL that it does not hold."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from persistlint.sql.shapes import SHAPES

if TYPE_CHECKING:
    from persistlint.source import SourceFile

_VERBS = frozenset(verb.encode() for verb in SHAPES)
_LOWER_VERBS = frozenset(verb.lower() for verb in _VERBS)
# What is behind verbs that are everyday words, or words of programs, where they begin a statement.
_BEHIND = {
    b"if": rb"(?:not|exists|object_id|@)",
    b"use": rb"(?:[^a-z]|(?:role|warehouse|database|schema|catalog)\b)",
    b"with": rb"(?:recursive\b|[^a-z]|[^\s(]+\s*(?:as\b|\())",
    b"do": rb"(?:[^a-z]|language\b)",
    b"start": rb"(?:[^a-z]|tran(?:saction)?\b|work\b)",
    b"end": rb"(?:[^a-z]|tran(?:saction)?\b|work\b)",
}
_GOES_ON = rb"(?=[\s(*\\${%@/;])"  # behind a verb that does not stand alone
_ESCAPED_SPACE = rb"\\[nrt]"
_STATEMENT = b"|".join(
    [
        rb"(?:" + b"|".join(sorted(_LOWER_VERBS - _BEHIND.keys(), reverse=True)) + rb")" + _GOES_ON,
        *(verb + rb"(?:\s|" + _ESCAPED_SPACE + rb")+" + behind for verb, behind in _BEHIND.items()),
        rb"--[^\"'`\n]*(?:\n|\\n)",  # a comment before it
        rb"/\*",
    ]
)
# At the beginning of a literal, of several lines or of one; or behind a hole that may be empty, on the same line. All
# begin with one of a few characters, without which `re` would try every place of a file.
_BEGINS = re.compile(
    rb"[\"'`}](?:"
    rb"(?:(?<=`)|(?<=\"\"\")|(?<='''))(?:[\s(;{?=]|" + _ESCAPED_SPACE + rb")*+(?:" + _STATEMENT + rb")"
    rb"|(?<=[\"'])(?:[ \t(;{?=]|" + _ESCAPED_SPACE + rb")*+(?:" + _STATEMENT + rb")"
    rb"|(?<=\})(?:[ \t]|" + _ESCAPED_SPACE + rb")*+"
    rb"(?:select|insert|update|delete|merge|replace|create|alter|drop|truncate|with)\b)"
)
# `" ".join(["select", columns, "from items"])`
_VERB_ALONE = re.compile(rb"[\"'`]\s*(?:" + b"|".join(sorted(_LOWER_VERBS, reverse=True)) + rb")\s*[\"'`]")
_OTHER_PART = re.compile(rb"[\"'`]\s*(?:from|into|set|values|table|where|as)(?:\s|[\"'`])")


@lru_cache(maxsize=1)  # it is asked before a file is parsed, and again behind
def may_hold_sql(source: SourceFile) -> bool:
    """Whether any text of a file can be a SQL statement; rather too often than too seldom.

    A statement begins with its verb: in capitals anywhere in the file, else at the beginning of a literal.
    """
    if _LOWER_VERBS.isdisjoint(source.called):
        return False
    capitals = _VERBS & source.words
    if capitals and _any_of(capitals).search(source.content):
        return True
    content = source.content.lower()
    if _BEGINS.search(content):
        return True
    return b"join" in content and bool(_VERB_ALONE.search(content) and _OTHER_PART.search(content))


@lru_cache(maxsize=512)
def _any_of(verbs: frozenset[bytes]) -> re.Pattern[bytes]:
    # DO NOT EDIT, as generated code says, is no DO of PostgreSQL or MySQL.
    return re.compile(rb"\b(?!DO NOT\b)(?:" + b"|".join(sorted(verbs)) + rb")" + _GOES_ON)
