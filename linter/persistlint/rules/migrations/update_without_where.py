"""
## What it finds

An `UPDATE` without `WHERE`, or with one that is always true, of a table that the script did not make. A join, a `LIMIT`
and a cursor count as a condition; so does that the script itself has just added every column that is set.

## Why it matters

Every row is overwritten, the ones that were already right among them, and there is no way back. On a large table it
also runs for long, with all of its rows locked.

## Example

```sql
UPDATE orders SET status = 'archived';
```

```sql
UPDATE orders SET status = 'archived' WHERE shipped_at < '2020-01-01';
```

## Fix

Say which rows are meant, in batches where they are many.

## When not to use it

Where every row is meant, say so: `WHERE` with a condition that tells which rows still need it can be run again.

## References

- [PostgreSQL: UPDATE](https://www.postgresql.org/docs/current/sql-update.html)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.diagnostic import Severity
from persistlint.rule import RuleContext, rule
from persistlint.schema.changes import AddColumn, Update
from persistlint.schema.script import Script

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.diagnostic import Diagnostic


@rule("update-without-where", on=Script, severity=Severity.WARNING)
def update_without_where(script: Script, context: RuleContext) -> Iterator[Diagnostic]:
    """Report every UPDATE of all rows."""
    added = {(change.table.key, change.column.name) for change in script.of(AddColumn)}
    for change in script.of(Update):
        is_all = change.where is None or change.where.is_true
        is_fill = bool(change.columns) and all((change.table.key, column) in added for column in change.columns)
        if not is_all or change.is_bounded or change.is_on_new or is_fill:
            continue
        yield context.report(
            change.range,
            f"All rows of `{change.table}` are overwritten.",
            help="Say in a `WHERE` which rows are meant.",
        )
