"""
## What it finds

`CREATE INDEX CONCURRENTLY` and its kin (`DROP INDEX`, `REINDEX`, `DETACH PARTITION`) inside a transaction: one that the
file opens, one that the runner of the migration opens around the file, or a `DO` block.

Which runner a file has is told by its name, its annotations and the project around it. A runner that nobody knows is
taken for none.

## Why it matters

PostgreSQL refuses the statement, so the migration fails wherever it is run. `REFRESH MATERIALIZED VIEW CONCURRENTLY` is
the exception: it may run in a transaction.

## Example

```sql dialect=postgres
BEGIN;
CREATE INDEX CONCURRENTLY orders_number_idx ON orders (number);
COMMIT;
```

```sql dialect=postgres
DROP INDEX CONCURRENTLY IF EXISTS orders_number_idx;
CREATE INDEX CONCURRENTLY orders_number_idx ON orders (number);
```

## Fix

Give the statement a migration of its own, and tell the runner not to open a transaction for it; the help of the
diagnostic says how. The fix tells the runner where the file holds nothing else; it is unsafe, for the rest of the file
loses its transaction.

## When not to use it

The statement cannot succeed as it is; there is no reason to ignore it.

## References

- [PostgreSQL: building indexes concurrently](https://www.postgresql.org/docs/current/sql-createindex.html#SQL-CREATEINDEX-CONCURRENTLY)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.diagnostic import Severity
from persistlint.fixes.editor import Editor
from persistlint.fixes.refusal import RefusalError
from persistlint.fixes.runners import without_transaction
from persistlint.fixes.scripts import ALONE, scripted, unsafe
from persistlint.rule import RuleContext, rule
from persistlint.schema.changes import SetVariable
from persistlint.schema.script import OF_RUNNER, Script
from persistlint.schema.transactions import is_concurrent

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.diagnostic import Diagnostic, Fix
    from persistlint.schema.changes import Change


@rule("concurrently-in-transaction", on=Script, severity=Severity.ERROR)
def concurrently_in_transaction(script: Script, context: RuleContext) -> Iterator[Diagnostic]:
    """Report every concurrent statement that runs in a transaction."""
    for change in script.changes:
        if not is_concurrent(change) or change.statement.transaction is None:
            continue
        is_managed = change.statement.transaction == OF_RUNNER
        why = f", and {script.runner.name} runs this in one" if is_managed else ""
        switch = f" Switch it off: {script.runner.switch}." if is_managed and script.runner.switch else ""
        yield context.report(
            change.range,
            f"A statement that works CONCURRENTLY cannot run in a transaction{why}.",
            help=f"Run it outside of a transaction, in a migration of its own.{switch}",
            remedy=scripted(script, _fix, script, change, context),
        )


def _fix(script: Script, change: Change, context: RuleContext) -> tuple[Fix, ...]:
    """Tell the runner, where the file has no other statements that change something."""
    others = (each for each in script.forward if not isinstance(each, SetVariable) and not is_concurrent(each))
    if any(others):
        raise RefusalError(ALONE)
    switched = without_transaction(Editor(script, context.file), change.statement)
    return unsafe(script, "Run the migration without a transaction", *switched)
