"""Decoded JSON, rows and responses that are taken to be what they need not be."""

from __future__ import annotations

from persistlint.language_groups import PROGRAMS
from persistlint.patterns import Marked, together
from persistlint.regexes import regex

# What decodes or encodes JSON, asks over HTTP, or gives rows; and the operators of SQL that reach into JSON.
_PROGRAM = together(
    *rb"json fetch axios requests httpx \.get\( \.rows recordset query execute".split(),
    *rb"find(?:all|many|one|first|unique|by) \.body\b \.data\b ->> #>> \.all\( \.search\(".split(),
    *rb"\.select(?:distinct)?\( \.objects\. knex \.\((?:map\[string\]|\[\]) \"\]\[\d+\]\[ '\]\[\d+\]\[".split(),
)
_SQL = Marked((b"json", b"->>", b"#>>"), regex(rb"json|[-#]>>"))
MAY_HAVE = {"sql": _SQL, **dict.fromkeys(PROGRAMS, _PROGRAM)}
