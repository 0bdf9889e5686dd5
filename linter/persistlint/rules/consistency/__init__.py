"""Files of one project that contradict each other."""

from __future__ import annotations

from persistlint.patterns import Late
from persistlint.rules.marks import IN_PROGRAMS, with_models, with_queries

# What speaks of tables and columns.
_SQL = Late(rb"\b(?:create|alter|drop|insert|update)\b")
MAY_HAVE = {"sql": _SQL, **with_queries(with_models(IN_PROGRAMS))}
