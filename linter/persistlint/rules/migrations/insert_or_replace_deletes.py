"""
## What it finds

`INSERT OR REPLACE` of SQLite and `REPLACE INTO` of SQLite and MySQL, into a table that the script did not make.

## Why it matters

A row with the same key is deleted, and a new one is written: columns that the statement does not name fall back to
their defaults, and `ON DELETE CASCADE` deletes the children of the row.

## Example

```sql dialect=sqlite
INSERT OR REPLACE INTO settings (name, value) VALUES ('theme', 'dark');
```

```sql dialect=sqlite
INSERT INTO settings (name, value) VALUES ('theme', 'dark') ON CONFLICT (name) DO UPDATE SET value = excluded.value;
```

## Fix

Write `ON CONFLICT … DO UPDATE`, or `ON DUPLICATE KEY UPDATE` in MySQL.

## When not to use it

Where the statement names every column and nothing refers to the table, it does no harm.

## References

- [SQLite: ON CONFLICT](https://www.sqlite.org/lang_conflict.html)
- [MySQL: REPLACE](https://dev.mysql.com/doc/refman/8.4/en/replace.html)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.diagnostic import Severity
from persistlint.rule import RuleContext, rule
from persistlint.schema.changes import Insert
from persistlint.schema.script import Script

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.diagnostic import Diagnostic


@rule("insert-or-replace-deletes", on=Script, severity=Severity.WARNING)
def insert_or_replace_deletes(script: Script, context: RuleContext) -> Iterator[Diagnostic]:
    """Report every INSERT that deletes the row in its way."""
    for change in script.of(Insert):
        if not change.replaces or change.is_on_new:
            continue
        remedy = "ON DUPLICATE KEY UPDATE" if script.dialect == "mysql" else "ON CONFLICT … DO UPDATE"
        yield context.report(
            change.range,
            f"A row of `{change.table}` with the same key is deleted, with the columns that are not named here.",
            help=f"Write `{remedy}`.",
        )
