"""
## What it finds

A new definition of an `ENUM` or `SET` column of MySQL that leaves out a value which it had, or puts the values that
stay in another order than before.

Values that are appended at the end are left alone.

## Why it matters

MySQL keeps the number of a value in each row. Where one is missing, rows that have it stop the migration, or hold the
empty string behind it where the SQL mode is not strict. Where the order is another one, all rows are written anew while
nobody can write, and `ORDER BY` and comparisons of the column change with it.

## Example

```sql dialect=mysql
CREATE TABLE orders (id BIGINT PRIMARY KEY, status ENUM('open', 'paid', 'sent') NOT NULL);
ALTER TABLE orders MODIFY status ENUM('open', 'sent') NOT NULL;
```

```sql dialect=mysql
CREATE TABLE orders (id BIGINT PRIMARY KEY, status ENUM('open', 'paid', 'sent') NOT NULL);
ALTER TABLE orders MODIFY status ENUM('open', 'paid', 'sent', 'returned') NOT NULL;
```

## Fix

Append new values at the end. Before one is taken out, move the rows that have it to another.

## When not to use it

Where the rows were moved before, ignore the line and say so.

## References

- [MySQL: the ENUM type](https://dev.mysql.com/doc/refman/8.4/en/enum.html)
- [MySQL: online DDL](https://dev.mysql.com/doc/refman/8.4/en/innodb-online-ddl-operations.html)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.diagnostic import Severity
from persistlint.rule import RuleContext, rule
from persistlint.schema.changes import ChangeType, Delete, Update
from persistlint.schema.script import Script

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.diagnostic import Diagnostic
    from persistlint.schema.definitions import DataType


@rule("mysql-enum-reorder", on=Script, changes=(ChangeType,), severity=Severity.WARNING)
def mysql_enum_reorder(script: Script, context: RuleContext) -> Iterator[Diagnostic]:
    """Report every list of values whose rows do not fit, or must be written anew."""
    if script.dialect != "mysql":
        return
    # Rows that the script moves first have no value that goes.
    moved = {change.table.key for kind in (Update, Delete) for change in script.of(kind)}
    for change in script.of(ChangeType):
        column = change.before.column(change.name) if change.before is not None else None
        if column is None or column.type is None or not _is_list(column.type) or column.type.name != change.type.name:
            continue
        kept = frozenset(change.type.arguments)
        gone = [value for value in column.type.arguments if value not in kept]
        if gone and change.table.key not in moved:
            yield context.report(
                change.range,
                f"Rows of `{change.table}` whose `{change.name}` is {gone[0]} do not fit any more.",
                help="Move these rows to another value before the change.",
            )
        elif not gone and change.type.arguments[: len(column.type.arguments)] != column.type.arguments:
            yield context.report(
                change.range,
                f"All rows of `{change.table}` are written anew, for the values of `{change.name}` change their order.",
                help="Append new values at the end, which leaves the rows as they are.",
            )


def _is_list(type: DataType) -> bool:
    return type.name in ("enum", "set") and bool(type.arguments)
