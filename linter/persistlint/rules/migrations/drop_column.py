"""
## What it finds

`DROP COLUMN` of a column that the same script did not add, on a table that it did not make. Several columns of a table
are one report. A column whose name another one takes, one that the script itself moved out of the way of a new one, and
the part of a migration that undoes it, are left alone.

## Why it matters

The values are gone with the commit. The release that still runs while the migration does fails on every query that
names the column, and with it every `SELECT *` into a fixed shape.

## Example

```sql
ALTER TABLE orders DROP COLUMN note;
```

```sql
ALTER TABLE orders ADD COLUMN remark text;
```

## Fix

Stop to use the column in one release, and drop it in a later one.

## When not to use it

Where the release before has stopped to use the column, ignore the line and say so.

## References

- [PostgreSQL: ALTER TABLE](https://www.postgresql.org/docs/current/sql-altertable.html)
- [Parallel change](https://martinfowler.com/bliki/ParallelChange.html)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.diagnostic import Severity
from persistlint.rule import RuleContext, rule
from persistlint.schema.changes import AddColumn, DropColumn, RenameColumn
from persistlint.schema.script import Script
from persistlint.schema.together import by_table, listed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.diagnostic import Diagnostic


@rule("drop-column", on=Script, changes=(DropColumn,), severity=Severity.WARNING, momentary=True)
def drop_column(script: Script, context: RuleContext) -> Iterator[Diagnostic]:
    """Report every column that is dropped with what it holds."""
    added = {(change.table.key, change.column.name): script.position(change) for change in script.of(AddColumn)}
    replaced = {(change.table.key, change.to): script.position(change) for change in script.of(RenameColumn)}
    moved = {  # the name that a release knows is that of another column by then
        (change.table.key, change.to): script.position(change)
        for change in script.of(RenameColumn)
        if added.get((change.table.key, change.column), -1) > script.position(change)
    }
    lost = (
        change
        for change in script.of(DropColumn)
        if not change.is_on_new
        and added.get((change.table.key, change.column), len(script.changes)) > script.position(change)
        and replaced.get((change.table.key, change.column), -1) < script.position(change)
        and moved.get((change.table.key, change.column), len(script.changes)) > script.position(change)
    )
    for first, *others in by_table(lost):
        names = listed([first.column, *(each.column for each in others)])
        what, it = ("are dropped with all their values", "them") if others else ("is dropped with all its values", "it")
        yield context.report(
            first.range,
            f"{names} {what}, while a release that uses {it} may still run.",
            help=f"Drop {it} in a later release than the one that stops to use {it}.",
        )
