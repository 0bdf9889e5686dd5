"""
## What it finds

A table that the script makes and that has no primary key in the end: not in `CREATE TABLE`, not by a later `ALTER
TABLE`.

Temporary tables, partitions, tables whose columns are not all written there (`LIKE`, `INHERITS`, `AS SELECT`), tables
with a unique key over columns that are never NULL, and those that stand for a view of the system (`pg_…`) are left
alone.

## Why it matters

Nothing tells two equal rows apart: a duplicate cannot be deleted alone, an ORM cannot update a row, and logical
replication refuses updates and deletes.

## Example

```sql dialect=postgres
CREATE TABLE readings (sensor text NOT NULL, value numeric NOT NULL);
```

```sql dialect=postgres
CREATE TABLE readings (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    sensor text NOT NULL,
    value numeric NOT NULL
);
```

## Fix

Make a key of the columns that say which row it is, or add an identity column.

## When not to use it

For tables that only grow and are read as a whole, ignore the line and say so.

## References

- [PostgreSQL: primary keys](https://www.postgresql.org/docs/current/ddl-constraints.html#DDL-CONSTRAINTS-PRIMARY-KEYS)
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
    from persistlint.schema.definitions import Table


@rule("primary-key-missing", on=Script, changes=(CreateTable,), severity=Severity.WARNING)
def primary_key_missing(script: Script, context: RuleContext) -> Iterator[Diagnostic]:
    """Report every new table that ends without a primary key."""
    for table in script.created:
        if table.name.name.startswith("pg_"):
            continue  # what stands for a view of the system, which nobody makes
        made = script.after.find(table.name)
        if not table.is_complete or not table.columns or any(_has_key(each) for each in (table, made) if each):
            continue
        yield context.report(
            table.name.range,
            f"`{table.name}` has no primary key: nothing tells two equal rows apart.",
            help="Make a key of the columns that say which row it is, or add an identity column.",
        )


def _has_key(table: Table) -> bool:
    """Whether it has a primary key, or columns that are never NULL are unique together."""
    if table.primary_key is not None:
        return True
    if any(column.type is None and column.is_identity for column in table.columns):
        return True  # HSQLDB has a type for one
    keys = [constraint.columns for constraint in table.constraints if constraint.is_key]
    keys += [index.columns for index in table.indexes if index.is_unique and index.predicate is None]
    return any(columns and all(table.requires(column) for column in columns) for columns in keys)
