"""
## What it finds

`NOT IN (SELECT column FROM table)` where the column may be NULL, as this script and those before it in the project
leave the table. A query that says anything else of the column, such as `WHERE column IS NOT NULL`, is left alone.

For a query that a program sends, the migrations and schema files of its project say so.

## Why it matters

As soon as one row has NULL there, `NOT IN` is true for no row at all: the statement does nothing, without an error.

## Example

```sql dialect=postgres
CREATE TABLE couriers (id bigint PRIMARY KEY);
CREATE TABLE parcels (id bigint PRIMARY KEY, courier_id bigint REFERENCES couriers (id));
DELETE FROM couriers WHERE id NOT IN (SELECT courier_id FROM parcels);
```

```sql dialect=postgres
CREATE TABLE couriers (id bigint PRIMARY KEY);
CREATE TABLE parcels (id bigint PRIMARY KEY, courier_id bigint REFERENCES couriers (id));
DELETE FROM couriers WHERE NOT EXISTS (SELECT FROM parcels WHERE parcels.courier_id = couriers.id);
```

## Fix

Write `NOT EXISTS`, which does not mind NULL, or leave the rows with NULL out of the query.

## When not to use it

Where something else than the schema keeps NULL away, add `NOT NULL` to the column, or ignore the line.

## References

- [PostgreSQL: NOT IN](https://www.postgresql.org/docs/current/functions-subquery.html#FUNCTIONS-SUBQUERY-NOTIN)
- [SQLite: the IN and NOT IN operators](https://www.sqlite.org/lang_expr.html#the_in_and_not_in_operators)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.diagnostic import Severity
from persistlint.facts import EVERYWHERE, Statements
from persistlint.rule import RuleContext, rule
from persistlint.schema.changes import NotIn
from persistlint.schema.sent import Sent

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.diagnostic import Diagnostic


@rule("not-in-nullable", on=Statements, changes=(NotIn,), severity=Severity.WARNING, languages=EVERYWHERE)
def not_in_nullable(statements: Statements, context: RuleContext) -> Iterator[Diagnostic]:
    """Report every NOT IN that one NULL makes void."""
    for change in statements.of(NotIn):
        table = change.before
        if table is None or not table.is_known or (isinstance(statements, Sent) and not table.is_complete):
            continue
        if table.column(change.column) is None or table.requires(change.column):
            continue
        yield context.report(
            change.range,
            f"This is true for no row as soon as one `{change.column}` of `{change.table}` is NULL.",
            help=f"Use `NOT EXISTS`, or add `WHERE {change.column} IS NOT NULL` to the query.",
        )
