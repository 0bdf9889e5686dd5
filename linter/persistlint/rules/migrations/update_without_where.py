"""
## What it finds

An `UPDATE` without `WHERE`, or with one that is always true, of a table that the script did not make. A join, a `LIMIT`
and a cursor count as a condition; so does that the script itself adds, renames or alters every column that is set, or a
key over it, which concerns all rows as well, and so does a function of the old value (`lower(email)`), which every row
gets another result of.

## Why it matters

Every row is overwritten, the ones that were already right among them, and there is no way back. On a large table it
also runs for long, with all of its rows locked.

## Example

```sql
UPDATE orders SET status = 'archived';
```

```sql
UPDATE orders SET status = 'archived' WHERE shipped_at < '2020-01-01';
```

## Fix

Say which rows are meant, in batches where they are many.

## When not to use it

Where every row is meant, say so: `WHERE` with a condition that tells which rows still need it can be run again.

## References

- [PostgreSQL: UPDATE](https://www.postgresql.org/docs/current/sql-update.html)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.diagnostic import Severity
from persistlint.rule import RuleContext, rule
from persistlint.schema.changes import (
    AddColumn,
    AddConstraint,
    ChangeType,
    CreateIndex,
    RenameColumn,
    SetNotNull,
    TableChange,
    Update,
)
from persistlint.schema.script import Script

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.diagnostic import Diagnostic


@rule("update-without-where", on=Script, changes=(Update,), severity=Severity.WARNING, momentary=True)
def update_without_where(script: Script, context: RuleContext) -> Iterator[Diagnostic]:
    """Report every UPDATE of all rows."""
    altered = set(_altered(script))
    for change in script.of(Update):
        is_all = change.where is None or change.where.is_true
        is_fill = bool(change.columns) and all((change.table.key, column) in altered for column in change.columns)
        if not is_all or change.is_bounded or change.is_on_new or is_fill or change.is_reworked:
            continue
        yield context.report(
            change.range,
            f"All rows of `{change.table}` are overwritten.",
            help="Say in a `WHERE` which rows are meant.",
        )


def _altered(script: Script) -> Iterator[tuple[str, str]]:
    """The columns, with the keys of their tables, whose values the script has to do with as a whole."""
    for change in script.forward:
        if isinstance(change, TableChange):
            yield from ((change.table.key, name) for name in _columns(change))


def _columns(change: TableChange) -> tuple[str, ...]:
    match change:
        case AddColumn(column=column):
            return (column.name,)
        case RenameColumn(to=name) | ChangeType(name=name) | SetNotNull(column=name):
            return (name,)
        case AddConstraint(constraint=constraint):
            return constraint.columns
        case CreateIndex(index=index):
            return index.columns if index.is_unique else ()
    return ()
