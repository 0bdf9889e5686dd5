"""
## What it finds

Several statements in the text of one call, with a driver that takes only one there.

## Why it matters

Most drivers prepare a statement before they bind values, and a prepared statement is a single one. asyncpg, pgx,
psycopg 3 and node-postgres then fail with *cannot insert multiple commands into a prepared statement*; `sqlite3` of
Python and better-sqlite3 refuse the call. node:sqlite and `run` of sqlite3 for Node do the worst: they run the first
statement, and drop the others without a word.

## Example

```python
import asyncpg

async def remove(connection: asyncpg.Connection, key: int) -> None:
    await connection.execute("DELETE FROM items WHERE id = $1; DELETE FROM orders WHERE id = $1", key)
```

```python
import asyncpg

async def remove(connection: asyncpg.Connection, key: int) -> None:
    async with connection.transaction():
        await connection.execute("DELETE FROM items WHERE id = $1", key)
        await connection.execute("DELETE FROM orders WHERE id = $1", key)
```

```ts
import { DatabaseSync } from "node:sqlite";

export function create(db: DatabaseSync) {
  db.prepare("CREATE TABLE shops (id INTEGER); CREATE TABLE orders (id INTEGER)").run();
}
```

```ts
import { DatabaseSync } from "node:sqlite";

export function create(db: DatabaseSync) {
  db.exec("CREATE TABLE shops (id INTEGER); CREATE TABLE orders (id INTEGER)");
}
```

```go
package store

import (
        "context"

        "github.com/jackc/pgx/v5"
)

func Remove(ctx context.Context, tx pgx.Tx, id int64) error {
        _, err := tx.Exec(ctx, "DELETE FROM items WHERE id = $1; DELETE FROM orders WHERE id = $1", id)
        return err
}
```

```go
package store

import (
        "context"

        "github.com/jackc/pgx/v5"
)

func Remove(ctx context.Context, tx pgx.Tx, id int64) error {
        batch := &pgx.Batch{}
        batch.Queue("DELETE FROM items WHERE id = $1", id)
        batch.Queue("DELETE FROM orders WHERE id = $1", id)
        return tx.SendBatch(ctx, batch).Close()
}
```

## Fix

Send the statements one by one, in a transaction where they belong together. A script without values has a method of its
own with most drivers: `executescript` of Python's `sqlite3`, `exec` of the drivers of SQLite for JavaScript.

## When not to use it

Where connections speak the simple protocol by configuration (`default_query_exec_mode=simple_protocol` of pgx), several
statements are taken with values too. Drivers that write values into the text themselves (psycopg2, pg-promise) are left
alone, and so are drivers of which it depends on the server.

## References

- [PostgreSQL: the extended query protocol](https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-FLOW-EXT-QUERY)
- [SQLite: `sqlite3_prepare` compiles the first statement](https://www.sqlite.org/c3ref/prepare.html)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.diagnostic import Diagnostic, Severity
from persistlint.facts import Query, Sign, Tail
from persistlint.rule import RuleContext, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

_EFFECTS = {
    Tail.REFUSED: "takes only one in such a call, so it fails",
    Tail.DROPPED: "runs only the first of them, and drops the rest without an error",
}


@rule("stacked-statements", on=Query, severity=Severity.WARNING, signs=(Sign.SECOND_STATEMENT,))
def stacked_statements(query: Query, context: RuleContext) -> Iterator[Diagnostic]:
    """Report a query of several statements that its call does not take."""
    if query.statements < 2 or query.tail not in _EFFECTS:
        return
    library = query.library.name if query.library is not None else "the driver"
    yield context.report(
        query.sql,
        f"`{query.name}` is given {query.statements} statements, and {library} {_EFFECTS[query.tail]}.",
        help="Send them one by one, in a transaction where they belong together.",
    )
