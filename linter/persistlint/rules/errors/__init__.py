"""Errors of a database that nobody hears of."""

from __future__ import annotations

from persistlint.patterns import together

MAY_HAVE = together(
    *rb"insert update delete create save execute?\b alter drop commit destroy upsert remove add_column query".split(),
    b"sqlx",
)
