"""
## What it finds

`ADD COLUMN … NOT NULL` without a default on a table that the same script did not make. Identities, serials and
generated columns have a value. A table that the script empties first is left alone.

The report is an error for SQLite, which refuses the statement even where the table is empty.

## Why it matters

PostgreSQL refuses it as soon as the table has one row, so that it works in development and fails in production. MySQL
fills the column with an empty text or 0 that nobody wrote; a date it refuses, unless it is told to allow `0000-00-00`,
as MariaDB does.

## Example

```sql
ALTER TABLE orders ADD COLUMN channel text NOT NULL;
```

```sql
ALTER TABLE orders ADD COLUMN channel text NOT NULL DEFAULT 'web';
```

## Fix

Give it a default, or add it without `NOT NULL`, fill it, and set `NOT NULL` in a later migration.

## When not to use it

Where the table is known to be empty, ignore the line.

## References

- [PostgreSQL: ALTER TABLE](https://www.postgresql.org/docs/current/sql-altertable.html)
- [SQLite: ALTER TABLE](https://www.sqlite.org/lang_altertable.html)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.diagnostic import Severity
from persistlint.rule import RuleContext, rule
from persistlint.schema.changes import AddColumn, Delete, Truncate
from persistlint.schema.definitions import ConstraintKind
from persistlint.schema.script import Script

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.diagnostic import Diagnostic

_REFUSED = ": a table with rows refuses it"
_CONSEQUENCES = {
    "sqlite": ", which SQLite refuses",
    "mysql": ": the rows that are there get an empty value that nobody chose",
}
_DATES = ("date", "datetime", "timestamp", "timestamptz")
_OF_DATES = ": MySQL refuses it for the rows that are there, and MariaDB gives them `0000-00-00`"  # NO_ZERO_DATE


@rule("add-required-column", on=Script, changes=(AddColumn,), severity=Severity.ERROR, momentary=True)
def add_required_column(script: Script, context: RuleContext) -> Iterator[Diagnostic]:
    """Report every new NOT NULL column without a value for the rows that are there."""
    emptied = {change.table.key for change in script.of(Truncate)}
    emptied |= {change.table.key for change in script.of(Delete) if change.where is None}
    for change in script.of(AddColumn):
        column = change.column
        is_required = column.is_required or column.constraint(ConstraintKind.PRIMARY_KEY) is not None
        if not is_required or column.has_value or change.is_on_new or change.table.key in emptied:
            continue
        is_date = script.dialect == "mysql" and column.type is not None and column.type.name in _DATES
        consequence = _OF_DATES if is_date else _CONSEQUENCES.get(script.dialect or "", _REFUSED)
        yield context.report(
            change.range,
            f"`{column.name}` is NOT NULL and has no default{consequence}.",
            help="Give it a default, or add it without `NOT NULL`, fill it, and set `NOT NULL` later.",
            severity=Severity.ERROR if script.dialect == "sqlite" else Severity.WARNING,
        )
