"""Files of one project that contradict each other."""

from __future__ import annotations

from persistlint.regexes import regex
from persistlint.rules.marks import IN_PROGRAMS, with_models, with_queries

# What speaks of tables and columns.
_SQL = regex(rb"\b(?:create|alter|drop|insert|update)\b")
MAY_HAVE = {"sql": _SQL, **with_queries(with_models(IN_PROGRAMS))}
