"""What no migration that is written in a program is without: the patterns that keep other programs from being read."""

from __future__ import annotations

import re

from persistlint.patterns import Marked

_SCRIPT = Marked(
    (b"schema", b"knex", b".sync", b"synchronize", b"queryinterface", b"queryrunner"),
    re.compile(rb"queryinterface|queryrunner|\bschema\b|knex|\.sync\s*\(|\bsynchronize\b"),
)

# What no model is without, in lower case.
_MODELS = {
    "python": rb"\b__tablename__\b|\bdb\.model\b|\bsqlmodel\b|\bmodels\.|\btable\(",
    "javascript": rb"\.define\(|\.init\(|sequelize-typescript",
    "typescript": rb"\.define\(|\.init\(|sequelize-typescript|@entity\b",
    "go": rb"\bgorm\b",
}

# What no query is without.
_QUERY = rb"\bselect\s|\b(?:insert|replace)\s+(?:\w+\s+){0,2}into\b|\bdelete\s+from\b|\bupdate\s+[\w\"'`.]+\s+set\b"

IN_PROGRAMS = {
    "python": Marked(
        (b"down_revision", b"migrations.migration", b"create_all"),
        re.compile(rb"\bdown_revision\b|\bmigrations\.migration\b|\bcreate_all\b"),
    ),
    "javascript": _SCRIPT,
    "typescript": _SCRIPT,
    "go": Marked((b"automigrate",), re.compile(rb"\bautomigrate\b")),
    "shell": re.compile(
        rb"psql|mysql|mariadb|sqlite3|migrat|alembic|flask|prisma|drizzle|goose|dbmate|atlas|liquibase|supabase|rails|rake"
    ),
}


def with_models(patterns: dict[str, re.Pattern[bytes]]) -> dict[str, re.Pattern[bytes]]:
    """The same patterns, for rules that read models besides."""
    return _with(patterns, _MODELS)


def with_queries(patterns: dict[str, re.Pattern[bytes]]) -> dict[str, re.Pattern[bytes]]:
    """The same patterns, for rules that read the queries which programs send."""
    return _with(patterns, dict.fromkeys(_MODELS, _QUERY))


def _with(patterns: dict[str, re.Pattern[bytes]], others: dict[str, bytes]) -> dict[str, re.Pattern[bytes]]:
    return {
        language: re.compile(pattern.pattern + b"|" + others[language]) if language in others else pattern
        for language, pattern in patterns.items()
    }
