"""
## What it finds

`DROP INDEX` without `CONCURRENTLY` of an index that the same script did not make, on a table that it did not make.
Several indexes in one statement are one report. One of a column that the script drops as well is left alone, and so is
a script that takes a whole database away and says so by its name.

## Why it matters

`DROP INDEX` takes an ACCESS EXCLUSIVE lock on the table. The drop itself is quick, but it waits for every query that
runs, and every query that comes after it waits as well.

## Example

```sql dialect=postgres
DROP INDEX orders_number_idx;
```

```sql dialect=postgres
DROP INDEX CONCURRENTLY IF EXISTS orders_number_idx;
```

## Fix

Drop it `CONCURRENTLY`, outside of a transaction. The fix writes the word where no transaction is in the way, and tells
the runner where the file holds nothing but indexes; it is unsafe, for the runner may still open one.

## When not to use it

Where the application is stopped for a migration, switch the rule off.

## References

- [PostgreSQL: DROP INDEX](https://www.postgresql.org/docs/current/sql-dropindex.html)
- [PostgreSQL: explicit locking](https://www.postgresql.org/docs/current/explicit-locking.html)
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from persistlint.diagnostic import Severity
from persistlint.fixes.editor import Editor, find, insert
from persistlint.fixes.refusal import RefusalError
from persistlint.fixes.runners import without_transaction
from persistlint.fixes.scripts import ALONE, refuse_joined, scripted, unsafe
from persistlint.regexes import regex
from persistlint.rule import RuleContext, rule
from persistlint.schema.changes import CreateIndex, DropColumn, DropIndex, DropObject, DropTable, SetVariable
from persistlint.schema.script import OF_RUNNER, Script

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.diagnostic import Diagnostic, Fix

_DROP = regex(rb"DROP\s+INDEX", re.IGNORECASE)


@rule("index-drop-not-concurrent", on=Script, changes=(DropIndex,), severity=Severity.WARNING, momentary=True)
def index_drop_not_concurrent(script: Script, context: RuleContext) -> Iterator[Diagnostic]:
    """Report every index that is dropped under a lock on its table."""
    if script.dialect != "postgres" or script.is_teardown:
        return
    made = {change.index.name: change for change in script.of(CreateIndex)}
    gone = {change.table.key for change in script.of(DropTable)}
    gone |= {change.name.key for change in script.of(DropObject) if change.kind.endswith("VIEW")}
    told = set()
    for change in script.of(DropIndex):
        own = made.get(change.name.name)  # made before, or anew on a table of the script
        if own is not None and (own.is_on_new or script.position(own) < script.position(change)):
            continue
        if change.is_concurrent or (
            change.table is not None and (change.table.is_new or change.table.name.key in gone)
        ):
            continue
        if change.statement.range in told or _goes_with_column(script, change):
            continue
        told.add(change.statement.range)
        table = f"`{change.table.name}`" if change.table is not None else "its table"
        word = script.runner.concurrently(context.file.text(change.range))
        yield context.report(
            change.range,
            f"`DROP INDEX` takes a lock of mode ACCESS EXCLUSIVE on {table}: reads and writes of it wait.",
            help=f"Drop it by `{word}`, outside of a transaction, in a migration of its own.",
            remedy=scripted(script, _fix, script, change, context),
        )


def _goes_with_column(script: Script, change: DropIndex) -> bool:
    """Whether the script drops a column of the index, with which PostgreSQL drops it, under the same lock."""
    table = change.table
    index = next((each for each in table.indexes if each.name == change.name.name), None) if table else None
    if table is None or index is None:
        return False
    dropped = {each.column for each in script.of(DropColumn) if each.table.key == table.name.key}
    return not dropped.isdisjoint(index.columns)


def _fix(script: Script, change: DropIndex, context: RuleContext) -> tuple[Fix, ...]:
    """The word, and where the runner opens a transaction for nothing but indexes, its switch."""
    written = find(context.file, change.range, _DROP)
    others = (each for each in script.forward if not isinstance(each, CreateIndex | DropIndex | SetVariable))
    names = sum(each.statement is change.statement for each in script.of(DropIndex))  # only one can be concurrent
    if written is None or change.range != change.statement.range:
        raise RefusalError("it is part of a statement that does more")
    if names > 1 or change.is_cascade:
        raise RefusalError("PostgreSQL drops only one index concurrently, and none with `CASCADE`")
    if change.statement.transaction not in (None, OF_RUNNER):
        refuse_joined(script, change.statement)
    if change.statement.transaction == OF_RUNNER and any(others):
        raise RefusalError(ALONE)
    editor = Editor(script, context.file)
    switched = without_transaction(editor, change.statement)
    word = insert(written.end, editor.like(" CONCURRENTLY", change.statement))
    return unsafe(script, "Drop it concurrently", word, *switched)
