"""
## What it finds

A column that is set to what was computed from the value read before, with nothing that keeps others from writing in
between: `wallet.balance -= n; wallet.save()`, `data: { credits: user.credits - n }`, `UPDATE … SET balance = ?` with a
value that was computed from `balance`.

A row that is inserted with a number one higher than the largest of its table, or than the count of its rows, which is a
warning.

A row that is inserted because a lookup of the same values found none, into a table of which the project says that no
unique key keeps the second one out: by SQL or models in the same file, by its migrations and schema files, or by the
models of Django, SQLAlchemy, Sequelize, TypeORM and GORM in the usual places (`models.py`, `models/`, `entities/`).
A model of Prisma is known by the table of its name. Where several schemas may be meant, all of them must say so.
Nothing is reported where none is known, or where migrations are in a language that is not read.

Silent: a row that was locked when it was read (`FOR UPDATE`, `select_for_update`, `lock`), a change that the database
computes (`SET n = n + 1`, `F("n") + 1`, `increment`), a write whose condition names a version or the old value, a
function that takes a lock of its own (a mutex, one in Redis, one of the database), a transaction that is serializable,
as all of SQLite are, a library that compares the row with what was read (Pony), values that do not depend on the row,
and where a comment between the two speaks of the race. An insert is also left alone where the table has a unique key on
any column that was looked for, or one of which all columns are set; where the lookup has other conditions than `=`;
where the function speaks of locks, isolation, conflicts or duplicates; and where nothing runs beside it: in synchronous
functions of JavaScript, and in those of a Python file that imports no web framework. A method of a row that changes the
row itself and saves it is a warning, for whoever calls it may have locked the row; it is silent where it is handed a
transaction. An insert is of severity `info`, for mostly a second row does little harm.

## Why it matters

Two requests read 100, each takes 10 away, each writes 90: one of the payments never happened. A transaction alone does
not help, for at the level that databases start with (`READ COMMITTED`) it does not lock what it reads. Neither does it
lock a row that is not there yet: two requests that look for the same address both find nothing, and insert it twice.

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

Let the database compute it in one statement, or lock the row when it is read. The fix does the first with `SET n = n +
$1` in SQL, with `increment` of Prisma, Sequelize and Knex, with `F()` of Django and the column of SQLAlchemy, and
takes away a read that nothing else needs; it does the second in a transaction of Django, with `with_for_update()` of
SQLAlchemy, and with `FOR UPDATE` in SQL. A variable that holds the new value stays where something else uses it. It is
unsafe, for what is in memory may not be the new value then.

Make what must not be there twice unique, and insert with `ON CONFLICT DO NOTHING`; the lookup is then only a courtesy.

## When not to use it

Where one process alone writes to the table, ignore the line with the reason beside it.

## References

- [PostgreSQL: read committed isolation](https://www.postgresql.org/docs/current/transaction-iso.html#XACT-READ-COMMITTED)
- [CWE-362: race condition](https://cwe.mitre.org/data/definitions/362.html)
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from persistlint.diagnostic import Diagnostic, Related, Remedy, Severity
from persistlint.facts import CheckedInsert, Numbered, Sign, StaleWrite, WriteBack
from persistlint.fixes.computed import computed_there
from persistlint.fixes.refusal import remedied
from persistlint.paths import is_example, is_generated, is_migration, is_product, is_test
from persistlint.regexes import regex
from persistlint.rule import RuleContext, rule

if TYPE_CHECKING:
    from collections.abc import Iterator


_OF_RACE = regex(r"\b(?:races?|concurren\w+)\b", re.IGNORECASE)


@rule(
    "read-modify-write",
    on=StaleWrite,
    severity=Severity.ERROR,
    skips=(is_test, is_migration, is_generated, is_example),
    signs=(Sign.CHANGE,),
)
def read_modify_write(fact: StaleWrite, context: RuleContext) -> Iterator[Diagnostic]:
    """Report a write that loses whatever was written since the read, or that inserts what another has inserted."""
    if isinstance(fact, WriteBack) and not fact.is_locked and not _is_known(fact, context):
        yield _written_back(fact, context)
    elif isinstance(fact, CheckedInsert) and is_product(context.file.path) and fact.is_unique() is False:
        yield _inserted(fact, context)
    elif isinstance(fact, Numbered) and is_product(context.file.path):
        yield context.report(
            fact.range,
            f"The row gets a number one higher than what was read from `{fact.table}`, so two at the same time get the"
            " same one.",
            help="Let the database number it (a sequence, an identity column), or make the number unique and try again"
            " where the insert is refused.",
            severity=Severity.WARNING,
            related=(Related(fact.read, "the last number is read here"),),
        )


def _is_known(fact: WriteBack, context: RuleContext) -> bool:
    """Whether a comment between the read and the write speaks of the race."""
    start, end = sorted((fact.read.end, fact.range.start))
    comments = context.program.comments if context.program is not None else ()
    between = (context.file.text(comment) for comment in comments if start <= comment.start < end)
    return any(map(_OF_RACE.search, between))


def _written_back(fact: WriteBack, context: RuleContext) -> Diagnostic:
    column = f"`{fact.column}`" if fact.column else "A value"
    also = " The transaction does not lock the row that it reads." if fact.in_transaction else ""
    return context.report(
        fact.range,
        f"{column} is written back as computed from the value read before, so what others write in between is lost."
        f"{also}",
        help="Let the database compute it (`SET n = n + 1`), or lock the row when you read it (`FOR UPDATE`).",
        remedy=remedied(context.program, computed_there, fact),
        severity=Severity.WARNING if fact.is_handed else None,
        related=() if fact.is_handed else (Related(fact.read, "the value is read here"),),
    )


def _inserted(fact: CheckedInsert, context: RuleContext) -> Diagnostic:
    columns = ", ".join(f"`{column}`" for column in fact.columns)
    return context.report(
        fact.range,
        f"The row is inserted into `{fact.table}` because none was found, and no unique key covers {columns}, so two"
        " requests at the same time insert it twice.",
        help=f"Make {columns} unique, and insert with `ON CONFLICT DO NOTHING` or take the error of the second insert.",
        severity=Severity.INFO,
        related=(Related(fact.read, "the row is looked for here"),),
        remedy=lambda: Remedy(reason="the key takes a migration, before which rows that break it have to be found"),
    )
