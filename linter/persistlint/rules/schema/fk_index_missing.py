"""
## What it finds

A foreign key that the script defines and whose columns no index begins with, in any order: no primary key, unique key
or index of the table, neither here nor in the rest of the project. A partial index counts only where it is partial for
`IS NOT NULL`.

MySQL makes such an index by itself. A table of which only this change is known is left alone, unless the column is new.

## Why it matters

With every delete of a row, and every change of its key, the database looks for rows that refer to it: without an index
it reads the whole table, once for each row.

## Example

```sql dialect=postgres
CREATE TABLE carts (id bigint PRIMARY KEY);
CREATE TABLE cart_items (id bigint PRIMARY KEY, cart_id bigint NOT NULL REFERENCES carts (id));
```

```sql dialect=postgres
CREATE TABLE carts (id bigint PRIMARY KEY);
CREATE TABLE cart_items (id bigint PRIMARY KEY, cart_id bigint NOT NULL REFERENCES carts (id));
CREATE INDEX cart_items_cart_id_idx ON cart_items (cart_id);
```

## Fix

Make an index on the columns of the key: at once for a new table, `CONCURRENTLY` in a migration of its own for an old
one.

## When not to use it

Where rows of the other table are never deleted, ignore the line and say so.

## References

- [PostgreSQL: foreign keys](https://www.postgresql.org/docs/current/ddl-constraints.html#DDL-CONSTRAINTS-FK)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.diagnostic import Severity
from persistlint.rule import RuleContext, rule
from persistlint.schema.changes import AddColumn
from persistlint.schema.indexing import leads_with
from persistlint.schema.script import Script

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.diagnostic import Diagnostic


@rule("fk-index-missing", on=Script, severity=Severity.WARNING)
def fk_index_missing(script: Script, context: RuleContext) -> Iterator[Diagnostic]:
    """Report every foreign key whose rows are found by reading the whole table."""
    if script.dialect not in ("postgres", "sqlite"):
        return
    added = {(change.table.key, change.column.name) for change in script.of(AddColumn)}
    for table, constraint in script.constraints():
        if constraint.reference is None or leads_with(table, constraint.columns):
            continue
        is_new = all((table.name.key, column) in added for column in constraint.columns)
        if not table.is_complete and not is_new:
            continue
        columns = ", ".join(constraint.columns)
        referred = constraint.reference.table
        yield context.report(
            constraint.range,
            f"No index of `{table.name}` begins with `{columns}`: a delete in `{referred}` reads all of it.",
            help=f"`CREATE INDEX ON {table.name} ({columns})`.",
        )
