"""
## What it finds

`RENAME TO` of a table that the script did not make. A view of the old name, another table that takes the old name, a
copy that takes the place of a table (`users_new` becomes `users`), the part of a migration that undoes it, and SQLite,
whose file belongs to the one program that migrates it, are left alone.

## Why it matters

The release that still runs while the migration does fails on every query of the table, and so does the one that a
rollback brings back.

## Example

```sql
ALTER TABLE orders RENAME TO purchase_orders;
```

```sql
ALTER TABLE orders RENAME TO purchase_orders;
CREATE VIEW orders AS SELECT * FROM purchase_orders;
```

## Fix

Leave a view of the old name behind in the same transaction, and drop it in a later release. The fix makes it in
PostgreSQL; it is unsafe, for somebody has to drop it.

## When not to use it

Where the application is stopped for a migration, switch the rule off.

## References

- [PostgreSQL: ALTER TABLE](https://www.postgresql.org/docs/current/sql-altertable.html)
- [Parallel change](https://martinfowler.com/bliki/ParallelChange.html)
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from persistlint.diagnostic import Severity
from persistlint.fixes.editor import Editor
from persistlint.fixes.refusal import RefusalError
from persistlint.fixes.scripts import scripted, unsafe
from persistlint.regexes import regex
from persistlint.rule import RuleContext, rule
from persistlint.schema.changes import CreateObject, CreateTable, RenameTable
from persistlint.schema.naming import is_copy_of
from persistlint.schema.script import Script

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.diagnostic import Diagnostic, Fix

# PostgreSQL takes `ALTER TABLE` for indexes and sequences as well, and gives them names that end so.
_OF_INDEX = regex(r"_(?:pkey|key|idx|seq|excl)$", re.IGNORECASE)


@rule("rename-table", on=Script, changes=(RenameTable,), severity=Severity.WARNING, momentary=True)
def rename_table(script: Script, context: RuleContext) -> Iterator[Diagnostic]:
    """Report every table that the running release does not find any more."""
    if script.dialect == "sqlite":
        return
    taken = {change.name.key for change in script.of(CreateObject) if change.kind == "VIEW"}
    taken |= {change.table.key for change in script.of(CreateTable)} | {
        change.to.key for change in script.of(RenameTable)
    }
    for change in script.of(RenameTable):
        if change.is_on_new or change.table.key in taken or is_copy_of(change.table.name, change.to.name):
            continue
        if change.before is None and _OF_INDEX.search(change.table.name):
            continue
        yield context.report(
            change.range,
            f"A release that still runs does not find `{change.table}` under its new name `{change.to}`.",
            help=f"Leave a view `{change.table}` behind until no release uses it.",
            remedy=scripted(script, _fix, script, change, context),
        )


def _fix(script: Script, change: RenameTable, context: RuleContext) -> tuple[Fix, ...]:
    """A view of the old name, in the same transaction."""
    if script.dialect != "postgres" or change.statement.transaction is None:
        raise RefusalError("the view would come in another transaction, after a time without either name")
    editor = Editor(script, context.file)
    old = editor.text(change.table)
    new = f"{old[: old.rindex('.') + 1] if change.table.schema else ''}{editor.text(change.to)}"
    has_rows = change.before is not None and change.before.has_row_security
    guard = " WITH (security_invoker = true)" if has_rows else ""
    edits = editor.behind(change.statement, f"CREATE VIEW {old}{guard} AS SELECT * FROM {new}")
    return unsafe(script, "Leave a view of the old name behind", *edits)
