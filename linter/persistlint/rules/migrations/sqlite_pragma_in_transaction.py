"""
## What it finds

`PRAGMA foreign_keys` or `PRAGMA journal_mode` inside a transaction.

## Why it matters

SQLite ignores `foreign_keys` there without a word: a script that means to switch foreign keys off for the rebuild of a
table deletes the rows of its children.

## Example

```sql dialect=sqlite
BEGIN;
PRAGMA foreign_keys = OFF;
DROP TABLE books;
COMMIT;
```

```sql dialect=sqlite
PRAGMA foreign_keys = OFF;
BEGIN;
DROP TABLE books;
PRAGMA foreign_key_check;
COMMIT;
PRAGMA foreign_keys = ON;
```

## Fix

Move it before the `BEGIN`; where the runner opens the transaction, use `PRAGMA defer_foreign_keys = ON`, which works
inside of it, for what it can do. The fix moves it where the script begins its transaction itself; it is unsafe, for it
takes effect then.

## When not to use it

There is hardly a reason to ignore it.

## References

- [SQLite: PRAGMA foreign_keys](https://www.sqlite.org/pragma.html#pragma_foreign_keys)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.diagnostic import Severity
from persistlint.fixes.editor import Editor
from persistlint.fixes.scripts import refuse_joined, scripted, unsafe
from persistlint.rule import RuleContext, rule
from persistlint.schema.changes import Begin, SetVariable
from persistlint.schema.script import OF_RUNNER, Script

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.diagnostic import Diagnostic, Fix


@rule("sqlite-pragma-in-transaction", on=Script, changes=(SetVariable,), severity=Severity.WARNING)
def sqlite_pragma_in_transaction(script: Script, context: RuleContext) -> Iterator[Diagnostic]:
    """Report every PRAGMA that does nothing in a transaction."""
    if script.dialect != "sqlite":
        return
    for change in script.of(SetVariable):
        if change.name == "foreign_keys" and not script.runner.checks_references:
            continue
        if change.name in ("foreign_keys", "journal_mode") and change.statement.transaction is not None:
            yield context.report(
                change.range,
                f"`PRAGMA {change.name}` does nothing in a transaction.",
                help="Move it before the transaction begins.",
                remedy=scripted(script, _fix, script, change, context),
            )


def _fix(script: Script, change: SetVariable, context: RuleContext) -> tuple[Fix, ...]:
    """The statement before the BEGIN of its transaction."""
    begins = [each for each in script.of(Begin) if each.range.start < change.range.start]
    if change.statement.transaction == OF_RUNNER or not begins:
        refuse_joined(script, change.statement)
    editor = Editor(script, context.file)
    before = editor.before(begins[-1].statement, context.file.text(change.statement.range))
    removed = editor.without(change.statement)
    return unsafe(script, "Move it before the transaction", *before, *removed)
