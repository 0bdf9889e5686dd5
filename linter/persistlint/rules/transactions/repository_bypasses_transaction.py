"""
## What it finds

In Go, a method of a repository that sends a statement through the field that holds the database (`r.db`), although the
repository has a method that gives the transaction of a context if there is one (`r.getDB(ctx)`), or asks a function of
the file for it elsewhere (`dbFrom(ctx, r.db)`).

Silent for methods without a context, and for what begins a transaction of its own.

## Why it matters

A caller that runs several methods in one transaction believes this one to be part of it. It is not: it writes although
the transaction is rolled back, does not see what was written before, and waits for the locks of its own caller.

## Example

```go
package store

import (
        "context"

        "gorm.io/gorm"
)

type Contacts struct{ db *gorm.DB }

func (r *Contacts) getDB(ctx context.Context) *gorm.DB {
        if tx, ok := ctx.Value(txKey{}).(*gorm.DB); ok {
                return tx
        }
        return r.db.WithContext(ctx)
}

func (r *Contacts) Save(ctx context.Context, contact *Contact) error {
        return r.db.WithContext(ctx).Save(contact).Error
}
```

```go
package store

import (
        "context"

        "gorm.io/gorm"
)

type Contacts struct{ db *gorm.DB }

func (r *Contacts) getDB(ctx context.Context) *gorm.DB {
        if tx, ok := ctx.Value(txKey{}).(*gorm.DB); ok {
                return tx
        }
        return r.db.WithContext(ctx)
}

func (r *Contacts) Save(ctx context.Context, contact *Contact) error {
        return r.getDB(ctx).Save(contact).Error
}
```

## Fix

Ask the method for the database. The fix does so; it is unsafe, for the statement is then part of the transaction of its
caller.

## When not to use it

Where a statement is to stay even if the transaction is rolled back (a log, a counter of attempts), ignore the line.

## References

- [GORM: transactions](https://gorm.io/docs/transactions.html)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.diagnostic import Applicability, Edit, Fix, Severity
from persistlint.facts import Bypass
from persistlint.rule import RuleContext, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.diagnostic import Diagnostic


@rule("repository-bypasses-transaction", on=Bypass, severity=Severity.WARNING, languages=("go",))
def repository_bypasses_transaction(found: Bypass, context: RuleContext) -> Iterator[Diagnostic]:
    """Report every statement that a transaction in the context does not hold."""
    yield context.report(
        found.range,
        f"This statement is not part of the transaction that `{found.getter}` finds in the context.",
        help=f"Send it through `{found.getter}`.",
        fixes=(Fix(f"Send it through {found.getter}", (Edit(found.range, found.getter),), Applicability.UNSAFE),),
    )
