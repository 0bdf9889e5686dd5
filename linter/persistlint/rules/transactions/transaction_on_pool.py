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

## Fix

Take one connection out of the pool and send everything through it, or use the library's own transaction.

## References

- [node-postgres: transactions](https://node-postgres.com/features/transactions)
- [Go: executing transactions](https://go.dev/doc/database/execute-transactions)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.diagnostic import Diagnostic, Severity
from persistlint.facts import EffectKind, Procedure, Role
from persistlint.paths import is_generated, is_test
from persistlint.rule import RuleContext, rule

if TYPE_CHECKING:
    from collections.abc import Iterator


@rule("transaction-on-pool", on=Procedure, severity=Severity.ERROR)
def transaction_on_pool(fact: Procedure, context: RuleContext) -> Iterator[Diagnostic]:
    """Report every begin as SQL on a pool."""
    if is_test(context.file.path) or is_generated(context.file.path):
        return
    for effect in fact.effects:
        if effect.kind is EffectKind.BEGIN and effect.sql and effect.handle.role is Role.POOL:
            yield context.report(
                effect.range,
                f"`{effect.handle.name}` is a pool, so the statements behind this may run on other connections, outside"
                " of the transaction.",
                help="Take one connection out of the pool, or use the transaction of the library.",
            )
