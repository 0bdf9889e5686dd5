"""What no migration that is written in a program is without: the patterns that keep other programs from being read."""

from __future__ import annotations

import re

from persistlint.patterns import AnyOf, Marked, Pattern

_SCRIPT = Marked(
    (b"schema", b"knex", b".sync", b"synchronize", b"queryinterface", b"queryrunner"),
    re.compile(rb"queryinterface|queryrunner|\bschema\b|knex|\.sync\s*\(|\bsynchronize\b"),
)

# What no model is without, in lower case.
_OF_SCRIPTS = (b".define(", b".init(", b"sequelize-typescript", b"@entity", b"gtable(", b"qltable(", b"sqlitetable(")
_MODELS = {
    "python": Marked(
        (b"__tablename__", b"db.model", b"sqlmodel", b"models.", b"table("),
        re.compile(rb"\b__tablename__\b|\bdb\.model\b|\bsqlmodel\b|\bmodels\.|\btable\("),
    ),
    "javascript": Marked(
        _OF_SCRIPTS, re.compile(rb"\.define\(|\.init\(|sequelize-typescript|\b(?:pg|mysql|sqlite)table\(")
    ),
    "typescript": Marked(
        _OF_SCRIPTS, re.compile(rb"\.define\(|\.init\(|sequelize-typescript|@entity\b|\b(?:pg|mysql|sqlite)table\(")
    ),
    "go": Marked((b"gorm",), re.compile(rb"\bgorm\b")),
}

# What no query is without.
_QUERY = Marked(
    (b"select", b"into", b"delete", b"update"),
    re.compile(
        rb"\bselect\s|\b(?:insert|replace)\s+(?:\w+\s+){0,2}into\b|\bdelete\s+from\b|\bupdate\s+[\w\"'`.]+\s+set\b"
    ),
)

IN_PROGRAMS: dict[str, Pattern] = {
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


_DECLARED = Marked((b"model",), re.compile(rb"^\s*model\s", re.MULTILINE))


def with_models(patterns: dict[str, Pattern]) -> dict[str, Pattern]:
    """The same patterns, for rules that read models besides."""
    found = {
        name: AnyOf((pattern, _MODELS[name])) if name in _MODELS else pattern for name, pattern in patterns.items()
    }
    return {**found, "prisma": _DECLARED}


def with_queries(patterns: dict[str, Pattern]) -> dict[str, Pattern]:
    """The same patterns, for rules that read the queries which programs send."""
    return {name: AnyOf((pattern, _QUERY)) if name in _MODELS else pattern for name, pattern in patterns.items()}
