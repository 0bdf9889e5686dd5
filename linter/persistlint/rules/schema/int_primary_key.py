"""
## What it finds

A primary key that counts by itself and is an `integer` or smaller: `serial`, `int` with an identity, `INT
AUTO_INCREMENT`.

## Why it matters

Sequences go on after failed inserts and rollbacks, so the 2,147,483,647 numbers are used up before that many rows are
there. Then every insert fails, and the change to `bigint` writes the whole table anew.

## Example

```sql dialect=postgres
CREATE TABLE posts (id serial PRIMARY KEY);
```

```sql dialect=postgres
CREATE TABLE posts (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY);
```

## Fix

Use `bigint`.

## When not to use it

It is off by default: a table of countries needs no `bigint`.

## References

- [PostgreSQL: numeric types](https://www.postgresql.org/docs/current/datatype-numeric.html)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.diagnostic import Severity
from persistlint.rule import RuleContext, rule
from persistlint.schema.script import Script
from persistlint.schema.types import INTEGERS, base

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.diagnostic import Diagnostic


@rule("int-primary-key", on=Script, severity=Severity.WARNING, default=False)
def int_primary_key(script: Script, context: RuleContext) -> Iterator[Diagnostic]:
    """Report every key that runs out after two thousand million rows."""
    if script.dialect == "sqlite":
        return
    for table in script.created:
        key = table.primary_key
        column = table.column(key.columns[0]) if key is not None and len(key.columns) == 1 else None
        if column is None or column.type is None or INTEGERS.get(base(column.type), 8) >= 8:
            continue
        counts = (
            column.is_identity or column.is_serial or (column.default is not None and "nextval" in column.default.calls)
        )
        if counts and column.name_range in table.range:
            yield context.report(
                column.name_range, f"`{column.name}` runs out of numbers as `{column.type.text}`.", help="Use `bigint`."
            )
