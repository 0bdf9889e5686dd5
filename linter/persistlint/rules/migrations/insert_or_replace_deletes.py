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

Write `ON CONFLICT … DO UPDATE`, or `ON DUPLICATE KEY UPDATE` in MySQL. The fix does so where the table and its one key
are known; it is unsafe, for columns that the row does not name keep their values.

## When not to use it

Where the statement names every column and nothing refers to the table, it does no harm.

## References

- [SQLite: ON CONFLICT](https://www.sqlite.org/lang_conflict.html)
- [MySQL: REPLACE](https://dev.mysql.com/doc/refman/8.4/en/replace.html)
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from persistlint.diagnostic import Edit, Severity
from persistlint.fixes.editor import find, insert
from persistlint.fixes.naming import identifier, identifiers
from persistlint.fixes.refusal import RefusalError
from persistlint.fixes.scripts import scripted, unsafe
from persistlint.regexes import regex
from persistlint.rule import RuleContext, rule
from persistlint.schema.changes import Insert
from persistlint.schema.script import Script

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.diagnostic import Diagnostic, Fix

_VERB = regex(rb"\A(?:INSERT\s+OR\s+REPLACE|REPLACE)\s+INTO\b", re.IGNORECASE)
_RETURNING = regex(rb"\bRETURNING\b|\bON\s+CONFLICT\b|\bSET\b", re.IGNORECASE)


@rule("insert-or-replace-deletes", on=Script, changes=(Insert,), severity=Severity.WARNING, momentary=True)
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
            remedy=scripted(script, _fix, script, change, context),
        )


def _fix(script: Script, change: Insert, context: RuleContext) -> tuple[Fix, ...]:
    """An upsert by the one key of a table that is known, where the row names it and all else that it changes."""
    table, verb = change.before, find(context.file, change.range, _VERB)
    keys = [found.columns for found in table.constraints if found.is_key] if table is not None else []
    keys += [index.columns for index in table.indexes if index.is_unique] if table is not None else []
    if len(keys) != 1 or not set(keys[0]) <= set(change.columns):
        raise RefusalError("nothing here tells the one key of the table by which a row is in the way")
    start, end = change.range.start, change.range.end
    is_plain = change.range == change.statement.range and not _RETURNING.search(context.file.content, start, end)
    if verb is None or change.is_query or not is_plain:
        raise RefusalError("the statement does more than write rows of values")
    others = [identifier(name, script.dialect) for name in change.columns if name not in keys[0]]
    if script.dialect == "mysql":
        sets = ", ".join(f"{name} = VALUES({name})" for name in others)
        clause = f" ON DUPLICATE KEY UPDATE {sets}" if others else ""
    else:
        sets = ", ".join(f"{name} = excluded.{name}" for name in others)
        action = f"DO UPDATE SET {sets}" if others else "DO NOTHING"
        clause = f" ON CONFLICT ({identifiers(keys[0], script.dialect)}) {action}"
    if not clause:
        raise RefusalError("the row has nothing but its key")
    return unsafe(script, "Update the row that is there", Edit(verb, "INSERT INTO"), insert(change.range.end, clause))
