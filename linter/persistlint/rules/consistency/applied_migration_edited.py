"""
## What it finds

A migration that is on the default branch of the remote already, and says something else here. What was merged is asked
of git, without the network: the commit where the branch that is checked out left `origin/HEAD`. Comments and layout are
no change, unless the runner compares the whole text, as Flyway, Prisma, sqlx, refinery and Atlas do. Where nobody knows
that branch, nothing is reported: `git remote set-head origin --auto` makes it known, and in CI a clone with its history
(`fetch-depth: 0`).

## Why it matters

Where the migration has run, it does not run again: that database stays without the change, while a new one has it. A
runner that compares the texts refuses to run at all.

## Example

```sql path=migrations/001_rooms.sql merged
CREATE TABLE rooms (id bigint PRIMARY KEY);
```

```sql path=migrations/001_rooms.sql dialect=postgres
CREATE TABLE rooms (id bigint PRIMARY KEY, name text NOT NULL);
```

```sql path=migrations/001_rooms.sql dialect=postgres
-- Where people meet.
CREATE TABLE rooms (id bigint PRIMARY KEY);
```

## Fix

Put the change into a migration of its own, and give the old one back its text.

## When not to use it

Where what is on the default branch has run nowhere yet.

## References

- [Flyway: migrations whose checksum changed](https://documentation.red-gate.com/fd/validate-277578898.html)
- [Prisma: migration histories](https://www.prisma.io/docs/orm/prisma-migrate/understanding-prisma-migrate/migration-histories)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.diagnostic import Severity
from persistlint.facts import SCHEMA_LANGUAGES, Merging
from persistlint.phrases import DEFAULT_BRANCH
from persistlint.rule import RuleContext, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.diagnostic import Diagnostic


@rule("applied-migration-edited", on=Merging, severity=Severity.WARNING, default=False, languages=SCHEMA_LANGUAGES)
def applied_migration_edited(migration: Merging, context: RuleContext) -> Iterator[Diagnostic]:
    """Report a merged migration that was changed."""
    if not migration.is_edited:
        return
    where = f"This migration is on {DEFAULT_BRANCH} already, and says something else there"
    yield context.report(
        migration.range,
        f"{where}: {migration.sums} refuses it where it has run."
        if migration.sums
        else f"{where}: where it has run, it does not run again.",
        help="Put the change into a migration of its own, and give this one back its text.",
    )
