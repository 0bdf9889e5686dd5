"""
## What it finds

A transaction for PostgreSQL that locks a second table in mode ACCESS EXCLUSIVE, as most forms of `ALTER TABLE` do,
neither of which the script made. It is reported once, where the second table is locked.

## Why it matters

Every lock is held to the end of the transaction: reads and writes of the first table wait while the second one is
waited for and changed. A transaction of the application that uses both in the other order makes a deadlock, in which
one of the two fails.

## Example

```sql dialect=postgres
BEGIN;
ALTER TABLE orders ADD COLUMN channel text;
ALTER TABLE customers ADD COLUMN channel text;
COMMIT;
```

```sql dialect=postgres
BEGIN;
ALTER TABLE orders ADD COLUMN channel text;
ALTER TABLE orders ADD COLUMN source text;
COMMIT;
```

## Fix

Change each table in a transaction of its own: in a migration of its own, where the runner opens the transaction.

## When not to use it

It is off by default: where all tables are small, nobody notices.

## References

- [PostgreSQL: explicit locking](https://www.postgresql.org/docs/current/explicit-locking.html)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.diagnostic import Severity
from persistlint.rule import RuleContext, rule
from persistlint.schema.changes import CreateTable, TableChange
from persistlint.schema.locks import Mode, locks
from persistlint.schema.script import Script

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.diagnostic import Diagnostic
    from persistlint.schema.definitions import Name


@rule("wide-lock-window", on=Script, severity=Severity.WARNING, default=False, momentary=True)
def wide_lock_window(script: Script, context: RuleContext) -> Iterator[Diagnostic]:
    """Report the second table that a transaction keeps everybody from."""
    if script.dialect != "postgres":
        return
    made: set[str] = set()
    held: dict[int, dict[str, Name]] = {}  # the tables that each transaction locks, by their keys
    reported: set[int] = set()
    for change in script.forward:
        if isinstance(change, CreateTable) or (isinstance(change, TableChange) and change.is_on_new):
            made.add(change.table.key)
        number = change.statement.transaction
        strong = [lock.table for lock in locks(change) if lock.mode is Mode.ACCESS_EXCLUSIVE]
        taken = {table.key: table for table in strong if table.key not in made}
        if number is None or not taken:
            continue
        before = held.setdefault(number, {})
        more = [table for key, table in taken.items() if key not in before]
        if before and more and number not in reported:  # one statement may lock two tables, and has to
            reported.add(number)
            first = next(iter(before.values()))
            yield context.report(
                change.range,
                f"Reads and writes of `{first}` wait while `{more[0]}` is waited for and changed.",
                help="Change each table in a transaction of its own.",
            )
        held[number] = before | taken
