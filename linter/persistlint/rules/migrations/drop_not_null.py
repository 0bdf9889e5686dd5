"""
## What it finds

`DROP NOT NULL` on a table that the script did not make.

## Why it matters

Code that reads the column does not expect NULL. Rows without a value stand in the way when `NOT NULL` is to come back.

## Example

```sql dialect=postgres
ALTER TABLE orders ALTER COLUMN note DROP NOT NULL;
```

```sql dialect=postgres
ALTER TABLE orders ALTER COLUMN note SET DEFAULT '';
```

## Fix

Make sure that every reader of the column expects NULL first.

## When not to use it

It is off by default: columns become optional for good reasons.

## References

- [PostgreSQL: ALTER TABLE](https://www.postgresql.org/docs/current/sql-altertable.html)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.diagnostic import Severity
from persistlint.rule import RuleContext, rule
from persistlint.schema.changes import DropColumn, SetNotNull
from persistlint.schema.script import Script

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.diagnostic import Diagnostic


@rule("drop-not-null", on=Script, changes=(SetNotNull,), severity=Severity.WARNING, default=False)
def drop_not_null(script: Script, context: RuleContext) -> Iterator[Diagnostic]:
    """Report every column that accepts NULL from now on."""
    gone = {(change.table.key, change.column) for change in script.of(DropColumn)}
    for change in script.of(SetNotNull):
        if change.is_required or change.is_on_new or (change.table.key, change.column) in gone:
            continue
        yield context.report(
            change.range,
            f"`{change.column}` accepts NULL from now on, which its readers may not expect.",
            help="Make sure first that every reader of the column expects NULL.",
        )
