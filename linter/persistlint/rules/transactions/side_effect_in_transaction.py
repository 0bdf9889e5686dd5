"""
## What it finds

Something inside a transaction that a rollback does not take back: a mail, an HTTP request that changes something, a
message to a queue, a payment, a file that is removed.

Silent behind the commit, in `on_commit` and its kin, where the call is given the transaction itself (an outbox) or a
key by which the service does the same thing once (`idempotencyKey`), and for reads, logs and metrics.

Of severity `info`: an upload, for a file that nothing refers to does no harm.

## Why it matters

Where the transaction rolls back, the mail about it has gone out all the same. Where a worker is quick, it looks for a
row that is not committed yet. And all the while the request takes, the transaction holds its locks.

## Example

```python
from django.db import transaction

from orders.models import Order
from orders.tasks import send_receipt

@transaction.atomic
def place(user):
    order = Order.objects.create(user=user)
    send_receipt.delay(order.pk)
```

```python
from functools import partial

from django.db import transaction

from orders.models import Order
from orders.tasks import send_receipt

@transaction.atomic
def place(user):
    order = Order.objects.create(user=user)
    transaction.on_commit(partial(send_receipt.delay, order.pk))
```

```ts
import { prisma } from "./prisma";
import { sendOrderEmail } from "./mail";

export async function place(userId: string) {
  await prisma.$transaction(async (tx) => {
    const order = await tx.order.create({ data: { userId } });
    await sendOrderEmail(order.id);
  });
}
```

```ts
import { prisma } from "./prisma";
import { sendOrderEmail } from "./mail";

export async function place(userId: string) {
  const order = await prisma.$transaction(async (tx) => tx.order.create({ data: { userId } }));
  await sendOrderEmail(order.id);
}
```

```go
package orders

import (
        "os"

        "gorm.io/gorm"
)

type Order struct{ ID int64 }

func Place(db *gorm.DB, order *Order, cart string) error {
        return db.Transaction(func(tx *gorm.DB) error {
                if err := tx.Create(order).Error; err != nil {
                        return err
                }
                return os.Remove(cart)
        })
}
```

```go
package orders

import (
        "os"

        "gorm.io/gorm"
)

type Order struct{ ID int64 }

func Place(db *gorm.DB, order *Order, cart string) error {
        err := db.Transaction(func(tx *gorm.DB) error {
                return tx.Create(order).Error
        })
        if err != nil {
                return err
        }
        return os.Remove(cart)
}
```

## Fix

Do it after the commit: `on_commit`, or behind the transaction; or write it to an outbox table in the same transaction.
The fix does the first by `transaction.on_commit` in Django; it is unsafe, for its error comes too late to roll back.

## When not to use it

Where the effect may happen twice or in vain, as the refresh of a cache may, ignore the line with that reason.

## References

- [Django: performing actions after commit](https://docs.djangoproject.com/en/stable/topics/db/transactions/#performing-actions-after-commit)
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from persistlint.diagnostic import Diagnostic, Related, Severity
from persistlint.facts import EffectKind, Procedure, Scoping, Sign
from persistlint.fixes.django import after_commit
from persistlint.paths import is_generated, is_test
from persistlint.regexes import regex
from persistlint.rule import RuleContext, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.diagnostic import Fix
    from persistlint.facts import Effect, Transaction


# A file that nothing refers to does no harm; behind the commit, a failure would leave a row that refers to none.
_UPLOADS = regex(r"(?:.*\.)?_?(?:upload|put_?object|(?:store|save|put)_?(?:file|image|blob))\w*", re.IGNORECASE)
# With such a key, the service does the same thing once, however often it is asked.
_REPEATABLE = regex(r"idempotency[_-]?(?:key|token)", re.IGNORECASE)


@rule(
    "side-effect-in-transaction",
    on=Procedure,
    severity=Severity.WARNING,
    skips=(is_test, is_generated),
    signs=(Sign.CHANGE,),
)
def side_effect_in_transaction(fact: Procedure, context: RuleContext) -> Iterator[Diagnostic]:
    """Report what a rollback cannot take back."""
    opened = {
        found.range: found for found in fact.transactions if found.scoping not in (Scoping.PARAMETER, Scoping.ARRAY)
    }
    for effect in fact.effects:
        transaction = opened.get(effect.transaction) if effect.transaction is not None else None
        if _REPEATABLE.search(context.file.text(effect.range)):
            continue
        if effect.kind is EffectKind.EXTERNAL and transaction is not None and _writes(transaction, fact):
            yield context.report(
                effect.range,
                f"`{effect.via or effect.handle.name}` runs before the commit, and a rollback does not take it back.",
                help="Do it after the commit, or write it to an outbox table in the same transaction.",
                severity=Severity.INFO if _UPLOADS.fullmatch(effect.via or effect.handle.name) else None,
                related=(Related(transaction.range, "the transaction"),),
                fixes=_fix(effect, transaction, context),
            )


def _writes(transaction: Transaction, fact: Procedure) -> bool:
    """Whether anything is written inside. Where all that a transaction is there for is a form, a serializer or a row of
    nobody knows which model, that says it by itself."""
    inside = {e.kind for e in fact.effects if e.transaction == transaction.range and e.kind is not EffectKind.EXTERNAL}
    library = transaction.opener.library
    is_unseen = not inside and not transaction.is_wrapped and library is not None and library.transactions.unseen
    return is_unseen or not inside.isdisjoint((EffectKind.WRITE, EffectKind.PENDING))


def _fix(effect: Effect, transaction: Transaction, context: RuleContext) -> tuple[Fix, ...]:
    library = transaction.opener.library
    if context.program is None or library is None or library.name != "Django" or effect.via:
        return ()
    return after_commit(context.program, effect.range)
