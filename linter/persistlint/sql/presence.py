"""Whether any text of a file can be SQL, told from its bytes alone: no file pays for SQL that it does not hold."""

from __future__ import annotations

import re
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
_ESCAPED_SPACE = rb"\\[nrt]"
_STATEMENT = b"|".join(
    [
        rb"(?:" + b"|".join(sorted(_LOWER_VERBS - _BEHIND.keys(), reverse=True)) + rb")(?=[\s(*\\${%@/;])",
        *(verb + rb"(?:\s|" + _ESCAPED_SPACE + rb")+" + behind for verb, behind in _BEHIND.items()),
        rb"--[^\"'`\n]*(?:\n|\\n)",  # a comment before it
        rb"/\*",
    ]
)
# At the beginning of a literal, of several lines or of one; or behind a hole that may be empty, on the same line.
_BEGINS = re.compile(
    rb"(?:\"\"\"|'''|`)(?:[\s(;{?=]|" + _ESCAPED_SPACE + rb")*(?:" + _STATEMENT + rb")"
    rb"|[\"'](?:[ \t(;{?=]|" + _ESCAPED_SPACE + rb")*(?:" + _STATEMENT + rb")"
    rb"|\}(?:[ \t]|" + _ESCAPED_SPACE + rb")*"
    rb"(?:select|insert|update|delete|merge|replace|create|alter|drop|truncate|with)\b"
)
# `" ".join(["select", columns, "from items"])`
_IN_PARTS = re.compile(rb"[\"'`](?:from|into|set|values|table|where|as)(?:\s|[\"'`])")


def may_hold_sql(source: SourceFile) -> bool:
    """Whether any text of a file can be a SQL statement; rather too often than too seldom.

    A statement begins with its verb: in capitals anywhere in the file, else at the beginning of a literal.
    """
    if not _VERBS.isdisjoint(source.words):
        return True
    if _LOWER_VERBS.isdisjoint(source.called):
        return False
    content = source.content.lower()
    return _BEGINS.search(content) is not None or (b"join" in content and _IN_PARTS.search(content) is not None)
