"""
## What it finds

`VACUUM`, `CREATE DATABASE`, `DROP DATABASE`, `ALTER SYSTEM`, `CREATE TABLESPACE`, `REINDEX DATABASE` and their kin
inside a transaction, of the file or of its runner.

## Why it matters

PostgreSQL refuses these statements in a transaction, so the migration fails wherever it is run.

## Example

```sql dialect=postgres
BEGIN;
DELETE FROM sessions WHERE expires < now();
VACUUM sessions;
COMMIT;
```

```sql dialect=postgres
BEGIN;
DELETE FROM sessions WHERE expires < now();
COMMIT;
VACUUM sessions;
```

## Fix

Move the statement behind the `COMMIT`, or to a migration that its runner does not wrap in a transaction. The fix tells
the runner where the file holds nothing else; it is unsafe, for the rest of the file loses its transaction.

## When not to use it

The statement cannot succeed as it is; there is no reason to ignore it.

## References

- [PostgreSQL: VACUUM](https://www.postgresql.org/docs/current/sql-vacuum.html)
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
from persistlint.schema.transactions import is_alone

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.diagnostic import Diagnostic, Fix
    from persistlint.schema.changes import Change


@rule("statement-forbidden-in-transaction", on=Script, severity=Severity.ERROR)
def statement_forbidden_in_transaction(script: Script, context: RuleContext) -> Iterator[Diagnostic]:
    """Report every statement that PostgreSQL refuses in a transaction."""
    if script.dialect != "postgres":
        return
    for change in script.changes:
        if not is_alone(change) or change.statement.transaction is None:
            continue
        is_managed = change.statement.transaction == OF_RUNNER
        why = f", and {script.runner.name} runs this in one" if is_managed else ""
        yield context.report(
            change.range,
            f"`{' '.join(change.statement.words[:2])}` cannot run in a transaction{why}.",
            help="Run it outside of a transaction, in a migration of its own.",
            remedy=scripted(script, _fix, script, change, context),
        )


def _fix(script: Script, change: Change, context: RuleContext) -> tuple[Fix, ...]:
    """Tell the runner, where the file has no other statements that change something."""
    others = (each for each in script.forward if not isinstance(each, SetVariable) and not is_alone(each))
    if any(others):
        raise RefusalError(ALONE)
    switched = without_transaction(Editor(script, context.file), change.statement)
    return unsafe(script, "Run the migration without a transaction", *switched)
