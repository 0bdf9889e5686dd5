"""Whether any text of a file can be SQL, told from its bytes alone: no file pays for SQL that it does not hold."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from persistlint.regexes import regex
from persistlint.sql.recognise import may_become_sql, reads_as_sql
from persistlint.sql.shapes import SHAPES

if TYPE_CHECKING:
    from persistlint.source import SourceFile

_VERBS = frozenset(verb.encode() for verb in SHAPES)
_LOWER_VERBS = frozenset(verb.lower() for verb in _VERBS)
# What is behind verbs that are everyday words, or words of programs, where they begin a statement.
_BEHIND = {
    b"if": rb"(?:not\s*(?:exists|object_id|[@(])|exists|object_id|@)",
    b"use": rb"(?:[^a-z]|(?:role|warehouse|database|schema|catalog)\b)",
    b"with": rb"(?:recursive\b|[^a-z]|[^\s(.]+\s*(?:as\b|\((?![\"'])))",
    b"do": rb"(?:[^a-z]|language\b)",
    b"start": rb"(?:[^a-z]|tran(?:saction)?\b|work\b)",
    b"end": rb"(?:[^a-z]|tran(?:saction)?\b|work\b)",
}
_CHANGES = b"select|insert|update|delete|merge|replace|create|alter|drop|truncate"  # and reads
_GOES_ON = rb"(?=[\s(*\\${%@/;])"  # behind a verb that does not stand alone
_ESCAPED_SPACE = rb"\\[nrt]"
_STATEMENT = b"|".join(
    [
        rb"(?:" + b"|".join(sorted(_LOWER_VERBS - _BEHIND.keys(), reverse=True)) + rb")" + _GOES_ON,
        *(verb + rb"(?:\s|" + _ESCAPED_SPACE + rb")+" + behind for verb, behind in _BEHIND.items()),
        rb"--[^\"'`\n]*(?:\n|\\n)",  # a comment before it
        rb"/\*(?![\"'`/])",  # not the pattern of a path
    ]
)
_FIRST = b"".join(sorted({verb[:1] for verb in _LOWER_VERBS}))
_HERE = rb"(?=[-(/" + _FIRST + rb"])(?=(?:\((?:\s|" + _ESCAPED_SPACE + rb")*+)*+(?:" + _STATEMENT + rb"))"


def _spaces(characters: bytes) -> bytes:
    return rb"[" + characters + rb"]*+(?:" + _ESCAPED_SPACE + rb"[" + characters + rb"]*+)*+"


# Before a statement: the beginning of a literal, of several lines or of one; or a hole that may be empty, on the same
# line. Each begins with one character, which `re` finds several times as fast as one of some.
_NEAR = rb"(?=[-\s;{?=(/\\" + _FIRST + rb"])"
_LINES, _LINE = _spaces(rb"\s;{?="), _spaces(rb" \t;{?=")
_BEFORE = {
    b'"': regex(rb"\"" + _NEAR + rb"(?:(?<=\"\"\")" + _LINES + rb"|" + _LINE + rb")" + _HERE),
    b"'": regex(rb"'" + _NEAR + rb"(?:(?<=''')" + _LINES + rb"|" + _LINE + rb")" + _HERE),
    b"`": regex(rb"`" + _NEAR + _LINES + _HERE),
    b"}": regex(
        rb"\}" + _NEAR + _spaces(rb" \t") + rb"(?=(?:" + _CHANGES + rb")\b"
        rb"|with(?:\s|" + _ESCAPED_SPACE + rb")+" + _BEHIND[b"with"] + rb")"
    ),
}
_QUOTES = (b'"', b"'", b"`")
# What a text begins with; elsewhere the third of the quotes is another thing.
_OPENING = {"python": (b'"', b"'", b"}"), "go": (b'"', b"`", b"}")}
# `" ".join(["select", columns, "from items"])`
_VERB_ALONE = regex(rb"([\"'`])\s*(?:" + _CHANGES + rb"|with)\s*\1")
_OTHER_PART = regex(rb"[\"'`]\s*(?:from|into|set|values|table|where|as)(?:\s|[\"'`])")
# A text as far as it is known: until the quote that began it, any quote where none did, or where something is put into
# it. It is enough to tell prose.
_KNOWN = {
    quote: regex(rb"(?:[^{$%\\" + (quote or b"\"'`") + rb"]|" + _ESCAPED_SPACE + rb"){0,200}+")
    for quote in (b"", *_QUOTES)
}
_ESCAPES = regex(r"\\[nrt]")
_LAST_WORD = regex(r"\w+\Z")


@lru_cache(maxsize=1)  # it is asked before a file is parsed, and again behind
def may_hold_sql(source: SourceFile) -> bool:
    """Whether any text of a file can be a SQL statement; rather too often than too seldom.

    A statement begins with its verb: in capitals anywhere in the file, else at the beginning of a literal.
    """
    content, lowered = source.content, source.lowered
    for opening in _OPENING.get(source.language, tuple(_BEFORE)):
        quote = opening.strip(b"}")
        if any(may_begin(content, match.end(), quote) for match in _BEFORE[opening].finditer(lowered)):
            return True
    capitals = _VERBS & source.words
    if capitals and any(may_begin(content, match.start(), b"") for match in _any_of(capitals).finditer(content)):
        return True
    return b"join" in lowered and bool(_VERB_ALONE.search(lowered) and _OTHER_PART.search(lowered))


@lru_cache(maxsize=512)
def _any_of(verbs: frozenset[bytes]) -> re.Pattern[bytes]:
    return re.compile(rb"\b(?:" + b"|".join(sorted(verbs)) + rb")" + _GOES_ON)


def may_begin(content: bytes, start: int, quote: bytes = b"") -> bool:
    """Whether the text from an offset on may be a statement; `quote` is the one that ends it, where it is known."""
    known = _KNOWN[quote].match(content, start)
    if known is None:
        return True
    text = _ESCAPES.sub("\n", known.group().decode("utf-8", "replace"))
    if content[known.end() : known.end() + 1] not in _QUOTES:
        return may_become_sql(_LAST_WORD.sub("", text))
    if not may_become_sql(text):
        return False
    # A sentence that ends with its literal, as "Delete the group", goes on nowhere, and is told from SQL as it is.
    is_sentence = text[0].isupper() and text[1].islower() and text[-1].isalnum()
    return not is_sentence or reads_as_sql([text])
