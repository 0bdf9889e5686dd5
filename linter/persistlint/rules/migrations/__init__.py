"""Migrations that stop half-way, lock what others use, or lose data."""

from __future__ import annotations

from persistlint.regexes import regex
from persistlint.rules.marks import IN_PROGRAMS

# What changes a schema or its rows, and what a session is told before it does.
_SQL = regex(
    rb"\b(?:create|alter|drop|truncate|rename|update|delete|insert|replace|begin|start|commit|set|pragma|vacuum"
    rb"|cluster|reindex|refresh|lock)\b"
    rb"|\A(?:\s|--[^\r\n]*+|/\*(?:[^*]|\*(?!/))*+\*/)*+\Z"  # or nothing at all
)
MAY_HAVE = {"sql": _SQL, **IN_PROGRAMS}
