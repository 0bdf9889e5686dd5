"""
## What it finds

A transaction that is opened inside another one of the same database without being a savepoint of it: a second `BEGIN`,
`db.Begin()` inside a transaction, `sequelize.transaction()` without the outer one in its options, `with connection:`
of sqlite3 inside another.

Silent for the forms that nest: `tx.transaction`, `begin_nested`, `SAVEPOINT`, Django's `atomic`; and for functions of
the program's own, which mostly go on in the transaction that is open. Of severity `info` where a helper of the file
opens it, which may well be meant to commit by itself.

## Why it matters

Either the inner one runs on another connection, does not see what the outer wrote, and waits for its locks; or its
commit ends the outer one, and what follows is in no transaction at all.

## Example

```python
import sqlite3

def rebuild(connection: sqlite3.Connection, rows):
    with connection:
        connection.execute("DELETE FROM totals")
        for key, value in rows:
            with connection:
                connection.execute("INSERT INTO totals (key, value) VALUES (?, ?)", (key, value))
```

```python
import sqlite3

def rebuild(connection: sqlite3.Connection, rows):
    with connection:
        connection.execute("DELETE FROM totals")
        for key, value in rows:
            connection.execute("INSERT INTO totals (key, value) VALUES (?, ?)", (key, value))
```

```ts
import { PrismaClient } from "@prisma/client";

const prisma = new PrismaClient();

export const place = (userId: string, sku: string) =>
  prisma.$transaction(async (tx) => {
    const order = await tx.order.create({ data: { userId } });
    await prisma.$transaction(async (inner) => inner.line.create({ data: { orderId: order.id, sku } }));
  });
```

```ts
import { PrismaClient } from "@prisma/client";

const prisma = new PrismaClient();

export const place = (userId: string, sku: string) =>
  prisma.$transaction(async (tx) => {
    const order = await tx.order.create({ data: { userId } });
    await tx.line.create({ data: { orderId: order.id, sku } });
  });
```

```go
package store

import "gorm.io/gorm"

type Order struct{ ID int64 }

func Place(db *gorm.DB, order, copied *Order) error {
        return db.Transaction(func(tx *gorm.DB) error {
                if err := tx.Create(order).Error; err != nil {
                        return err
                }
                return db.Transaction(func(inner *gorm.DB) error {
                        return inner.Create(copied).Error
                })
        })
}
```

```go
package store

import "gorm.io/gorm"

type Order struct{ ID int64 }

func Place(db *gorm.DB, order, copied *Order) error {
        return db.Transaction(func(tx *gorm.DB) error {
                if err := tx.Create(order).Error; err != nil {
                        return err
                }
                return tx.Transaction(func(inner *gorm.DB) error {
                        return inner.Create(copied).Error
                })
        })
}
```

## Fix

Use the transaction that is open, or a savepoint of it.

## When not to use it

Where the inner transaction must stay when the outer one is rolled back, as a record of attempts does, ignore the
line with that reason.

## References

- [Python: sqlite3 as a context manager](https://docs.python.org/3/library/sqlite3.html#how-to-use-the-connection-context-manager)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.diagnostic import Diagnostic, Related, Severity
from persistlint.facts import Procedure, Role, Scoping, Sign, Transaction
from persistlint.paths import is_generated, is_test
from persistlint.rule import RuleContext, rule

if TYPE_CHECKING:
    from collections.abc import Iterator


_NESTS = ("transaction", "atomic", "begin_nested", "savepoint")  # methods of a connection that make a savepoint inside


@rule(
    "nested-transaction", on=Procedure, severity=Severity.WARNING, skips=(is_test, is_generated), signs=(Sign.CHANGE,)
)
def nested_transaction(fact: Procedure, context: RuleContext) -> Iterator[Diagnostic]:
    """Report every transaction that is opened inside another and is no savepoint of it."""
    for inner in fact.transactions:
        outer = next((found for found in fact.transactions if found.range == inner.nested_in), None)
        if outer is not None and _starts_anew(inner, outer):
            yield context.report(
                inner.range,
                "This opens a second transaction inside one that is open, and is no savepoint of it.",
                severity=Severity.INFO if inner.is_of_helper else None,
                help="Use the transaction that is open, or open a savepoint of it.",
                related=(Related(outer.range, "the transaction around it"),),
            )


def _starts_anew(inner: Transaction, outer: Transaction) -> bool:
    if (
        inner.is_savepoint
        or inner.is_wrapped  # such a function mostly goes on in the transaction that is open
        or inner.scoping in (Scoping.PARAMETER, Scoping.DECORATOR)
        or inner.opener.role is Role.TRANSACTION
    ):
        return False
    if inner.opener.library is not outer.opener.library or (
        inner.opener.library and inner.opener.library.transactions.ambient
    ):
        return False
    if outer.scoping is Scoping.CONTEXT and inner.scoping is Scoping.MANUAL and _only_ends(outer):
        return False
    # Two connections that a function makes have a transaction each: `with connect(a) as one, connect(b) as other`.
    is_own = inner.opener.owned and not inner.opener.is_same(outer.opener)
    is_called_so = bool(inner.opener.name) and inner.opener.name == outer.opener.name and not is_own
    on_same = is_called_so or outer.scoping is Scoping.PARAMETER
    on_connection = inner.handle is not None and inner.handle == inner.opener
    return on_same and not (on_connection and inner.method in _NESTS)


def _only_ends(transaction: Transaction) -> bool:
    """Whether a block begins nothing: that of a connection of Python's `sqlite3` commits or rolls back at its end."""
    library = transaction.opener.library
    return library is not None and library.dialect == "sqlite" and library.transactions.exit_commits
