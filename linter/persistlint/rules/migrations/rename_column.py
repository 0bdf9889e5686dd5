"""
## What it finds

`RENAME COLUMN`, and `CHANGE` of MySQL where it gives another name, of a column that the script did not add, on a table
that it did not make. Several columns of a table are one report. A view that takes the name of the table, the part of a
migration that undoes it, and SQLite, whose file belongs to the one program that migrates it, are left alone.

## Why it matters

The release that still runs while the migration does fails on every query that names the column, and so does the one
that a rollback brings back.

## Example

```sql
ALTER TABLE orders RENAME COLUMN note TO remark;
```

```sql
ALTER TABLE orders ADD COLUMN remark text;
```

## Fix

Add the new column, write both, fill the new one, read it, and drop the old one in a later release.

## When not to use it

Where the application is stopped for a migration, switch the rule off.

## References

- [PostgreSQL: ALTER TABLE](https://www.postgresql.org/docs/current/sql-altertable.html)
- [Parallel change](https://martinfowler.com/bliki/ParallelChange.html)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.diagnostic import Severity
from persistlint.rule import RuleContext, rule
from persistlint.schema.changes import AddColumn, CreateObject, RenameColumn
from persistlint.schema.script import Script
from persistlint.schema.together import by_table, listed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.diagnostic import Diagnostic


@rule("rename-column", on=Script, changes=(RenameColumn,), severity=Severity.WARNING, momentary=True)
def rename_column(script: Script, context: RuleContext) -> Iterator[Diagnostic]:
    """Report every table of which the running release does not find columns any more."""
    if script.dialect == "sqlite":
        return
    views = {change.name.key for change in script.of(CreateObject) if change.kind == "VIEW"}
    added = {(change.table.key, change.column.name) for change in script.of(AddColumn)}
    lost = (
        change
        for change in script.of(RenameColumn)
        if not change.is_on_new and change.table.key not in views and (change.table.key, change.column) not in added
    )
    for first, *others in by_table(lost):
        rest = f", nor {listed([each.column for each in others])}" if others else ""
        yield context.report(
            first.range,
            f"A release that still runs does not find `{first.column}` under its new name `{first.to}`{rest}.",
            help="Add the new column, fill it, and drop the old one in a later release.",
        )
