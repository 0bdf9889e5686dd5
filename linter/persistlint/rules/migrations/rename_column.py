"""
## What it finds

`RENAME COLUMN`, and `CHANGE` of MySQL where it gives another name, of a column that the script did not add, on a table
that it did not make. A view that takes the name of the table, and the part of a migration that undoes it, are left
alone.

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

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.diagnostic import Diagnostic


@rule("rename-column", on=Script, severity=Severity.WARNING)
def rename_column(script: Script, context: RuleContext) -> Iterator[Diagnostic]:
    """Report every column that the running release does not find any more."""
    views = {change.name.key for change in script.of(CreateObject) if change.kind == "VIEW"}
    added = {(change.table.key, change.column.name) for change in script.of(AddColumn)}
    for change in script.of(RenameColumn):
        if change.is_on_new or change.table.key in views or (change.table.key, change.column) in added:
            continue
        yield context.report(
            change.range,
            f"A release that still runs does not find `{change.column}` under its new name `{change.to}`.",
            help="Add the new column, fill it, and drop the old one in a later release.",
        )
