"""
## What it finds

`DROP CONSTRAINT` or `DROP FOREIGN KEY` of a constraint that the script did not add, where the script adds no other one
to the table and sets no column `NOT NULL`.

## Why it matters

From then on the database accepts what it refused. Rows that come in meanwhile stand in the way of the constraint when
it is to come back.

## Example

```sql
ALTER TABLE orders DROP CONSTRAINT orders_total_check;
```

```sql
ALTER TABLE orders ADD CONSTRAINT orders_total_check2 CHECK (total >= 0 AND total < 1000000) NOT VALID;
ALTER TABLE orders DROP CONSTRAINT orders_total_check;
```

## Fix

Put another constraint in its place in the same script.

## When not to use it

It is off by default: rules change, and a constraint with them.

## References

- [PostgreSQL: constraints](https://www.postgresql.org/docs/current/ddl-constraints.html)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.diagnostic import Severity
from persistlint.rule import RuleContext, rule
from persistlint.schema.changes import AddConstraint, CreateIndex, DropConstraint, DropTable, SetNotNull
from persistlint.schema.script import Script

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.diagnostic import Diagnostic


@rule("drop-constraint", on=Script, changes=(DropConstraint,), severity=Severity.WARNING, default=False)
def drop_constraint(script: Script, context: RuleContext) -> Iterator[Diagnostic]:
    """Report every constraint that is dropped and not replaced."""
    replaced = {
        change.table.key for change in script.forward if isinstance(change, AddConstraint | SetNotNull | DropTable)
    }
    replaced |= {change.table.key for change in script.of(CreateIndex) if change.index.is_unique}
    for change in script.of(DropConstraint):
        if change.is_on_new or change.table.key in replaced:
            continue
        yield context.report(
            change.range,
            f"`{change.table}` loses the constraint `{change.name or 'PRIMARY KEY'}`, and nothing takes its place.",
            help="Add what takes its place in the same script.",
        )
