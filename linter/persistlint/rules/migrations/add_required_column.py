"""
## What it finds

`ADD COLUMN … NOT NULL` without a default on a table that the same script did not make. Identities, serials and
generated columns have a value. Several columns of a table are one report. A table that the script empties first is left
alone.

The report is an error for SQLite, which refuses the statement even where the table is empty.

## Why it matters

PostgreSQL refuses it as soon as the table has one row, so that it works in development and fails in production. MySQL
fills the column with an empty text or 0 that nobody wrote.

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
from persistlint.schema.together import by_table, listed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.diagnostic import Diagnostic
    from persistlint.schema.definitions import Column

_REFUSED = ": a table with rows refuses it"
_CONSEQUENCES = {
    "sqlite": ", which SQLite refuses",
    "mysql": ": the rows that are there get an empty value that nobody chose",
}


@rule("add-required-column", on=Script, severity=Severity.ERROR)
def add_required_column(script: Script, context: RuleContext) -> Iterator[Diagnostic]:
    """Report every new NOT NULL column without a value for the rows that are there."""
    emptied = {change.table.key for change in script.of(Truncate)}
    emptied |= {change.table.key for change in script.of(Delete) if change.where is None}
    refused = (
        change
        for change in script.of(AddColumn)
        if _is_required(change.column) and not change.is_on_new and change.table.key not in emptied
    )
    for first, *others in by_table(refused):
        names = listed([first.column.name, *(each.column.name for each in others)])
        are, it = ("are NOT NULL and have", "them") if others else ("is NOT NULL and has", "it")
        yield context.report(
            first.range,
            f"{names} {are} no default{_CONSEQUENCES.get(script.dialect or '', _REFUSED)}.",
            help=f"Give {it} a default, or add {it} without `NOT NULL`, fill {it}, and set `NOT NULL` later.",
            severity=Severity.ERROR if script.dialect == "sqlite" else Severity.WARNING,
        )


def _is_required(column: Column) -> bool:
    """Whether every row needs a value in a column and gets none by itself."""
    return (column.is_required or column.constraint(ConstraintKind.PRIMARY_KEY) is not None) and not column.has_value
