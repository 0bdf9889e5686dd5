"""
## What it finds

A change of a type to one that holds fewer values: `bigint` to `integer`, a shorter `varchar`, fewer digits of a
`numeric`, a timestamp to a `date`. The old type must be known, from the migrations before this one. A table that the
same script makes is left alone: it has no rows but those that the script writes itself.

## Why it matters

The migration fails on the first row that does not fit, or values are cut: a change to fewer digits behind the point
rounds every row without a word.

## Example

```sql path=migrations/0001_base.sql beside
CREATE TABLE orders (id bigint PRIMARY KEY, total numeric(12, 4));
```

```sql dialect=postgres path=migrations/0002_total.sql
ALTER TABLE orders ALTER COLUMN total TYPE numeric(12, 2);
```

```sql dialect=postgres path=migrations/0002_total.sql
ALTER TABLE orders ALTER COLUMN total TYPE numeric(14, 4);
```

## Fix

Look for rows that do not fit first, and decide what becomes of them.

## When not to use it

Where it is known that every row fits, ignore the line and say why.

## References

- [PostgreSQL: ALTER TABLE](https://www.postgresql.org/docs/current/sql-altertable.html)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.diagnostic import Severity
from persistlint.rule import RuleContext, rule
from persistlint.schema.changes import ChangeType
from persistlint.schema.script import Script
from persistlint.schema.types import narrows

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.diagnostic import Diagnostic


@rule("narrowing-type-change", on=Script, changes=(ChangeType,), severity=Severity.WARNING, momentary=True)
def narrowing_type_change(script: Script, context: RuleContext) -> Iterator[Diagnostic]:
    """Report every change to a type that cannot hold what the column may hold."""
    for change in script.of(ChangeType):
        column = change.before.column(change.name) if change.before is not None else None
        if column is None or column.type is None or change.is_on_new:
            continue
        if not narrows(column.type, change.type, script.dialect):
            continue
        yield context.report(
            change.range,
            f"`{change.type.text}` does not hold all that `{change.name}` can hold as `{column.type.text}`.",
            help="Look for rows that do not fit before the change.",
        )
