"""Tables that let wrong data in, or let data of one owner out to another."""

from __future__ import annotations

from persistlint.patterns import Late
from persistlint.rules.marks import IN_PROGRAMS, with_models

# What defines tables and what guards them.
_SQL = Late(rb"\b(?:create|alter|grant)\b")
MAY_HAVE = {"sql": _SQL, **with_models(IN_PROGRAMS)}
