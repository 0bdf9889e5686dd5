"""
## What it finds

A `BEGIN` or `START TRANSACTION` while a transaction of the same file is open.

## Why it matters

No database nests transactions so. PostgreSQL warns and goes on, and the first `COMMIT` ends both; MySQL commits what
was done so far; SQLite fails.

## Example

```sql dialect=postgres
BEGIN;
UPDATE orders SET status = 'paid' WHERE id = 1;
BEGIN;
UPDATE orders SET status = 'sent' WHERE id = 1;
COMMIT;
COMMIT;
```

```sql dialect=postgres
BEGIN;
UPDATE orders SET status = 'paid' WHERE id = 1;
SAVEPOINT sent;
UPDATE orders SET status = 'sent' WHERE id = 1;
COMMIT;
```

## Fix

Use a `SAVEPOINT`, or end the first transaction before the second begins.

## When not to use it

There is hardly a reason to ignore it.

## References

- [PostgreSQL: SAVEPOINT](https://www.postgresql.org/docs/current/sql-savepoint.html)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.diagnostic import Severity
from persistlint.rule import RuleContext, rule
from persistlint.schema.changes import Begin, End
from persistlint.schema.script import Script

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.diagnostic import Diagnostic

_WHAT_HAPPENS = {
    "mysql": "MySQL commits everything before it",
    "sqlite": "SQLite refuses it",
}


@rule("transaction-nested", on=Script, changes=(Begin,), severity=Severity.WARNING)
def transaction_nested(script: Script, context: RuleContext) -> Iterator[Diagnostic]:
    """Report every BEGIN inside of an open transaction of the file."""
    for section in (script.forward, script.backward):
        is_open = False
        for change in section:
            if isinstance(change, Begin) and is_open:
                what = _WHAT_HAPPENS.get(script.dialect or "", "the first `COMMIT` ends both")
                yield context.report(
                    change.range,
                    f"A transaction is open already: {what}.",
                    help="Use a `SAVEPOINT`, or end the transaction before.",
                )
            is_open = (is_open and not isinstance(change, End)) or isinstance(change, Begin)
