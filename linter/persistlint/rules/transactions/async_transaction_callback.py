"""
## What it finds

An `async` callback that is given to the transaction of a synchronous driver (better-sqlite3, `node:sqlite`,
`bun:sqlite`).

## Why it matters

The driver calls the function, gets a promise, and commits at once. What runs behind the first `await` is outside of
the transaction, and an error in it rolls nothing back; newer versions of better-sqlite3 refuse the promise instead.

## Example

```js
const Database = require("better-sqlite3");
const db = new Database("app.db");

const importAll = db.transaction(async (rows) => {
  for (const row of rows) {
    db.prepare("INSERT INTO items (id, body) VALUES (?, ?)").run(row.id, await render(row));
  }
});
```

```js
const Database = require("better-sqlite3");
const db = new Database("app.db");

const importAll = db.transaction((rows) => {
  for (const row of rows) {
    db.prepare("INSERT INTO items (id, body) VALUES (?, ?)").run(row.id, row.body);
  }
});
```

## Fix

Await what is needed before the transaction, and make the callback a plain function.

## When not to use it

Never: where the callback needs no `await`, it needs no `async` either.

## References

- [better-sqlite3: transactions](https://github.com/WiseLibs/better-sqlite3/blob/master/docs/api.md#transactionfunction---function)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.diagnostic import Diagnostic, Severity
from persistlint.facts import Scoping, Sign, Transaction
from persistlint.paths import is_test
from persistlint.rule import RuleContext, rule

if TYPE_CHECKING:
    from collections.abc import Iterator


@rule(
    "async-transaction-callback",
    on=Transaction,
    severity=Severity.ERROR,
    languages=("javascript", "typescript"),
    skips=(is_test,),
    signs=(Sign.CHANGE,),
)
def async_transaction_callback(fact: Transaction, context: RuleContext) -> Iterator[Diagnostic]:
    """Report an async callback where the driver does not wait for it."""
    library = fact.opener.library
    if fact.scoping is not Scoping.CALLBACK or not fact.is_async or library is None:
        return
    if library.transactions.synchronous:
        yield context.report(
            fact.range,
            f"{library.name} is synchronous: the transaction commits at the first `await` of this callback.",
            help="Await what you need before the transaction, and make the callback a plain function.",
        )
