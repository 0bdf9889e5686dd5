"""Decoded JSON, rows and responses that are taken to be what they need not be."""

from __future__ import annotations

import re

from persistlint.facts import PROGRAMS
from persistlint.patterns import Marked

# What decodes or encodes JSON, asks over HTTP, or gives rows; and the operators of SQL that reach into JSON.
_PROGRAM = re.compile(
    rb"json|fetch|axios|requests|httpx|\.get\(|\.rows|recordset|query|execute|find(?:all|many|one|first|unique|by)"
    rb"|\.(?:body|data)\b|->>|#>>|\.(?:all|search)\(|\.\((?:map\[string\]|\[\])|[\"']\]\[\d+\]\["
)
_SQL = Marked((b"json", b"->>", b"#>>"), re.compile(rb"json|[-#]>>"))
MAY_HAVE = {"sql": _SQL, **dict.fromkeys(PROGRAMS, _PROGRAM)}
