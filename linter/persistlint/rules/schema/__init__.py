"""Tables that let wrong data in, or let data of one owner out to another."""

from __future__ import annotations

from persistlint.regexes import regex
from persistlint.rules.marks import IN_PROGRAMS, with_models, with_references

# What defines tables and what guards them.
_SQL = regex(rb"\b(?:create|alter|grant)\b")
MAY_HAVE = {"sql": _SQL, **with_references(with_models(IN_PROGRAMS))}
