"""
## What it finds

A migration of goose, dbmate, sql-migrate, tern or node-pg-migrate without a section that undoes it, and one of
golang-migrate, morph or Diesel without a `down` file beside it.

Of migrations in programs: a revision of Alembic that changes the schema and whose `downgrade` is missing or does
nothing, the same with `down` of Knex, Sequelize, TypeORM and Kysely, and `RunPython` or `RunSQL` of Django without its
reverse. One that raises an error refuses, which is a decision; so is a comment that is not the tool's own, or a log
that says why.

A section with nothing but a comment counts: it says that there is no way back, and why. A project of several migrations
of which not one can be undone only ever goes forward, and is left alone. So is a script that changes rows alone, or
adds values to an enum, which nothing takes away.

## Why it matters

When a release has to be taken back, the schema stays, and the older program meets tables that it does not know, or
misses those that it needs.

## Example

```sql dialect=postgres path=migrations/1_flags.sql
-- +goose Up
CREATE TABLE feature_flags (name text PRIMARY KEY);
```

```sql dialect=postgres path=migrations/1_flags.sql
-- +goose Up
CREATE TABLE feature_flags (name text PRIMARY KEY);

-- +goose Down
DROP TABLE feature_flags;
```

## Fix

Write the way back, or a comment that says why there is none.

## When not to use it

Where a project only ever goes forward, switch the rule off.

## References

- [goose: SQL migrations](https://pressly.github.io/goose/documentation/annotations/)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.diagnostic import Severity
from persistlint.rule import RuleContext, rule
from persistlint.schema.changes import AddEnumValue
from persistlint.schema.script import Script
from persistlint.schema.transactions import is_ddl
from persistlint.source import Range

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.diagnostic import Diagnostic
    from persistlint.schema.changes import Change, Statement


@rule("down-migration-missing", on=Script, severity=Severity.WARNING)
def down_migration_missing(script: Script, context: RuleContext) -> Iterator[Diagnostic]:
    """Report every migration that nothing undoes."""
    if script.is_undone is not False or not (script.way_back or any(map(_wants_one, script.forward))):
        return
    yield context.report(
        script.way_back or _verb(script.forward[0].statement),
        f"Nothing undoes this migration, although {script.runner.name} has a place for it.",
        help="Write the way back, or a comment there that says why there is none.",
    )


def _wants_one(change: Change) -> bool:
    """Whether a change should have a way back: one of the schema, but for a value of an enum, which nothing removes."""
    return is_ddl(change) and not isinstance(change, AddEnumValue)


def _verb(statement: Statement) -> Range:
    return Range(statement.range.start, statement.range.start + len(statement.words[0]))
