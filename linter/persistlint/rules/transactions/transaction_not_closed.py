"""
## What it finds

A transaction that is begun by hand, with a way out of the function that neither commits it nor rolls it back: an early
`return` in Go without a deferred rollback, an `await` that can fail without a `catch` or `finally` that rolls back, a
rollback in the `catch` and no commit anywhere, a `return` in the `try` before its commit.
Also a connection that is taken out of a pool for the transaction and does not go back on every way, a commit whose
error is dropped, and a `defer tx.Rollback()` before the test of the error of its `Begin`.

Silent where the transaction is handed on or returned, and where a helper rolls back in a deferred function.

## Why it matters

The connection goes back to the pool with the transaction open, or never goes back: locks stay, other requests wait,
and soon the pool is empty. A commit whose error nobody reads reports success for data that was not stored.

## Example

```go
package store

import "database/sql"

func Transfer(db *sql.DB, from, to, cents int64) error {
        tx, err := db.Begin()
        if err != nil {
                return err
        }
        if _, err := tx.Exec("UPDATE accounts SET cents = cents - $1 WHERE id = $2", cents, from); err != nil {
                return err
        }
        return tx.Commit()
}
```

```go
package store

import "database/sql"

func Transfer(db *sql.DB, from, to, cents int64) error {
        tx, err := db.Begin()
        if err != nil {
                return err
        }
        defer tx.Rollback()
        if _, err := tx.Exec("UPDATE accounts SET cents = cents - $1 WHERE id = $2", cents, from); err != nil {
                return err
        }
        return tx.Commit()
}
```

```js
const { sequelize, Invoice } = require("./models");

async function create(data) {
  const t = await sequelize.transaction();
  await Invoice.create(data, { transaction: t });
  await t.commit();
}
```

```js
const { sequelize, Invoice } = require("./models");

async function create(data) {
  const t = await sequelize.transaction();
  try {
    await Invoice.create(data, { transaction: t });
    await t.commit();
  } catch (error) {
    await t.rollback();
    throw error;
  }
}
```

```python
import sqlite3

def rename(path, name):
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("BEGIN IMMEDIATE")
    connection.execute("UPDATE people SET name = ?", (name,))
    connection.execute("COMMIT")
```

```python
import sqlite3

def rename(path, name):
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("BEGIN IMMEDIATE")
    try:
        connection.execute("UPDATE people SET name = ?", (name,))
        connection.execute("COMMIT")
    except BaseException:
        connection.execute("ROLLBACK")
        raise
```

## Fix

Go: `defer tx.Rollback()` behind the test of the error. Elsewhere the form that takes a callback or a `with` block, or
`try` with a rollback in the handler. The fix does so; a `try` around what stands up to the commit is unsafe, for it is
only right where nothing else ends the transaction. So is a rollback before a `return`, for something may have been
written that was meant to stay. A connection is given back in a deferred call, or in the `finally`
of the `try` that follows.

## When not to use it

In a program that ends with the error, as a script does: the connection closes with it.

## References

- [Go: executing transactions](https://go.dev/doc/database/execute-transactions)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.diagnostic import Diagnostic, Related, Severity
from persistlint.facts import Role, Scoping, Sign, Transaction
from persistlint.fixes.closing import error_of, later_defer, returned_commit, rolled_back, rolled_back_before
from persistlint.fixes.refusal import remedied
from persistlint.fixes.releasing import given_back
from persistlint.paths import is_generated, is_test
from persistlint.rule import RuleContext, rule

if TYPE_CHECKING:
    from collections.abc import Iterator


_IN_HANDLER = {"python": "Roll it back in an `except` or `finally`, or open it in a `with`."}
_IN_CATCH = "Roll it back in a `catch` or `finally`, or use the form that takes a callback."


@rule(
    "transaction-not-closed",
    on=Transaction,
    severity=Severity.ERROR,
    skips=(is_test, is_generated),
    signs=(Sign.CHANGE,),
)
def transaction_not_closed(fact: Transaction, context: RuleContext) -> Iterator[Diagnostic]:
    """Report the begin, the kept connection, the dropped commit or the early `defer` of a transaction."""
    handle = fact.handle.name if fact.handle is not None else fact.opener.name
    on_pool = fact.scoping is Scoping.MANUAL and fact.opener.role is Role.POOL and fact.handle == fact.opener
    if fact.leak is not None and not on_pool:
        yield context.report(
            fact.leak,
            "The transaction that is opened here stays open where the function ends with an error.",
            help=f"Put `defer {handle}.Rollback()` behind the test of the error of its begin."
            if context.file.language == "go"
            else _IN_HANDLER.get(context.file.language, _IN_CATCH),
            fixes=rolled_back(context.program, fact) if context.program is not None else (),
        )
    if fact.unfinished is not None and fact.leak is None and not on_pool:
        yield context.report(
            fact.unfinished,
            "Nothing commits the transaction that is opened here: where nothing fails, it stays open.",
            help="Commit it behind its last statement.",
        )
    if fact.left is not None and fact.leak is None and not on_pool:
        yield context.report(
            fact.range,
            "The transaction that is opened here stays open where the function returns before its commit.",
            help="Roll it back before that `return`, or use the form that takes a callback.",
            related=(Related(fact.left, "the function is left here"),),
            remedy=remedied(context.program, rolled_back_before, fact, fact.left),
        )
    if fact.unreleased is not None and fact.leak is None:
        yield context.report(
            fact.unreleased,
            "The connection that is taken here does not go back to the pool on every way out of the function.",
            help="Give it back in a deferred call."
            if context.file.language == "go"
            else "Give it back in a `finally`, or use the form that takes a callback or a block.",
            fixes=given_back(context.program, fact, fact.unreleased) if context.program is not None else (),
        )
    if fact.unchecked is not None:
        yield context.report(
            fact.unchecked,
            "The error of this commit is dropped, so data that was not stored counts as stored.",
            help=f"Return it: `return {error_of(fact, f'{handle}.Commit()')}`.",
            fixes=returned_commit(context.program, fact, fact.unchecked) if context.program is not None else (),
        )
    if fact.early is not None:
        yield context.report(
            fact.early,
            f"`{handle}` is nil here where its begin failed, and the deferred call panics.",
            help="Put the `defer` behind the test of the error.",
            fixes=later_defer(context.program, fact.early) if context.program is not None else (),
        )
