"""
## What it finds

`CREATE INDEX` without `CONCURRENTLY` on a table that the same script did not make.

Indexes of new tables, of temporary tables and of materialized views that the script itself makes are left alone: nobody
waits for them. So are those of a partitioned table, which cannot be built concurrently as a whole.

## Why it matters

The index is built under a SHARE lock: until it is there, and until the transaction ends, every `INSERT`, `UPDATE` and
`DELETE` of the table waits. On a large table that is minutes.

## Example

```sql dialect=postgres
CREATE INDEX orders_number_idx ON orders (number);
```

```sql dialect=postgres
DROP INDEX CONCURRENTLY IF EXISTS orders_number_idx;
CREATE INDEX CONCURRENTLY orders_number_idx ON orders (number);
```

## Fix

Build it `CONCURRENTLY`, outside of a transaction, in a migration of its own. The fix writes the word where no
transaction is in the way, and tells the runner where the file holds nothing but indexes; it is unsafe, for the runner
may still open one.

## When not to use it

Where every table is small or the application is stopped for a migration, switch the rule off.

## References

- [PostgreSQL: building indexes concurrently](https://www.postgresql.org/docs/current/sql-createindex.html#SQL-CREATEINDEX-CONCURRENTLY)
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
from persistlint.schema.changes import CreateIndex, CreateObject, DropIndex, SetVariable
from persistlint.schema.locks import locks
from persistlint.schema.script import OF_RUNNER, Script

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.diagnostic import Diagnostic, Fix

_INDEX = regex(rb"CREATE\s+(?:UNIQUE\s+)?INDEX", re.IGNORECASE)


@rule("index-not-concurrent", on=Script, changes=(CreateIndex,), severity=Severity.WARNING, momentary=True)
def index_not_concurrent(script: Script, context: RuleContext) -> Iterator[Diagnostic]:
    """Report every index that is built on an existing table under a lock."""
    if script.dialect != "postgres":
        return
    # Nobody writes rows of a materialized view.
    views = {change.name.key for change in script.of(CreateObject) if change.kind == "MATERIALIZED VIEW"}
    views |= script.final.views.keys()
    for change in script.of(CreateIndex):
        is_partitioned = change.before is not None and "PARTITION" in change.before.options  # cannot be concurrent
        if change.is_concurrent or change.is_on_new or change.table.key in views or is_partitioned:
            continue
        switch = f" {script.runner.name} allows it by {script.runner.switch}." if script.runner.switch else ""
        word = script.runner.concurrently(context.file.text(change.range))
        yield context.report(
            change.range,
            f"`CREATE INDEX` takes a lock of mode {locks(change)[0]} until it is built.",
            help=f"Build it by `{word}`, outside of a transaction.{switch}",
            remedy=scripted(script, _fix, script, change, context),
        )


def _fix(script: Script, change: CreateIndex, context: RuleContext) -> tuple[Fix, ...]:
    """The word, and where the runner opens a transaction for nothing but indexes, its switch. Raises
    `RefusalError`."""
    written = find(context.file, change.range, _INDEX)
    others = (each for each in script.forward if not isinstance(each, CreateIndex | DropIndex | SetVariable))
    if written is None:
        raise RefusalError("it is part of a statement that does more")
    if change.statement.transaction not in (None, OF_RUNNER):
        refuse_joined(script, change.statement)
    if change.statement.transaction == OF_RUNNER and any(others):
        raise RefusalError(ALONE)
    editor = Editor(script, context.file)
    switched = without_transaction(editor, change.statement)
    word = insert(written.end, editor.like(" CONCURRENTLY", change.statement))
    return unsafe(script, "Build it concurrently", word, *switched)
