"""What no migration that is written in a program is without: the patterns that keep other programs from being read."""

from __future__ import annotations

import re

from persistlint.patterns import AnyOf, Marked, Pattern, one_by_one
from persistlint.regexes import regex

_SCRIPT = one_by_one(
    rb"queryinterface", rb"queryrunner", rb"\bschema\b", rb"knex", rb"\bpgm\b", rb"\.sync\s*\(", rb"\bsynchronize\b"
)

# What no model is without, in lower case.
_DRIZZLE = (rb"\bpgtable\(", rb"\bmysqltable\(", rb"\bsqlitetable\(")
_OF_SCRIPTS = one_by_one(rb"\.define\(", rb"\.init\(", rb"sequelize-typescript", *_DRIZZLE)
_MODELS: dict[str, Pattern] = {
    "python": one_by_one(rb"\b__tablename__\b", rb"\bdb\.model\b", rb"\bsqlmodel\b", rb"\bmodels\.", rb"\btable\("),
    "javascript": _OF_SCRIPTS,
    "typescript": AnyOf((*_OF_SCRIPTS.patterns, regex(rb"@entity\b"))),
    "go": one_by_one(rb"\bgorm\b"),
}

# What no query is without.
_QUERY = one_by_one(
    rb"\bselect\s",
    rb"\binsert\s+(?:\w+\s+){0,2}into\b",
    rb"\breplace\s+(?:\w+\s+){0,2}into\b",
    rb"\bdelete\s+from\b",
    rb"\bupdate\s+[\w\"'`.]+\s+set\b",
)

# What no foreign key is without.
_REFERENCE = one_by_one(rb"\breferences\b")

IN_PROGRAMS: dict[str, Pattern] = {
    "python": one_by_one(rb"\bdown_revision\b", rb"\bmigrations\.migration\b", rb"\bcreate_all\b"),
    "javascript": _SCRIPT,
    "typescript": _SCRIPT,
    "go": one_by_one(rb"\bautomigrate\b"),
    "shell": regex(
        rb"psql|mysql|mariadb|sqlite3|migrat|alembic|flask|prisma|drizzle|goose|dbmate|atlas|liquibase|supabase|rails|rake"
    ),
}


_DECLARED = Marked((b"model",), regex(rb"^\s*model\s", re.MULTILINE))


def with_models(patterns: dict[str, Pattern]) -> dict[str, Pattern]:
    """The same patterns, for rules that read models besides."""
    found = {
        name: AnyOf((pattern, _MODELS[name])) if name in _MODELS else pattern for name, pattern in patterns.items()
    }
    return {**found, "prisma": _DECLARED}


def with_references(patterns: dict[str, Pattern]) -> dict[str, Pattern]:
    """The same patterns, for rules that read the foreign keys of tables which programs make."""
    return {name: AnyOf((pattern, _REFERENCE)) if name in _MODELS else pattern for name, pattern in patterns.items()}


def with_queries(patterns: dict[str, Pattern]) -> dict[str, Pattern]:
    """The same patterns, for rules that read the queries which programs send."""
    return {name: AnyOf((pattern, _QUERY)) if name in _MODELS else pattern for name, pattern in patterns.items()}
