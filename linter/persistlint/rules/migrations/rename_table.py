"""
## What it finds

`RENAME TO` of a table that the script did not make. A view of the old name, another table that takes the old name, and
the part of a migration that undoes it are left alone.

## Why it matters

The release that still runs while the migration does fails on every query of the table, and so does the one that a
rollback brings back.

## Example

```sql
ALTER TABLE orders RENAME TO purchase_orders;
```

```sql
ALTER TABLE orders RENAME TO purchase_orders;
CREATE VIEW orders AS SELECT * FROM purchase_orders;
```

## Fix

Leave a view of the old name behind in the same transaction, and drop it in a later release.

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
from persistlint.schema.changes import CreateObject, CreateTable, RenameTable
from persistlint.schema.script import Script

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.diagnostic import Diagnostic


@rule("rename-table", on=Script, severity=Severity.WARNING)
def rename_table(script: Script, context: RuleContext) -> Iterator[Diagnostic]:
    """Report every table that the running release does not find any more."""
    taken = {change.name.key for change in script.of(CreateObject) if change.kind == "VIEW"}
    taken |= {change.table.key for change in script.of(CreateTable)} | {
        change.to.key for change in script.of(RenameTable)
    }
    for change in script.of(RenameTable):
        if change.is_on_new or change.table.key in taken:
            continue
        yield context.report(
            change.range,
            f"A release that still runs does not find `{change.table}` under its new name `{change.to}`.",
            help=f"Leave a view `{change.table}` behind until no release uses it.",
        )
