"""Values and names that become part of SQL text."""

from __future__ import annotations

from persistlint.language_groups import PROGRAMS
from persistlint.patterns import together
from persistlint.sql.dynamic import PROGRAM

# What SQL is made of, or what sends it.
_SENDS = together(
    *rb"select insert update delete create alter drop truncate execute?\b query where order".split(),
    *rb"\braw literal \bsql pragma attach savepoint grant call\b \bset\b vacuum \buse\b having".split(),
    *rb"\blike\b \bjoin copy\b gorm xorm goqu squirrel uptrace/bun go-pg knex objection typeorm".split(),
    *rb"drizzle kysely peewee django".split(),
    rb"replace into",
    rb"merge into",
)
MAY_HAVE = {"sql": PROGRAM, **dict.fromkeys(PROGRAMS, _SENDS)}
