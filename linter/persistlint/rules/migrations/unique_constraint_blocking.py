"""
## What it finds

`ADD UNIQUE` or `ADD PRIMARY KEY` without `USING INDEX`, and a new column that is `UNIQUE` or `PRIMARY KEY`, on a table
that the same script did not make.

## Why it matters

The index is built under an ACCESS EXCLUSIVE lock: until it is there, all reads and writes of the table wait. `NOT
VALID` does not exist for keys.

## Example

```sql dialect=postgres
ALTER TABLE orders ADD CONSTRAINT orders_number_key UNIQUE (number);
```

```sql dialect=postgres
CREATE UNIQUE INDEX CONCURRENTLY orders_number_key ON orders (number);
ALTER TABLE orders ADD CONSTRAINT orders_number_key UNIQUE USING INDEX orders_number_key;
```

## Fix

Build a unique index `CONCURRENTLY`, outside of a transaction, and make it the constraint by `USING INDEX`, which is
quick.

## When not to use it

Where every table is small or the application is stopped for a migration, switch the rule off.

## References

- [PostgreSQL: ALTER TABLE](https://www.postgresql.org/docs/current/sql-altertable.html)
- [PostgreSQL: explicit locking](https://www.postgresql.org/docs/current/explicit-locking.html)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.diagnostic import Severity
from persistlint.rule import RuleContext, rule
from persistlint.schema.changes import AddColumn, AddConstraint
from persistlint.schema.locks import locks
from persistlint.schema.script import Script

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.diagnostic import Diagnostic


@rule("unique-constraint-blocking", on=Script, severity=Severity.WARNING)
def unique_constraint_blocking(script: Script, context: RuleContext) -> Iterator[Diagnostic]:
    """Report every key whose index is built under ACCESS EXCLUSIVE."""
    if script.dialect != "postgres":
        return
    for change in script.forward:
        if not isinstance(change, AddConstraint | AddColumn) or change.is_on_new:
            continue
        constraints = (change.constraint,) if isinstance(change, AddConstraint) else change.column.constraints
        key = next((constraint for constraint in constraints if constraint.is_key and not constraint.index), None)
        if key is None:
            continue
        yield context.report(
            change.range,
            f"The index of the {key.kind.value} is built under a lock of mode {locks(change)[0]}.",
            help="Build a unique index `CONCURRENTLY`, and add the constraint `USING INDEX`.",
        )
