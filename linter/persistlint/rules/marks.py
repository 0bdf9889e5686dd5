"""What no migration that is written in a program is without: the patterns that keep other programs from being read."""

from __future__ import annotations

import re

from persistlint.patterns import Marked

_SCRIPT = Marked(
    (b"schema", b"knex", b".sync", b"synchronize", b"queryinterface", b"queryrunner"),
    re.compile(rb"queryinterface|queryrunner|\bschema\b|knex|\.sync\s*\(|\bsynchronize\b"),
)

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
