"""
## What it finds

A count or a list that is filled inside a transaction, where the function goes on after a rollback and uses it: the
handler around the transaction takes the error and does not set the variable anew. Or the callback is one of MongoDB's
`withTransaction`, which may run it several times.

Silent where the variable is what the transaction returns, where the handler sets it anew, where the handler raises
or returns, where nothing but the commit comes behind what fills it, where the transaction only reads, and where the
handler takes only a row that is not found and no read comes behind what fills the variable.

## Why it matters

The rollback takes back the rows, and not the variable. The report says that a hundred rows were imported, and none is
there; the identifiers in the list belong to nothing.

## Example

```python
from django.db import IntegrityError, transaction

from crm.models import Contact

def import_contacts(chunks):
    created = []
    for chunk in chunks:
        try:
            with transaction.atomic():
                for row in chunk:
                    created.append(Contact.objects.create(**row).pk)
        except IntegrityError:
            continue
    return created
```

```python
from django.db import IntegrityError, transaction

from crm.models import Contact

def import_contacts(chunks):
    created = []
    for chunk in chunks:
        try:
            with transaction.atomic():
                added = [Contact.objects.create(**row).pk for row in chunk]
        except IntegrityError:
            continue
        created.extend(added)
    return created
```

## Fix

Fill a variable of its own inside the transaction, and add it to the result behind the commit.

## When not to use it

Where the variable counts attempts, and not what was stored.

## References

- [Django: model state after a rollback](https://docs.djangoproject.com/en/stable/topics/db/transactions/#controlling-transactions-explicitly)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.diagnostic import Diagnostic, Related, Severity
from persistlint.facts import Sign, StaleResult
from persistlint.paths import is_generated, is_migration, is_test
from persistlint.rule import RuleContext, rule

if TYPE_CHECKING:
    from collections.abc import Iterator


@rule(
    "stale-result-after-rollback",
    on=StaleResult,
    severity=Severity.INFO,
    languages=("python", "javascript", "typescript"),
    skips=(is_test, is_migration, is_generated),
    signs=(Sign.CHANGE,),
)
def stale_result_after_rollback(fact: StaleResult, context: RuleContext) -> Iterator[Diagnostic]:
    """Report the first thing that fills a variable which a rollback leaves as it is."""
    yield context.report(
        fact.range,
        f"A rollback does not take this back, and `{fact.name}` is used after it.",
        help="Fill a variable of its own inside the transaction, and add it behind the commit.",
        related=(Related(fact.transaction, "the transaction"),),
    )
