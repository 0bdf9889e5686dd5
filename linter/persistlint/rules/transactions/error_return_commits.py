"""
## What it finds

A `return` of something that says failure (an error status, `{ ok: false }`) out of a transaction that has written
before: the block ends normally, so it commits.

Silent where nothing but the one write was done that failed, whose handler returns it or whose count a test asks, where
a helper only saw to it that a row is there (`ensureStats`), and where the way that returns the failure has written
something itself, which is meant to stay then.

## Why it matters

The caller is told that nothing happened, and half of it did.

## Example

```python
from django.db import transaction
from rest_framework.response import Response

from api.models import Booking, Seat

def book(request, seat_id):
    with transaction.atomic():
        booking = Booking.objects.create(seat_id=seat_id)
        seat = Seat.objects.select_for_update().get(pk=seat_id)
        if seat.taken:
            return Response({"error": "taken"}, status=409)
    return Response({"id": booking.pk})
```

```python
from django.db import transaction
from rest_framework.response import Response

from api.models import Booking, Seat

def book(request, seat_id):
    with transaction.atomic():
        seat = Seat.objects.select_for_update().get(pk=seat_id)
        if seat.taken:
            return Response({"error": "taken"}, status=409)
        booking = Booking.objects.create(seat_id=seat_id)
    return Response({"id": booking.pk})
```

```ts
import { prisma } from "./prisma";

export const book = (seatId: string) =>
  prisma.$transaction(async (tx) => {
    await tx.booking.create({ data: { seatId } });
    const seat = await tx.seat.findUniqueOrThrow({ where: { id: seatId } });
    if (seat.taken) return { ok: false, error: "taken" };
    return { ok: true };
  });
```

```ts
import { prisma } from "./prisma";

export const book = (seatId: string) =>
  prisma.$transaction(async (tx) => {
    await tx.booking.create({ data: { seatId } });
    const seat = await tx.seat.findUniqueOrThrow({ where: { id: seatId } });
    if (seat.taken) throw new Error("taken");
    return { ok: true };
  });
```

## Fix

Raise, or roll back before the return; or test before the first write. The fix rolls back by
`transaction.set_rollback(True)` in Django; it is unsafe, for what was written may have been meant to stay.

## When not to use it

Where what was written is meant to stay, such as the record of a failed attempt, ignore the line with that reason.

## References

- [Django: transaction.set_rollback](https://docs.djangoproject.com/en/stable/topics/db/transactions/#django.db.transaction.set_rollback)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.diagnostic import Diagnostic, Related, Severity
from persistlint.facts import ErrorAnswer, Sign
from persistlint.fixes.django import marked_for_rollback
from persistlint.paths import is_generated, is_test
from persistlint.rule import RuleContext, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.diagnostic import Fix


@rule(
    "error-return-commits",
    on=ErrorAnswer,
    severity=Severity.WARNING,
    languages=("python", "javascript", "typescript"),
    skips=(is_test, is_generated),
    signs=(Sign.CHANGE,),
)
def error_return_commits(fact: ErrorAnswer, context: RuleContext) -> Iterator[Diagnostic]:
    """Report a failure that is returned out of a transaction."""
    yield context.report(
        fact.range,
        "This returns a failure, and the transaction commits what was written before.",
        help="Raise an error, or roll back before you return.",
        related=(Related(fact.write, "this is committed"), Related(fact.transaction, "the transaction")),
        fixes=_fix(fact, context) if context.file.language == "python" else (),
    )


def _fix(fact: ErrorAnswer, context: RuleContext) -> tuple[Fix, ...]:
    return marked_for_rollback(context.program, fact.range, fact.transaction) if context.program is not None else ()
