"""
## What it finds

`ALTER COLUMN … TYPE` on a table that the same script did not make, unless PostgreSQL is known to keep the rows as they
are: `varchar` to `text` or to a longer `varchar`, `numeric` to a larger precision with the same scale, `cidr` to
`inet`.

Where the old type is not known, the report is an `info`, and a change to `text` is left alone. In MySQL a change is
reported where the old type is known and the new one is another.

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

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.diagnostic import Diagnostic


@rule("column-type-change", on=Script, severity=Severity.WARNING)
def column_type_change(script: Script, context: RuleContext) -> Iterator[Diagnostic]:
    """Report every change of a type that writes the table anew."""
    if script.dialect not in ("postgres", "mysql"):
        return
    for change in script.of(ChangeType):
        if change.is_on_new:
            continue
        rewrites = _copies(change) if script.dialect == "mysql" else rewrites_type(change)
        is_known = change.before is not None and change.before.column(change.name) is not None
        if rewrites is False or (not is_known and change.type.name == "text" and change.using is None):
            continue
        may = "writes" if is_known else "may write"
        held = (
            f"under a lock of mode {locks(change)[0]}"
            if script.dialect == "postgres"
            else "and blocks writes meanwhile"
        )
        yield context.report(
            change.range,
            f"The change of `{change.name}` to `{change.type.text}` {may} the whole table anew, {held}.",
            help="Add a column of the new type, fill it in batches, and switch over.",
            severity=None if is_known else Severity.INFO,
        )


def _copies(change: ChangeType) -> bool:
    """Whether MySQL copies the table: any other type but a longer VARCHAR. What is not known does not."""
    column = change.before.column(change.name) if change.before is not None else None
    if column is None or column.type is None:
        return False
    old, new = column.type, change.type
    if old.name == new.name == "varchar" and old.length and new.length:
        return new.length < old.length or (old.length < 256 <= new.length)
    return (old.name, old.is_unsigned) != (new.name, new.is_unsigned)
