"""
## What it finds

A primary key of SQLite that is no `INTEGER PRIMARY KEY` and has a column without `NOT NULL`, in a table that is neither
`WITHOUT ROWID` nor `STRICT`.

## Why it matters

SQLite accepts NULL in such a key, in any number of rows: an old defect that is kept for compatibility.

## Example

```sql dialect=sqlite
CREATE TABLE sessions (token TEXT PRIMARY KEY, user_name TEXT NOT NULL);
```

```sql dialect=sqlite
CREATE TABLE sessions (token TEXT NOT NULL PRIMARY KEY, user_name TEXT NOT NULL);
```

## Fix

Say `NOT NULL`. The fix does so; it is unsafe, for rows without a key are refused then.

## When not to use it

It is off by default: where every insert names the key, it never is NULL.

## References

- [SQLite: quirks](https://www.sqlite.org/quirks.html#primary_keys_can_sometimes_contain_nulls)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.diagnostic import Severity
from persistlint.fixes.editor import ELSEWHERE, insert, stands_here
from persistlint.fixes.refusal import RefusalError
from persistlint.fixes.scripts import scripted, unsafe
from persistlint.rule import RuleContext, rule
from persistlint.schema.changes import CreateTable
from persistlint.schema.script import Script

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.diagnostic import Diagnostic, Fix
    from persistlint.schema.definitions import Column


@rule("sqlite-nullable-primary-key", on=Script, changes=(CreateTable,), severity=Severity.WARNING, default=False)
def sqlite_nullable_primary_key(script: Script, context: RuleContext) -> Iterator[Diagnostic]:
    """Report every primary key of SQLite that may be NULL."""
    if script.dialect != "sqlite":
        return
    for table in script.created:
        key = table.primary_key
        if key is None or {"ROWID", "STRICT"} & set(table.options):
            continue
        columns = [column for name in key.columns if (column := table.column(name)) is not None]
        is_rowid = len(columns) == 1 and columns[0].type is not None and columns[0].type.text.upper() == "INTEGER"
        for column in columns:
            if not is_rowid and not column.is_required and script.is_made(column):
                yield context.report(
                    column.name_range,
                    f"`{column.name}` may be NULL in any number of rows, although it is the primary key.",
                    help="Say `NOT NULL`.",
                    remedy=scripted(script, _fix, script, column, context),
                )


def _fix(script: Script, column: Column, context: RuleContext) -> tuple[Fix, ...]:
    """NOT NULL behind the column. Raises `RefusalError`."""
    if not stands_here(context.file, column):
        raise RefusalError(ELSEWHERE)
    return unsafe(script, "Say NOT NULL", insert(column.range.end, " NOT NULL"))
