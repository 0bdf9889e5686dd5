"""
## What it finds

In SQL for SQLite: `ADD CONSTRAINT`, `DROP CONSTRAINT`, `ALTER COLUMN`, `MODIFY`, `ADD COLUMN IF NOT EXISTS`, `DROP
COLUMN IF EXISTS`, several actions in one `ALTER TABLE`, and a new column that is `UNIQUE` or a `PRIMARY KEY`.

## Why it matters

SQLite refuses the statement as a syntax error, or because a new column cannot be unique.

## Example

```sql dialect=sqlite
ALTER TABLE orders ADD CONSTRAINT total_check CHECK (total >= 0);
```

```sql dialect=sqlite
CREATE TABLE orders_new (id INTEGER PRIMARY KEY, total INTEGER CHECK (total >= 0));
INSERT INTO orders_new (id, total) SELECT id, total FROM orders;
DROP TABLE orders;
ALTER TABLE orders_new RENAME TO orders;
```

## Fix

Rebuild the table: make a new one, copy the rows, drop the old one, give the new one its name. For a column that may be
there already, ask `PRAGMA table_info` first. The fix makes a statement of every action of one `ALTER TABLE`.

## When not to use it

The statement cannot succeed as it is; there is no reason to ignore it.

## References

- [SQLite: ALTER TABLE](https://www.sqlite.org/lang_altertable.html)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.diagnostic import Edit, Severity
from persistlint.fixes.editor import Editor, find
from persistlint.fixes.refusal import RefusalError
from persistlint.fixes.scripts import careful, scripted
from persistlint.regexes import regex
from persistlint.rule import RuleContext, rule
from persistlint.schema.changes import (
    AddColumn,
    AddConstraint,
    Change,
    ChangeType,
    DropColumn,
    DropConstraint,
    SetDefault,
    SetNotNull,
    TableChange,
)
from persistlint.schema.script import Script
from persistlint.source import Range

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.diagnostic import Diagnostic, Fix

_COMMA = regex(rb",\s*\Z")


@rule("sqlite-unsupported-alter", on=Script, severity=Severity.ERROR)
def sqlite_unsupported_alter(script: Script, context: RuleContext) -> Iterator[Diagnostic]:
    """Report every ALTER TABLE that SQLite refuses."""
    if script.dialect != "sqlite":
        return
    previous: Change | None = None
    for change in script.forward:
        if change.statement.is_rebuilt:
            continue
        what = _unsupported(change)
        is_second = isinstance(change, TableChange) and previous is not None and previous.statement is change.statement
        if not what and is_second and change.statement.words[:1] == ("ALTER",):
            what = "more than one action in an `ALTER TABLE`"
        if what:
            yield context.report(
                change.range,
                f"SQLite knows no {what}.",
                help="Rebuild the table, or ask `PRAGMA table_info` first.",
                remedy=scripted(script, _split, script, previous if is_second else None, change, context),
            )
        previous = change


def _split(script: Script, previous: Change | None, change: Change, context: RuleContext) -> tuple[Fix, ...]:
    """A statement of its own for an action that another one stands before."""
    if previous is None or not isinstance(change, TableChange) or _unsupported(change):
        raise RefusalError("to rebuild a table takes a copy of all that belongs to it")
    comma = find(context.file, Range(change.statement.range.start, change.range.start), _COMMA)
    editor = Editor(script, context.file)
    if comma is None:
        raise RefusalError("the statement does more than that")
    editor.refuse_crowded(change.statement)
    text = editor.like("ALTER TABLE ", change.statement)
    edit = Edit(comma, f";\n{text}{editor.text(change.table)} ")
    return careful(script, "Make it a statement of its own", edit)


def _unsupported(change: Change) -> str:
    match change:
        case AddConstraint():
            return "`ADD CONSTRAINT`"
        case DropConstraint():
            return "`DROP CONSTRAINT`"
        case ChangeType() | SetNotNull() | SetDefault():
            return "`ALTER COLUMN`"
        case AddColumn(if_not_exists=True):
            return "`ADD COLUMN IF NOT EXISTS`"
        case DropColumn(if_exists=True):
            return "`DROP COLUMN IF EXISTS`"
        case AddColumn(column=column):
            key = next((found for found in column.constraints if found.is_key), None)
            return f"`ADD COLUMN` that is {key.kind.value}" if key is not None else ""
    return ""
