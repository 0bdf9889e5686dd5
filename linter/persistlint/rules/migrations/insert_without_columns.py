"""
## What it finds

`INSERT INTO table VALUES (…)` without the names of the columns, into a table that the script did not make.

## Why it matters

The values go into whatever columns the table has, in their order. A column that is added or moved breaks the statement,
or lets a value into the wrong one.

## Example

```sql
INSERT INTO regions VALUES ('eu', 'Europe');
```

```sql
INSERT INTO regions (code, label) VALUES ('eu', 'Europe');
```

## Fix

Name the columns.

## When not to use it

It is off by default, for dumps are written so.

## References

- [PostgreSQL: INSERT](https://www.postgresql.org/docs/current/sql-insert.html)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.diagnostic import Severity
from persistlint.rule import RuleContext, rule
from persistlint.schema.changes import Insert
from persistlint.schema.script import Script

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.diagnostic import Diagnostic


@rule("insert-without-columns", on=Script, severity=Severity.INFO, default=False)
def insert_without_columns(script: Script, context: RuleContext) -> Iterator[Diagnostic]:
    """Report every INSERT that depends on the order of columns."""
    for change in script.of(Insert):
        words = change.statement.words
        if (
            not change.columns
            and not change.is_on_new
            and not change.is_query
            and "DEFAULT" not in words
            and "SET" not in words
        ):
            yield context.report(
                change.range, "The values depend on the order of the columns of the table.", help="Name the columns."
            )
