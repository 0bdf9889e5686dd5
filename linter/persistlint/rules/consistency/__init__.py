"""Files of one project that contradict each other."""

from __future__ import annotations

import re

from persistlint.rules.marks import IN_PROGRAMS

# What speaks of tables and columns.
_SQL = re.compile(rb"\b(?:create|alter|drop|insert|update)\b")
_QUERY = rb"\bselect\s|\b(?:insert|replace)\s+(?:\w+\s+){0,2}into\b|\bdelete\s+from\b|\bupdate\s+[\w\"'`.]+\s+set\b"
MAY_HAVE = {
    "sql": _SQL,
    **{language: re.compile(pattern.pattern + rb"|" + _QUERY) for language, pattern in IN_PROGRAMS.items()},
}
