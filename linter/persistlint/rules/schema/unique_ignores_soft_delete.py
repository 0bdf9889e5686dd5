"""
## What it finds

A unique key on a name that people choose (`slug`, `name`, `email`, `code`, `username`, …) in a table whose rows are
marked as deleted (`deleted_at`, `is_deleted`), where the key is not partial and does not have that column in it. A
table of keys or codes that the program makes, such as `license_keys.key`, is left alone.

## Why it matters

The name of a deleted row cannot be used again: nobody sees the row that is in the way.

## Example

```sql dialect=postgres
CREATE TABLE projects (id bigint PRIMARY KEY, slug text NOT NULL UNIQUE, deleted_at timestamptz);
```

```sql dialect=postgres
CREATE TABLE projects (id bigint PRIMARY KEY, slug text NOT NULL, deleted_at timestamptz);
CREATE UNIQUE INDEX projects_slug_key ON projects (slug) WHERE deleted_at IS NULL;
```

## Fix

Make a unique index `WHERE deleted_at IS NULL` in the place of the key. The fix gives an index that condition; it is
unsafe, for an `ON CONFLICT` has to say it too.

## When not to use it

Where a name must never be used again, ignore the line and say so.

## References

- [PostgreSQL: partial indexes](https://www.postgresql.org/docs/current/indexes-partial.html)
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from persistlint.diagnostic import Severity
from persistlint.facts import DECLARING
from persistlint.fixes.editor import find, insert
from persistlint.fixes.naming import identifier
from persistlint.fixes.refusal import RefusalError
from persistlint.fixes.scripts import scripted, unsafe
from persistlint.regexes import regex
from persistlint.rule import RuleContext, rule
from persistlint.schema.changes import CreateIndex
from persistlint.schema.definitions import ConstraintKind, Table
from persistlint.schema.naming import NATURAL_KEYS, SOFT_DELETE_COLUMNS, base_name, words
from persistlint.schema.script import CONSTRAINTS, Script

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.diagnostic import Diagnostic, Fix
    from persistlint.schema.definitions import Column
    from persistlint.source import Range

_MOMENTS = ("timestamptz", "timestamp", "datetime", "date")
# What a code is for that a program makes, and people do not choose.
_OF_MADE = frozenset([
    "access", "auth", "authentication", "authorization", "confirmation", "login", "oauth", "oauth2", "otp", "recovery",
    "reset", "session", "verification",
])  # fmt: skip
_INDEX = regex(rb"\ACREATE\s+UNIQUE\s+INDEX\s.*\)\s*\Z", re.IGNORECASE | re.DOTALL)


@rule(
    "unique-ignores-soft-delete",
    on=Script,
    changes=(*CONSTRAINTS, CreateIndex),
    severity=Severity.WARNING,
    languages=DECLARING,
)
def unique_ignores_soft_delete(script: Script, context: RuleContext) -> Iterator[Diagnostic]:
    """Report every unique key that rows marked as deleted still hold."""
    if script.dialect not in ("postgres", "sqlite"):
        return
    for table, columns, range in _keys(script):
        mark = next((column.name for column in table.columns if column.name in SOFT_DELETE_COLUMNS), None)
        name = next((column for column in columns if column in NATURAL_KEYS), None)
        if mark is None or name is None or mark in columns or _is_what_rows_are(table, name):
            continue
        yield context.report(
            range,
            f"A row that is marked as deleted by `{mark}` still holds its `{name}`, and nobody else can have it.",
            help=f"Make a unique index `WHERE` the row is not deleted, by `{mark}`, in its place.",
            remedy=scripted(script, _fix, script, table.column(mark), range, context),
        )


def _is_what_rows_are(table: Table, column: str) -> bool:
    """Whether the rows of a table are what the column holds, and the program makes it for this row alone, as in
    `license_keys.key` and `login_codes.code`: nobody asks for one that is gone."""
    *kind, last = words(base_name(table.name.name)) or ("",)
    return last == column and (column == "key" or (column == "code" and not _OF_MADE.isdisjoint(kind)))


def _fix(script: Script, mark: Column | None, range: Range, context: RuleContext) -> tuple[Fix, ...]:
    """The condition behind an index; a key that is a constraint cannot have one."""
    written = find(context.file, range, _INDEX)
    if written is None or mark is None or mark.type is None:
        raise RefusalError("a key that is a constraint can have no condition, and a foreign key may refer to it")
    name = identifier(mark.name, script.dialect)
    if mark.type.name not in ("boolean", *_MOMENTS):
        raise RefusalError(f"nothing here tells which `{mark.name}` a row has that is there")
    condition = f"NOT {name}" if mark.type.name == "boolean" else f"{name} IS NULL"
    return unsafe(script, "Leave out rows that are deleted", insert(range.end, f" WHERE {condition}"))


def _keys(script: Script) -> Iterator[tuple[Table, tuple[str, ...], Range]]:
    """The unique keys that the script defines for all rows."""
    for table, constraint in script.constraints():
        if constraint.kind is ConstraintKind.UNIQUE:
            yield table, constraint.columns, constraint.range
    for change in script.of(CreateIndex):
        table_in_the_end = script.final_table(change.table)
        is_for_all = change.index.is_unique and change.index.predicate is None
        if table_in_the_end is not None and is_for_all and script.lasts(change):
            yield table_in_the_end, change.index.columns, change.range
