"""
## What it finds

A bind parameter in a place where SQL wants a name: `ORDER BY ?`, `FROM $1`, ``FROM ${table}`` inside a template tag
that binds.

## Why it matters

A bind parameter is always a value. In the place of a table it is a syntax error; in `ORDER BY` or `GROUP BY` the query
runs and does nothing: every row is sorted by the same constant, so the order is that of chance.

## Example

```python
import sqlite3

def listing(connection: sqlite3.Connection, sort: str):
    return connection.execute("SELECT id, name FROM products ORDER BY ?", (sort,)).fetchall()
```

```python
import sqlite3

COLUMNS = {"name": "name", "price": "price"}

def listing(connection: sqlite3.Connection, sort: str):
    return connection.execute(f"SELECT id, name FROM products ORDER BY {COLUMNS[sort]}").fetchall()
```

```ts
import type { PrismaClient } from "@prisma/client";

export function listing(prisma: PrismaClient, sort: string) {
  return prisma.$queryRaw`SELECT id, name FROM products ORDER BY ${sort}`;
}
```

```ts
import { Prisma, type PrismaClient } from "@prisma/client";

const COLUMNS = { name: Prisma.sql`name`, price: Prisma.sql`price` };

export function listing(prisma: PrismaClient, sort: "name" | "price") {
  return prisma.$queryRaw`SELECT id, name FROM products ORDER BY ${COLUMNS[sort]}`;
}
```

```go
package store

import "database/sql"

func Listing(db *sql.DB, sort string) (*sql.Rows, error) {
        return db.Query("SELECT id, name FROM products ORDER BY $1", sort)
}
```

```go
package store

import "database/sql"

func Listing(db *sql.DB) (*sql.Rows, error) {
        return db.Query("SELECT id, name FROM products ORDER BY name")
}
```

## Fix

Take the name from a constant mapping, or let the driver quote it: `psycopg.sql.Identifier`, `pgx.Identifier`, `??` of
mysql2 and knex, `sql(name)` of postgres.js, `sql.identifier` of drizzle and slonik.

## When not to use it

Some databases take a parameter as a name, as ClickHouse does with `{name:Identifier}` and Snowflake with
`IDENTIFIER(?)`; both are known and left alone.

## References

- [SQLite: a bound parameter is a literal value](https://www.sqlite.org/lang_expr.html#parameters)
- [PostgreSQL: parameters stand for data values only](https://www.postgresql.org/docs/current/sql-prepare.html)
"""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING

from persistlint.diagnostic import Diagnostic, Severity
from persistlint.facts import Context, Hole, Origin, Query, Sign
from persistlint.interpolation import BEFORE_TABLE, holes_of, passes_name
from persistlint.paths import is_test
from persistlint.regexes import regex
from persistlint.rule import RuleContext, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

# Where a value cannot be meant. A bare parameter elsewhere, as in `? IS NULL`, is a value on the left of a comparison.
_TABLE_PLACE = regex(rf"{BEFORE_TABLE}…", re.IGNORECASE)
_SORT_PLACE = regex(r"\b(?P<clause>ORDER|GROUP|PARTITION) BY\b.*…(?<!CASE …)", re.IGNORECASE)
_CLAUSES = {"order": "ORDER BY ", "group": "GROUP BY ", "from": "FROM "}  # what the excerpt of a fragment lacks
_EFFECTS = {"ORDER": "every row sorts alike", "GROUP": "all rows are one group", "PARTITION": "all rows are one"}


@rule(
    "bound-identifier",
    on=Query,
    severity=Severity.WARNING,
    signs=(Sign.PLACEHOLDER_FOR_NAME, Sign.JOINED_TEXT),
    skips=(is_test,),
)
def bound_identifier(query: Query, context: RuleContext) -> Iterator[Diagnostic]:
    """Report the first bind parameter of a query that stands where a name must be."""
    clause = _CLAUSES.get(query.clause, "")
    holes = holes_of(query, partial(_is_bound_name, clause))
    if not holes or passes_name(query):
        return
    hole = holes[0]
    place = clause + hole.excerpt
    sort = _SORT_PLACE.search(place) if hole.context is Context.IDENTIFIER else None
    effect = f"so {_EFFECTS[sort['clause'].upper()]}" if sort else "and the database refuses it"
    help = query.library.identifier if query.library is not None else ""
    yield context.report(
        hole.range,
        f"A bind parameter stands where SQL wants a name, at `{place}`: it is taken for a value, {effect}.",
        help=help or "Take the name from a constant mapping and write it into the SQL text.",
    )


def _is_bound_name(clause: str, hole: Hole) -> bool:
    place = clause + hole.excerpt
    is_name = hole.context in (Context.IDENTIFIER, Context.KEYWORD)
    return hole.origin is Origin.BOUND and is_name and bool(_TABLE_PLACE.search(place) or _SORT_PLACE.search(place))
