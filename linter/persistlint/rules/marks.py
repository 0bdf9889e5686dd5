"""What no migration that is written in a program is without: the patterns that keep other programs from being read."""

from __future__ import annotations

import re

_SCRIPT = re.compile(rb"queryinterface|queryrunner|\bschema\b|knex|\.sync\s*\(|\bsynchronize\b")

IN_PROGRAMS = {
    "python": re.compile(rb"\bdown_revision\b|\bmigrations\.migration\b|\bcreate_all\b"),
    "javascript": _SCRIPT,
    "typescript": _SCRIPT,
    "go": re.compile(rb"\bautomigrate\b"),
    "shell": re.compile(
        rb"psql|mysql|mariadb|sqlite3|migrat|alembic|flask|prisma|drizzle|goose|dbmate|atlas|liquibase|supabase|rails|rake"
    ),
}
