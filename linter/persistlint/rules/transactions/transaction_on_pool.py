"""
## What it finds

`BEGIN` or `START TRANSACTION` that is sent through a pool: `pool.query("BEGIN")`, `db.Exec("BEGIN")`.

## Why it matters

A pool may run each statement on another connection. The transaction is open on one, the writes commit by themselves on
others, and the connection goes back to the pool with a transaction that somebody else inherits.

## Example

```js
const { Pool } = require("pg");
const pool = new Pool();

async function transfer(from, to, cents) {
  await pool.query("BEGIN");
  await pool.query("UPDATE accounts SET cents = cents - $1 WHERE id = $2", [cents, from]);
  await pool.query("UPDATE accounts SET cents = cents + $1 WHERE id = $2", [cents, to]);
  await pool.query("COMMIT");
}
```

```js
const { Pool } = require("pg");
const pool = new Pool();

async function transfer(from, to, cents) {
  const client = await pool.connect();
  try {
    await client.query("BEGIN");
    await client.query("UPDATE accounts SET cents = cents - $1 WHERE id = $2", [cents, from]);
    await client.query("UPDATE accounts SET cents = cents + $1 WHERE id = $2", [cents, to]);
    await client.query("COMMIT");
  } catch (error) {
    await client.query("ROLLBACK");
    throw error;
  } finally {
    client.release();
  }
}
```

```python
import asyncpg

async def transfer(pool: asyncpg.Pool, cents):
    await pool.execute("BEGIN")
    await pool.execute("UPDATE accounts SET cents = cents - $1", cents)
    await pool.execute("COMMIT")
```

```python
import asyncpg

async def transfer(pool: asyncpg.Pool, cents):
    async with pool.acquire() as connection, connection.transaction():
        await connection.execute("UPDATE accounts SET cents = cents - $1", cents)
```

```go
package store

import "database/sql"

func Transfer(db *sql.DB, cents int64) error {
        if _, err := db.Exec("BEGIN"); err != nil {
                return err
        }
        if _, err := db.Exec("UPDATE accounts SET cents = cents - $1", cents); err != nil {
                return err
        }
        _, err := db.Exec("COMMIT")
        return err
}
```

```go
package store

import "database/sql"

func Transfer(db *sql.DB, cents int64) error {
        tx, err := db.Begin()
        if err != nil {
                return err
        }
        defer tx.Rollback()
        if _, err := tx.Exec("UPDATE accounts SET cents = cents - $1", cents); err != nil {
                return err
        }
        return tx.Commit()
}
```

## Fix

Take one connection out of the pool and send everything through it, or use the library's own transaction. The fix does
the first for node-postgres and mysql2, where a `try` stands around what follows, or the commit stands in the same
block; it is unsafe, for other statements of the pool run beside it then.

## When not to use it

Never with a pool of several connections. Where it has exactly one, use that connection.

## References

- [node-postgres: transactions](https://node-postgres.com/features/transactions)
- [Go: executing transactions](https://go.dev/doc/database/execute-transactions)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.diagnostic import Diagnostic, Severity
from persistlint.facts import EffectKind, Procedure, Role, Sign
from persistlint.fixes.pools import on_one_connection
from persistlint.paths import is_generated, is_test
from persistlint.rule import RuleContext, rule

if TYPE_CHECKING:
    from collections.abc import Iterator


@rule("transaction-on-pool", on=Procedure, severity=Severity.ERROR, skips=(is_test, is_generated), signs=(Sign.CHANGE,))
def transaction_on_pool(fact: Procedure, context: RuleContext) -> Iterator[Diagnostic]:
    """Report every begin as SQL on a pool."""
    for effect in fact.effects:
        if effect.kind is EffectKind.BEGIN and effect.sql and effect.handle.role is Role.POOL:
            yield context.report(
                effect.range,
                f"`{effect.handle.name}` is a pool, so the statements behind this may run on other connections, outside"
                " of the transaction.",
                help="Take one connection out of the pool, or use the transaction of the library.",
                fixes=on_one_connection(context.program, effect, fact.effects) if context.program is not None else (),
            )
