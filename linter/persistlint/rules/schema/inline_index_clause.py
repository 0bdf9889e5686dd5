"""
## What it finds

`INDEX name (columns)`, `KEY name (columns)` or `UNIQUE KEY name (columns)` among the columns of `CREATE TABLE`, in SQL
for PostgreSQL or SQLite.

## Why it matters

Only MySQL and MariaDB know it there. SQLite refuses it as a syntax error; PostgreSQL takes the name for a type.

## Example

```sql dialect=postgres
CREATE TABLE events (id bigint PRIMARY KEY, kind text NOT NULL, INDEX events_kind (kind));
```

```sql dialect=postgres
CREATE TABLE events (id bigint PRIMARY KEY, kind text NOT NULL);
CREATE INDEX events_kind ON events (kind);
```

## Fix

Make the index by a `CREATE INDEX` behind the table. The fix does so.

## When not to use it

The statement cannot succeed as it is; there is no reason to ignore it.

## References

- [PostgreSQL: CREATE TABLE](https://www.postgresql.org/docs/current/sql-createtable.html)
- [SQLite: CREATE TABLE](https://www.sqlite.org/lang_createtable.html)
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from persistlint.diagnostic import Edit, Severity
from persistlint.fixes.editor import Editor, find
from persistlint.fixes.naming import NO_NAME, identifier, index_name
from persistlint.fixes.refusal import RefusalError
from persistlint.fixes.scripts import careful, scripted
from persistlint.regexes import regex
from persistlint.rule import RuleContext, rule
from persistlint.schema.changes import CreateTable
from persistlint.schema.script import Script
from persistlint.source import Range

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.diagnostic import Diagnostic, Fix
    from persistlint.schema.definitions import Index

_UNIQUE_KEY = regex(r"UNIQUE\s+(?:KEY|INDEX)\b", re.IGNORECASE)
_COMMA = regex(rb",\s*\Z")


@rule("inline-index-clause", on=Script, changes=(CreateTable,), severity=Severity.ERROR)
def inline_index_clause(script: Script, context: RuleContext) -> Iterator[Diagnostic]:
    """Report every index in the parentheses of CREATE TABLE where only MySQL has them."""
    if script.dialect not in ("postgres", "sqlite"):
        return
    for change in script.of(CreateTable):
        for index in change.definition.indexes:
            columns = ", ".join(index.columns)
            yield context.report(
                index.range,
                "Only MySQL has indexes among the columns of a table.",
                help=f"`CREATE INDEX {index.name or '…'} ON {change.table} ({columns})` behind the table.",
                remedy=scripted(script, _fix, script, change, index, context),
            )
        for constraint in change.definition.constraints:
            if _UNIQUE_KEY.match(context.file.text(constraint.range)):
                yield context.report(
                    constraint.range,
                    "Only MySQL says `KEY` or `INDEX` behind `UNIQUE`.",
                    help=f"`UNIQUE ({', '.join(constraint.columns)})`",
                )


def _fix(script: Script, change: CreateTable, index: Index, context: RuleContext) -> tuple[Fix, ...]:
    """The index behind the table, without the item and the comma before it."""
    editor = Editor(script, context.file)
    comma = find(context.file, Range(change.range.start, index.range.start), _COMMA)
    word = context.file.text(index.range).upper()
    name = index.name or index_name(script, change.table.name, index.columns, instead_of=index)
    if not word.startswith(("KEY", "INDEX")):
        raise RefusalError("PostgreSQL and SQLite have no index of this kind")
    if comma is None or "" in index.columns:
        raise RefusalError("the index stands first, or has more keys than columns")
    if not name:
        raise RefusalError(NO_NAME)
    line = f"CREATE INDEX {identifier(name, script.dialect)} ON {editor.text(change.table)} ({index.text})"
    edits = editor.behind(change.statement, line)
    gone = Edit(Range(comma.start, index.range.end), "")
    return careful(script, "Make the index behind the table", gone, *edits)
