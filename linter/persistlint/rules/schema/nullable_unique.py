"""
## What it finds

A unique key or unique index over two or more columns of which one may be NULL, without `NULLS NOT DISTINCT`. A partial
index, an index over an expression such as `COALESCE(…)`, and a key beside which another unique index covers the rows
where the column is NULL are left alone.

## Why it matters

NULL is not equal to NULL: of the rows that have it there, any number may be equal in all other columns, and the key
does not keep them apart.

## Example

```sql dialect=postgres
CREATE TABLE seats (id bigint PRIMARY KEY, venue text NOT NULL, row_label text, UNIQUE (venue, row_label));
```

```sql dialect=postgres
CREATE TABLE seats (
    id bigint PRIMARY KEY,
    venue text NOT NULL,
    row_label text,
    UNIQUE NULLS NOT DISTINCT (venue, row_label)
);
```

## Fix

Make the column `NOT NULL`, say `NULLS NOT DISTINCT` (PostgreSQL 15 and later), or add a unique index over the other
columns `WHERE` it is NULL.

## When not to use it

Where rows with NULL are meant to be free of the key, ignore the line and say so.

## References

- [PostgreSQL: unique constraints](https://www.postgresql.org/docs/current/ddl-constraints.html#DDL-CONSTRAINTS-UNIQUE-CONSTRAINTS)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.diagnostic import Severity
from persistlint.rule import RuleContext, rule
from persistlint.schema.changes import CreateIndex
from persistlint.schema.definitions import ConstraintKind, Table
from persistlint.schema.script import Script

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.diagnostic import Diagnostic
    from persistlint.source import Range


@rule("nullable-unique", on=Script, severity=Severity.WARNING)
def nullable_unique(script: Script, context: RuleContext) -> Iterator[Diagnostic]:
    """Report every unique key over several columns of which one may be NULL."""
    for table, columns, range in _keys(script):
        optional = [name for name in columns if table.column(name) is not None and not table.requires(name)]
        is_anyway = table.primary_key is not None and set(table.primary_key.columns) <= set(columns)
        if len(columns) < 2 or not optional or is_anyway or _is_covered(table, optional):
            continue
        remedy = "say `NULLS NOT DISTINCT`" if script.dialect == "postgres" else "make it `NOT NULL`"
        yield context.report(
            range,
            f"Any number of rows may be equal here where `{optional[0]}` is NULL.",
            help=f"Make the column `NOT NULL`, or {remedy}."
            if script.dialect == "postgres"
            else "Make the column `NOT NULL`.",
        )


def _keys(script: Script) -> Iterator[tuple[Table, tuple[str, ...], Range]]:
    """The unique keys that the script defines and in which NULL is distinct."""
    for table, constraint in script.constraints():
        if constraint.kind is ConstraintKind.UNIQUE and constraint.nulls_distinct:
            yield table, constraint.columns, constraint.range
    for change in script.of(CreateIndex):
        index = change.index
        table_in_the_end = script.final_table(change.table)
        is_plain = index.is_unique and index.nulls_distinct and index.predicate is None and "" not in index.columns
        if (
            table_in_the_end is not None
            and is_plain
            and any(found.text == index.text for found in table_in_the_end.indexes)
        ):
            yield table_in_the_end, index.columns, change.range


def _is_covered(table: Table, optional: list[str]) -> bool:
    """Whether another unique index looks after the rows in which a column is NULL: by its predicate, or by an
    expression."""
    for index in table.indexes:
        expressions = (*index.expressions, *((index.predicate,) if index.predicate is not None else ()))
        if index.is_unique and any(found.mentions(name) for found in expressions for name in optional):
            return True
    return False
