"""
## What it finds

`INSERT INTO table VALUES (…)` without the names of the columns, into a table that the script did not make.

## Why it matters

The values go into whatever columns the table has, in their order. A column that is added or moved breaks the statement,
or lets a value into the wrong one.

## Example

```sql
INSERT INTO regions VALUES ('eu', 'Europe');
```

```sql
INSERT INTO regions (code, label) VALUES ('eu', 'Europe');
```

## Fix

Name the columns. The fix names all of them where the table is known.

## When not to use it

It is off by default, for dumps are written so.

## References

- [PostgreSQL: INSERT](https://www.postgresql.org/docs/current/sql-insert.html)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.diagnostic import Severity
from persistlint.fixes.editor import insert
from persistlint.fixes.naming import identifiers
from persistlint.fixes.refusal import RefusalError
from persistlint.fixes.scripts import careful, scripted
from persistlint.rule import RuleContext, rule
from persistlint.schema.changes import Insert
from persistlint.schema.script import Script
from persistlint.sql.rows import value_rows

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.diagnostic import Diagnostic, Fix


@rule("insert-without-columns", on=Script, changes=(Insert,), severity=Severity.INFO, default=False)
def insert_without_columns(script: Script, context: RuleContext) -> Iterator[Diagnostic]:
    """Report every INSERT that depends on the order of columns."""
    for change in script.of(Insert):
        words = change.statement.words
        if (
            not change.columns
            and not change.is_on_new
            and not change.is_query
            and "DEFAULT" not in words
            and "SET" not in words
        ):
            yield context.report(
                change.range,
                "The values depend on the order of the columns of the table.",
                help="Name the columns.",
                remedy=scripted(script, _fix, script, change, context),
            )


def _fix(script: Script, change: Insert, context: RuleContext) -> tuple[Fix, ...]:
    """All columns of a table that is known, where there are as many values."""
    table = change.before
    columns = tuple(column.name for column in table.columns if not column.generated) if table is not None else ()
    text = context.file.content[change.table.range.end : change.range.end].decode("utf-8", "replace")
    rows = value_rows(text, script.dialect)
    if table is None or not table.is_complete or not columns:
        raise RefusalError("nothing here tells the columns of the table")
    if not rows or any(row != len(columns) for row in rows):
        raise RefusalError("the table has another number of columns than the rows have values")
    names = identifiers(columns, script.dialect, context.file.text(change.table.range))
    return careful(script, "Name the columns", insert(change.table.range.end, f" ({names})"))
