"""
## What it finds

A column that is set to what was computed from the value read before, with nothing that keeps others from writing in
between: `wallet.balance -= n; wallet.save()`, `data: { credits: user.credits - n }`, `UPDATE … SET balance = ?` with a
value that was computed from `balance`.

Silent: a row that was locked when it was read (`FOR UPDATE`, `select_for_update`, `lock`), a change that the database
computes (`SET n = n + 1`, `F("n") + 1`, `increment`), a write whose condition names a version or the old value, a
function that takes a lock of its own, and values that do not depend on the row.

## Why it matters

Two requests read 100, each takes 10 away, each writes 90: one of the payments never happened. A transaction alone does
not help, for at the level that databases start with (`READ COMMITTED`) it does not lock what it reads.

## Example

```python
from shop.models import Product

def reserve(product_id, quantity):
    product = Product.objects.get(pk=product_id)
    product.stock -= quantity
    product.save(update_fields=["stock"])
```

```python
from django.db.models import F

from shop.models import Product

def reserve(product_id, quantity):
    Product.objects.filter(pk=product_id, stock__gte=quantity).update(stock=F("stock") - quantity)
```

```ts
import { prisma } from "./prisma";

export async function spend(id: string, amount: number) {
  const user = await prisma.user.findUniqueOrThrow({ where: { id } });
  await prisma.user.update({ where: { id }, data: { credits: user.credits - amount } });
}
```

```ts
import { prisma } from "./prisma";

export async function spend(id: string, amount: number) {
  await prisma.user.updateMany({ where: { id, credits: { gte: amount } }, data: { credits: { decrement: amount } } });
}
```

```go
package store

import "gorm.io/gorm"

type Wallet struct {
        ID      int64
        Balance int64
}

func Spend(db *gorm.DB, id, cents int64) error {
        var wallet Wallet
        if err := db.First(&wallet, id).Error; err != nil {
                return err
        }
        wallet.Balance -= cents
        return db.Save(&wallet).Error
}
```

```go
package store

import "gorm.io/gorm"

type Wallet struct {
        ID      int64
        Balance int64
}

func Spend(db *gorm.DB, id, cents int64) error {
        return db.Model(&Wallet{}).Where("id = ? AND balance >= ?", id, cents).
                UpdateColumn("balance", gorm.Expr("balance - ?", cents)).Error
}
```

## Fix

Let the database compute it in one statement, or lock the row when it is read. The fix does the first with `increment`
of Prisma and `F()` of Django, and the second in a transaction of Django; it is unsafe, for the object in memory does
not hold the new value then.

## When not to use it

Where one process alone writes to the table, ignore the line with the reason beside it.

## References

- [PostgreSQL: read committed isolation](https://www.postgresql.org/docs/current/transaction-iso.html#XACT-READ-COMMITTED)
- [CWE-362: race condition](https://cwe.mitre.org/data/definitions/362.html)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.diagnostic import Diagnostic, Related, Severity
from persistlint.facts import WriteBack
from persistlint.fixes.atomic import computed_there
from persistlint.paths import is_generated, is_migration, is_test
from persistlint.rule import RuleContext, rule

if TYPE_CHECKING:
    from collections.abc import Iterator


@rule("read-modify-write", on=WriteBack, severity=Severity.ERROR)
def read_modify_write(fact: WriteBack, context: RuleContext) -> Iterator[Diagnostic]:
    """Report a write that loses whatever was written since the read."""
    path = context.file.path
    if fact.is_locked or is_test(path) or is_migration(path) or is_generated(path):
        return
    column = f"`{fact.column}`" if fact.column else "A value"
    also = " The transaction does not lock the row that it reads." if fact.in_transaction else ""
    yield context.report(
        fact.range,
        f"{column} is written back as computed from the value read before, so what others write in between is lost."
        f"{also}",
        help="Let the database compute it (`SET n = n + 1`), or lock the row when you read it (`FOR UPDATE`).",
        fixes=computed_there(context.program, fact) if context.program is not None else (),
        related=(Related(fact.read, "the value is read here"),),
    )
