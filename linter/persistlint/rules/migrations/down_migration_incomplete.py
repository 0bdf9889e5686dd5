"""
## What it finds

A part or a file that undoes a migration and after which a table, a column, an index or an enum of the migration is
still there. Where both stand in one file, the report is at what stays. A way back that is not understood as a whole,
that has `DO` blocks, or that calls functions, is left alone.

## Why it matters

The migration cannot be run again: it fails on what is still there. And what was to be taken back is not.

## Example

```sql dialect=postgres path=migrations/1_flags.sql
-- +goose Up
CREATE TABLE flags (name text PRIMARY KEY);
ALTER TABLE users ADD COLUMN flag text;

-- +goose Down
DROP TABLE flags;
```

```sql dialect=postgres path=migrations/1_flags.sql
-- +goose Up
CREATE TABLE flags (name text PRIMARY KEY);
ALTER TABLE users ADD COLUMN flag text;

-- +goose Down
ALTER TABLE users DROP COLUMN flag;
DROP TABLE flags;
```

## Fix

Drop what the migration has made, in the opposite order.

## When not to use it

Where something is left on purpose, ignore the line and say why.

## References

- [goose: SQL migrations](https://pressly.github.io/goose/documentation/annotations/)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.diagnostic import Related, Severity
from persistlint.rule import RuleContext, rule
from persistlint.schema.script import Script

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.diagnostic import Diagnostic


@rule("down-migration-incomplete", on=Script, severity=Severity.WARNING)
def down_migration_incomplete(script: Script, context: RuleContext) -> Iterator[Diagnostic]:
    """Report a way back that leaves something behind."""
    if not script.leftovers or not script.backward:
        return
    first, back = script.leftovers[0], script.backward[0].range
    is_here = bool(script.forward)
    more = f" and {len(script.leftovers) - 1} more" if len(script.leftovers) > 1 else ""
    yield context.report(
        first.made if is_here else back,
        f"The way back leaves {first.name}{more} behind.",
        help="Drop what the migration has made, in the opposite order.",
        related=(Related(back, "the way back"),) if is_here else (),
    )
