"""
## What it finds

`ALTER TYPE … ADD VALUE`, and the value in a later statement of the same transaction. A type that the transaction itself
made is left alone.

## Why it matters

PostgreSQL refuses the use of a value before the transaction that adds it is committed.

## Example

```sql dialect=postgres
BEGIN;
ALTER TYPE order_state ADD VALUE 'returned';
UPDATE orders SET state = 'returned' WHERE returned_at IS NOT NULL;
COMMIT;
```

```sql dialect=postgres
ALTER TYPE order_state ADD VALUE 'returned';
UPDATE orders SET state = 'returned' WHERE returned_at IS NOT NULL;
```

## Fix

Add the value in a migration of its own, before the one that uses it.

## When not to use it

Where the same text is a value of another type or a plain text, ignore the line.

## References

- [PostgreSQL: ALTER TYPE](https://www.postgresql.org/docs/current/sql-altertype.html)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.diagnostic import Related, Severity
from persistlint.rule import RuleContext, rule
from persistlint.schema.changes import AddEnumValue, CreateEnum, CreateObject
from persistlint.schema.script import Script

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.diagnostic import Diagnostic


@rule("enum-value-used-in-transaction", on=Script, severity=Severity.ERROR)
def enum_value_used_in_transaction(script: Script, context: RuleContext) -> Iterator[Diagnostic]:
    """Report every use of a new enum value in the transaction that adds it."""
    made: set[tuple[int | None, str]] = set()
    added: dict[int, list[AddEnumValue]] = {}
    for change in script.forward:
        number = change.statement.transaction
        if isinstance(change, CreateEnum):
            made.add((number, change.name.key))
        elif isinstance(change, AddEnumValue):
            if number is not None and (number, change.name.key) not in made:
                added.setdefault(number, []).append(change)
        elif number in added and not isinstance(change, CreateObject):
            text = context.file.text(change.range)
            used = next((value for value in added[number] if f"'{value.value}'" in text), None)
            if used is not None:
                yield context.report(
                    change.range,
                    f"`'{used.value}'` cannot be used before the transaction that adds it is committed.",
                    help="Add the value in a migration of its own.",
                    related=(Related(used.range, "the value is added here"),),
                )
