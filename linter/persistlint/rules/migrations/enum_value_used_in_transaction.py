"""
## What it finds

`ALTER TYPE … ADD VALUE`, and the value in a later statement of the same transaction, be it in a view or in a function
in the language SQL, which PostgreSQL checks when it makes them. A type that the transaction itself made is left alone:
PostgreSQL takes its values from version 17 on.

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

from itertools import pairwise
from typing import TYPE_CHECKING

from persistlint.diagnostic import Related, Severity
from persistlint.rule import RuleContext, rule
from persistlint.schema.changes import AddEnumValue, CreateEnum, CreateObject
from persistlint.schema.script import Script

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.diagnostic import Diagnostic
    from persistlint.schema.changes import Change


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
        elif number in added and _is_checked(change):
            text = context.file.text(change.range)
            used = next((value for value in added[number] if f"'{value.value}'" in text), None)
            if used is not None:
                yield context.report(
                    change.range,
                    f"`'{used.value}'` cannot be used before the transaction that adds it is committed.",
                    help="Add the value in a migration of its own.",
                    related=(Related(used.range, "the value is added here"),),
                )


def _is_checked(change: Change) -> bool:
    """Whether PostgreSQL looks at the values in a statement at once, and not when something is called later on."""
    if not isinstance(change, CreateObject):
        return True
    is_sql = ("LANGUAGE", "SQL") in pairwise(change.words)
    return is_sql or change.kind.endswith("VIEW")
