"""
## What it finds

A read that locks rows (`FOR UPDATE`, `select_for_update`, `forUpdate`) outside of a transaction, on a handle that
commits every statement by itself. Silent for a method that is called after the lock and returns the row (`lock`), where
the library finds the transaction of the caller by itself, for a query that is only a part of another, and for advisory
locks of the session (`pg_advisory_lock`).

## Why it matters

The lock ends with the statement. By the time that the row is written, somebody else may have changed it.

## Example

```js
const { Pool } = require("pg");
const pool = new Pool();

async function reserve(id) {
  const { rows } = await pool.query("SELECT stock FROM products WHERE id = $1 FOR UPDATE", [id]);
  return rows;
}
```

```js
const { Pool } = require("pg");
const pool = new Pool();

async function reserve(id) {
  const client = await pool.connect();
  try {
    await client.query("BEGIN");
    await client.query("SELECT stock FROM products WHERE id = $1 FOR UPDATE", [id]);
    await client.query("UPDATE products SET stock = stock - 1 WHERE id = $1", [id]);
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
from shop.models import Product

def reserve(product_id):
    product = Product.objects.select_for_update().get(pk=product_id)
    return product.stock
```

```python
from django.db import transaction

from shop.models import Product

@transaction.atomic
def reserve(product_id):
    product = Product.objects.select_for_update().get(pk=product_id)
    product.stock -= 1
    product.save(update_fields=["stock"])
```

```go
package store

import "database/sql"

func Stock(db *sql.DB, id int64) (stock int64, err error) {
        err = db.QueryRow("SELECT stock FROM products WHERE id = $1 FOR UPDATE", id).Scan(&stock)
        return stock, err
}
```

```go
package store

import "database/sql"

func Reserve(db *sql.DB, id int64) error {
        tx, err := db.Begin()
        if err != nil {
                return err
        }
        defer tx.Rollback()
        var stock int64
        if err := tx.QueryRow("SELECT stock FROM products WHERE id = $1 FOR UPDATE", id).Scan(&stock); err != nil {
                return err
        }
        if _, err := tx.Exec("UPDATE products SET stock = stock - 1 WHERE id = $1", id); err != nil {
                return err
        }
        return tx.Commit()
}
```

## Fix

Read and write in one transaction.

## When not to use it

Where every request runs inside a transaction that the framework opens (`ATOMIC_REQUESTS`), which no file tells.

## References

- [PostgreSQL: row-level locks](https://www.postgresql.org/docs/current/explicit-locking.html#LOCKING-ROWS)
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from persistlint.diagnostic import Diagnostic, Severity
from persistlint.facts import EffectKind, Procedure, Role, Sign, Use
from persistlint.paths import is_generated, is_migration, is_test
from persistlint.regexes import regex
from persistlint.rule import RuleContext, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.facts import Handle

_LOCKS = ("select_for_update", "forUpdate", "for_update", "with_for_update", "For")  # on a query that is sent later

# https://www.postgresql.org/docs/current/functions-admin.html#FUNCTIONS-ADVISORY-LOCKS
_OF_SESSION = regex(r"\bpg_(?:try_)?advisory_(?:un)?lock", re.IGNORECASE)


@rule(
    "lock-outside-transaction",
    on=Procedure,
    severity=Severity.WARNING,
    skips=(is_test, is_migration, is_generated),
    signs=(Sign.CHANGE,),
)
def lock_outside_transaction(fact: Procedure, context: RuleContext) -> Iterator[Diagnostic]:
    """Report the locks that end with their own statement."""
    if fact.receives is not None or fact.is_called_inside:
        return
    for effect in fact.effects:
        if not effect.lock or effect.kind is not EffectKind.READ or effect.transaction is not None or effect.via:
            continue
        is_unsent = effect.use in (Use.RETURNED, Use.KEPT) and effect.method in _LOCKS
        is_session = _OF_SESSION.search(effect.sql) is not None
        is_ambient = effect.handle.library is not None and effect.handle.library.transactions.ambient
        is_handed_on = effect.use is Use.RETURNED and fact.name.startswith(("lock", "_lock", "get_lock"))
        if is_unsent or effect.is_part or is_session or (is_ambient and (fact.may_run_inside or is_handed_on)):
            continue
        is_pool = effect.handle.role is Role.POOL and (effect.handle.declared or bool(effect.sql))
        if is_pool or _is_never_begun(effect.handle, fact):
            yield context.report(
                effect.range,
                "The lock that this read takes ends with the statement, for no transaction is open here.",
                help="Read and write in one transaction.",
            )


def _is_never_begun(handle: Handle, fact: Procedure) -> bool:
    """Whether the function takes a connection that commits every statement by itself, and begins nothing."""
    begins = bool(fact.transactions) or any(effect.kind is EffectKind.BEGIN for effect in fact.effects)
    return handle.owned and handle.declared and handle.role is Role.CONNECTION and not begins
