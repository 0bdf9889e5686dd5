"""
## What it finds

An `UPDATE`, `DELETE` or `INSERT … SELECT` on a table that an earlier statement of the same transaction locks in mode
ACCESS EXCLUSIVE, such as `ALTER TABLE`. The first one of a table is reported. One row, chosen by its key, and tables
that the script made are left alone.

## Why it matters

The lock is held to the end of the transaction. The change of the schema alone takes milliseconds; with the rows it
takes as long as they take, and all reads and writes of the table wait.

## Example

```sql dialect=postgres
BEGIN;
ALTER TABLE orders ADD COLUMN label text;
UPDATE orders SET label = 'EU-' || number WHERE label IS NULL;
COMMIT;
```

```sql dialect=postgres
BEGIN;
ALTER TABLE orders ADD COLUMN label text;
COMMIT;
UPDATE orders SET label = 'EU-' || number WHERE id BETWEEN 1 AND 10000;
```

## Fix

Fill the rows in a later migration, in batches, each in a transaction of its own.

## When not to use it

Where every table is small or the application is stopped for a migration, switch the rule off.

## References

- [PostgreSQL: explicit locking](https://www.postgresql.org/docs/current/explicit-locking.html)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.diagnostic import Related, Severity
from persistlint.rule import RuleContext, rule
from persistlint.schema.changes import Change, Delete, Insert, Update
from persistlint.schema.locks import Mode, locks
from persistlint.schema.script import Script

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.diagnostic import Diagnostic


@rule("backfill-in-ddl-transaction", on=Script, severity=Severity.WARNING, momentary=True)
def backfill_in_ddl_transaction(script: Script, context: RuleContext) -> Iterator[Diagnostic]:
    """Report every change of many rows while the transaction holds the table."""
    if script.dialect != "postgres":
        return
    held: dict[tuple[int | None, str], Change] = {}
    told = set()
    for change in script.forward:
        number = change.statement.transaction
        if isinstance(change, Update | Delete | Insert):
            lock = held.get((number, change.table.key))
            is_told = (number, change.table.key) in told
            if lock is None or number is None or is_told or change.is_on_new or not _is_of_many(change):
                continue
            told.add((number, change.table.key))
            yield context.report(
                change.range,
                f"`{change.table}` stays locked for all reads and writes until these rows are done.",
                help="Fill the rows in a transaction of their own, in batches.",
                related=(Related(lock.range, "the lock of mode ACCESS EXCLUSIVE is taken here"),),
            )
        for lock_taken in locks(change):
            if lock_taken.mode is Mode.ACCESS_EXCLUSIVE:
                held.setdefault((number, lock_taken.table.key), change)


def _is_of_many(change: Update | Delete | Insert) -> bool:
    """Whether more than a few rows may be meant: no list of values, no condition on one key."""
    if isinstance(change, Insert):
        return change.is_query
    words = change.where.words if change.where is not None else ()
    return not (len(words) == 3 and words[1] == "=" and (words[0] == "id" or words[0].endswith("_id")))
