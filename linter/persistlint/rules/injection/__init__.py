"""Values and names that become part of SQL text."""

from __future__ import annotations

import re

from persistlint.facts import PROGRAMS
from persistlint.sql.dynamic import PROGRAM

# What SQL is made of, or what sends it.
_SENDS = re.compile(
    rb"select|insert|update|delete|create|alter|drop|truncate|execute?\b|query|where|order|\braw|literal|\bsql"
    rb"|pragma|attach|savepoint|grant|call\b|\bset\b|vacuum|\buse\b|having|\blike\b|\bjoin|replace into|merge into"
    rb"|copy\b|gorm|xorm|goqu|squirrel|uptrace/bun|go-pg|knex|objection|typeorm|drizzle|kysely|peewee|django"
)
MAY_HAVE = {"sql": PROGRAM, **dict.fromkeys(PROGRAMS, _SENDS)}
