"""
## What it finds

`INDEX name (columns)` or `KEY name (columns)` among the columns of `CREATE TABLE`, in SQL for PostgreSQL or SQLite.

## Why it matters

Only MySQL and MariaDB know it there. SQLite refuses it as a syntax error; PostgreSQL takes the name for a type.

## Example

```sql dialect=postgres
CREATE TABLE events (id bigint PRIMARY KEY, kind text NOT NULL, INDEX events_kind (kind));
```

```sql dialect=postgres
CREATE TABLE events (id bigint PRIMARY KEY, kind text NOT NULL);
CREATE INDEX events_kind ON events (kind);
```

## Fix

Make the index by a `CREATE INDEX` behind the table.

## When not to use it

The statement cannot succeed as it is; there is no reason to ignore it.

## References

- [PostgreSQL: CREATE TABLE](https://www.postgresql.org/docs/current/sql-createtable.html)
- [SQLite: CREATE TABLE](https://www.sqlite.org/lang_createtable.html)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.diagnostic import Severity
from persistlint.rule import RuleContext, rule
from persistlint.schema.changes import CreateTable
from persistlint.schema.script import Script

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.diagnostic import Diagnostic


@rule("inline-index-clause", on=Script, severity=Severity.ERROR)
def inline_index_clause(script: Script, context: RuleContext) -> Iterator[Diagnostic]:
    """Report every index in the parentheses of CREATE TABLE where only MySQL has them."""
    if script.dialect not in ("postgres", "sqlite"):
        return
    for change in script.of(CreateTable):
        for index in change.definition.indexes:
            columns = ", ".join(index.columns)
            yield context.report(
                index.range,
                "Only MySQL has indexes among the columns of a table.",
                help=f"`CREATE INDEX {index.name or '…'} ON {change.table} ({columns})` behind the table.",
            )
