"""
## What it finds

`ALTER COLUMN … TYPE` on a table that the same script did not make, unless PostgreSQL is known to keep the rows as they
are: `varchar` to `text` or to a longer `varchar`, `numeric` to a larger precision with the same scale, `cidr` to
`inet`.

Several columns of a table are one report. Where the old type is not known, it is an `info`, and a change to `text` is
left alone. In MySQL a change is reported where the old type is known and the new one is another.

## Why it matters

Every row and every index is written anew, or at least every row is read, under an ACCESS EXCLUSIVE lock, for which all
reads and writes wait.

## Example

```sql dialect=postgres
ALTER TABLE orders ALTER COLUMN number TYPE bigint USING number::bigint;
```

```sql dialect=postgres
ALTER TABLE orders ALTER COLUMN number TYPE text;
```

## Fix

Add a new column, keep it equal to the old one by a trigger, fill it in batches, and switch over.

## When not to use it

Where every table is small or the application is stopped for a migration, switch the rule off.

## References

- [PostgreSQL: ALTER TABLE](https://www.postgresql.org/docs/current/sql-altertable.html)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.diagnostic import Severity
from persistlint.rule import RuleContext, rule
from persistlint.schema.changes import ChangeType
from persistlint.schema.locks import locks, rewrites_type
from persistlint.schema.script import Script
from persistlint.schema.together import by_table, listed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.diagnostic import Diagnostic


@rule("column-type-change", on=Script, changes=(ChangeType,), severity=Severity.WARNING, momentary=True)
def column_type_change(script: Script, context: RuleContext) -> Iterator[Diagnostic]:
    """Report every change of a type that writes the table anew."""
    if script.dialect not in ("postgres", "mysql"):
        return
    changes = [change for change in script.of(ChangeType) if not change.is_on_new and _may_copy(change, script.dialect)]
    for found in by_table(changes):
        first, *others = sorted(found, key=_is_known, reverse=True)
        known = _is_known(first)
        may = "writes" if known else "may write"
        held = (
            f"under a lock of mode {locks(first)[0]}" if script.dialect == "postgres" else "and blocks writes meanwhile"
        )
        besides = f", and that of {listed([each.name for each in others])}," if others else ""
        yield context.report(
            first.range,
            f"The change of `{first.name}` to `{first.type.text}`{besides} {may} the whole table anew, {held}.",
            help="Add a column of the new type, fill it in batches, and switch over.",
            severity=None if known else Severity.INFO,
        )


def _is_known(change: ChangeType) -> bool:
    """Whether the column is known as it was before."""
    return change.before is not None and change.before.column(change.name) is not None


def _may_copy(change: ChangeType, dialect: str) -> bool:
    """Whether the rows are written anew, as far as is known."""
    if (_copies(change) if dialect == "mysql" else rewrites_type(change)) is False:
        return False
    return _is_known(change) or change.type.name != "text" or change.using is not None


def _copies(change: ChangeType) -> bool:
    """Whether MySQL copies the table: any other type but a longer VARCHAR. What is not known does not."""
    column = change.before.column(change.name) if change.before is not None else None
    if column is None or column.type is None:
        return False
    old, new = column.type, change.type
    if old.name == new.name == "varchar" and old.length and new.length:
        return new.length < old.length or (old.length < 256 <= new.length)
    return (old.name, old.is_unsigned) != (new.name, new.is_unsigned)
