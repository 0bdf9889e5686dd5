"""
## What it finds

A `BEGIN` or `START TRANSACTION` with no `COMMIT`, `END` or `ROLLBACK` behind it in the file.

## Why it matters

When the session ends, the database rolls back everything since the `BEGIN`. The script says nothing, and nothing of it
is there.

## Example

```sql dialect=postgres
BEGIN;
ALTER TABLE orders ADD COLUMN note text;
```

```sql dialect=postgres
BEGIN;
ALTER TABLE orders ADD COLUMN note text;
COMMIT;
```

## Fix

Add the `COMMIT`; it is offered as an unsafe fix, for it may belong elsewhere.

## When not to use it

Where another file goes on with the transaction, ignore the line and say which.

## References

- [PostgreSQL: BEGIN](https://www.postgresql.org/docs/current/sql-begin.html)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.diagnostic import Edit, Severity
from persistlint.fixes.scripts import scripted, unsafe
from persistlint.rule import RuleContext, rule
from persistlint.schema.changes import Begin, End
from persistlint.schema.script import Script
from persistlint.source import Range

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.diagnostic import Diagnostic


@rule("transaction-unclosed", on=Script, changes=(Begin,), severity=Severity.ERROR)
def transaction_unclosed(script: Script, context: RuleContext) -> Iterator[Diagnostic]:
    """Report a transaction that is still open at the end of the file."""
    for section in (script.forward, script.backward):
        begin: Begin | None = None
        is_left = False  # the transaction of the runner, which another one has to stand for in the end
        for change in section:
            if isinstance(change, Begin):
                begin = begin or change
            elif isinstance(change, End):
                is_left |= begin is None and bool(script.runner.wraps)
                begin = None
        if begin is None or is_left:
            continue
        is_forward = begin.statement.is_forward
        end = max(each.range.end for each in script.statements if each.is_forward == is_forward)
        if end <= begin.statement.range.end:
            continue  # nothing follows that could be lost: another file goes on from here
        edit = Edit(Range(end, end), ";\nCOMMIT")
        yield context.report(
            begin.range,
            "This transaction is never committed: what follows is rolled back when the session ends.",
            help="End it with `COMMIT`.",
            remedy=scripted(script, unsafe, script, "Commit at the end", edit),
        )
