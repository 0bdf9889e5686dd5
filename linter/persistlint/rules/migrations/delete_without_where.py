"""
## What it finds

A `DELETE` without `WHERE`, or with one that is always true, of a table that the script did not make. A join, a `LIMIT`
and a cursor count as a condition. A script outside of migrations that empties several tables and does nothing else is
left alone: that is what it is for.

## Why it matters

All rows are gone with the commit, and with them whatever `ON DELETE CASCADE` leads to.

## Example

```sql
DELETE FROM sessions;
```

```sql
DELETE FROM sessions WHERE expires_at < now();
```

## Fix

Say which rows are meant, in batches where they are many.

## When not to use it

Where the table is a cache that may be emptied, ignore the line and say so.

## References

- [PostgreSQL: DELETE](https://www.postgresql.org/docs/current/sql-delete.html)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.diagnostic import Severity
from persistlint.paths import is_migration
from persistlint.rule import RuleContext, rule
from persistlint.schema.changes import Begin, Delete, End, SetVariable, Truncate
from persistlint.schema.script import Script

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.diagnostic import Diagnostic

_SEVERAL = 3  # tables


@rule("delete-without-where", on=Script, changes=(Delete,), severity=Severity.WARNING, momentary=True)
def delete_without_where(script: Script, context: RuleContext) -> Iterator[Diagnostic]:
    """Report every DELETE of all rows."""
    if _empties(script):
        return
    for change in script.of(Delete):
        is_all = change.where is None or change.where.is_true
        if not is_all or change.is_bounded or change.is_on_new:
            continue
        yield context.report(
            change.range,
            f"All rows of `{change.table}` are deleted.",
            help="Say in a `WHERE` which rows are meant.",
        )


def _empties(script: Script) -> bool:
    """Whether a script that is no migration is there to empty tables."""
    tables = {change.table.key for change in script.of(Delete)}
    is_all = all(isinstance(change, Delete | Truncate | Begin | End | SetVariable) for change in script.forward)
    return is_all and len(tables) >= _SEVERAL and not is_migration(script.path)
