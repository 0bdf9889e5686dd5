"""
## What it finds

An error of a query inside a transaction that is caught and goes no further: the handler neither raises nor rolls back,
and the transaction goes on to commit.

Silent where the statement has a savepoint of its own inside the `try`, where only reads may fail, where the handler
takes the program's own errors alone, where the function is given the transaction and returns `false`, where it returns
before it commits what it began by hand, and where it returns and nothing but the one write was done that failed. On
SQLite and MySQL, which take back the failed statement alone, a loop may go on with the next.

## Why it matters

Half of the change commits. On PostgreSQL it is worse: the failed statement has aborted the transaction, the next one
fails with another error, or the commit silently becomes a rollback.

## Example

```python
from django.db import IntegrityError, transaction

from signup.models import Profile, User

def register(email, tags):
    with transaction.atomic():
        user = User.objects.create(email=email)
        for tag in tags:
            try:
                Profile.objects.create(user=user, tag=tag)
            except IntegrityError:
                continue
```

```python
from django.db import IntegrityError, transaction

from signup.models import Profile, User

def register(email, tags):
    with transaction.atomic():
        user = User.objects.create(email=email)
        for tag in tags:
            try:
                with transaction.atomic():
                    Profile.objects.create(user=user, tag=tag)
            except IntegrityError:
                continue
```

```ts
import { prisma } from "./prisma";

export const register = (email: string) =>
  prisma.$transaction(async (tx) => {
    const user = await tx.user.create({ data: { email } });
    try {
      await tx.profile.create({ data: { userId: user.id } });
    } catch (error) {
      console.error(error);
    }
  });
```

```ts
import { prisma } from "./prisma";

export const register = (email: string) =>
  prisma.$transaction(async (tx) => {
    const user = await tx.user.create({ data: { email } });
    await tx.profile.create({ data: { userId: user.id } });
  });
```

```go
package signup

import (
        "log"

        "gorm.io/gorm"
)

type Tag struct{ Name string }

func Learn(db *gorm.DB, names []string) error {
        return db.Transaction(func(tx *gorm.DB) error {
                for _, name := range names {
                        if err := tx.Create(&Tag{Name: name}).Error; err != nil {
                                log.Print(err)
                        }
                }
                return nil
        })
}
```

```go
package signup

import "gorm.io/gorm"

type Tag struct{ Name string }

func Learn(db *gorm.DB, names []string) error {
        return db.Transaction(func(tx *gorm.DB) error {
                for _, name := range names {
                        if err := tx.Create(&Tag{Name: name}).Error; err != nil {
                                return err
                        }
                }
                return nil
        })
}
```

## Fix

Raise the error again, or put a savepoint around the statement that may fail. The fix does the first where the handler
does no more than log; it is unsafe, for callers see the error then.

## When not to use it

Where the rest is meant to commit without the failed statement, and the database keeps the transaction usable.

## References

- [Django: avoid catching exceptions inside atomic](https://docs.djangoproject.com/en/stable/topics/db/transactions/#controlling-transactions-explicitly)
- [PostgreSQL: current transaction is aborted](https://www.postgresql.org/docs/current/errcodes-appendix.html)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.diagnostic import Diagnostic, Related, Remedy, Severity
from persistlint.facts import Effect, EffectKind, Handled, Sign
from persistlint.fixes.raising import handed_on
from persistlint.fixes.refusal import remedied
from persistlint.paths import is_example, is_generated, is_migration, is_test
from persistlint.rule import RuleContext, rule

if TYPE_CHECKING:
    from collections.abc import Iterator


_SENT = (EffectKind.READ, EffectKind.WRITE, EffectKind.PENDING, EffectKind.SCHEMA)


@rule(
    "swallowed-error-in-transaction",
    on=Handled,
    severity=Severity.WARNING,
    skips=(is_test, is_migration, is_generated, is_example),
    signs=(Sign.CHANGE,),
)
def swallowed_error_in_transaction(fact: Handled, context: RuleContext) -> Iterator[Diagnostic]:
    """Report a handler that lets the transaction around it go on."""
    if fact.transaction is None or fact.raises or fact.undoes:
        return
    failing = [effect for effect in fact.effects if effect.kind in _SENT and effect.transaction == fact.transaction]
    is_told = fact.only_logs or not fact.is_narrow
    if is_told and all(effect.kind is EffectKind.SCHEMA for effect in failing):
        return  # `swallowed-ddl-error` says so
    # Where only a read fails, nothing is missing of what commits.
    if all(_survives(effect) or effect.kind is EffectKind.READ for effect in failing):
        return
    is_quiet = fact.only_logs and not fact.is_expected
    yield context.report(
        fact.range,
        f"The error of `{failing[0].method}` ends here, and the transaction around it goes on to commit.",
        help="Raise it again, or put a savepoint around the statement that may fail.",
        remedy=remedied(context.program, handed_on, fact.range)
        if is_quiet
        else lambda: Remedy(reason="the handler does more than log, and may have dealt with the failure"),
        related=(Related(failing[0].range, "this may fail"), Related(fact.transaction, "the transaction")),
    )


def _survives(effect: Effect) -> bool:
    """Whether the transaction stays usable: SQLite and MySQL take back the failed statement alone, where in a loop the
    others are meant to go on, and a read that finds no row (`findUniqueOrThrow`) fails in the program only."""
    library = effect.handle.library
    is_not_found = effect.kind is EffectKind.READ and effect.method.endswith(("OrThrow", "OrFail"))
    is_one_of_many = bool(effect.place.loops) and "?" in effect.sql
    return is_not_found or is_one_of_many or (library is not None and library.dialect == "sqlite")
