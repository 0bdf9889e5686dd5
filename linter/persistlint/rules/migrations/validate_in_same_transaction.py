"""
## What it finds

`VALIDATE CONSTRAINT` of a constraint that the same transaction added as `NOT VALID`.

## Why it matters

The lock of the `ADD CONSTRAINT` is held to the end of the transaction, so the table is read under it: just what `NOT
VALID` was to avoid.

## Example

```sql dialect=postgres
BEGIN;
ALTER TABLE orders ADD CONSTRAINT orders_total_check CHECK (total >= 0) NOT VALID;
ALTER TABLE orders VALIDATE CONSTRAINT orders_total_check;
COMMIT;
```

```sql dialect=postgres
BEGIN;
ALTER TABLE orders ADD CONSTRAINT orders_total_check CHECK (total >= 0) NOT VALID;
COMMIT;
BEGIN;
ALTER TABLE orders VALIDATE CONSTRAINT orders_total_check;
COMMIT;
```

## Fix

Validate in a transaction of its own; where the runner opens one for the file, in the next migration. The fix moves it
behind the `COMMIT`; it is unsafe, for a constraint that does not hold stays behind then.

## When not to use it

Where every table is small, switch the rule off.

## References

- [PostgreSQL: ALTER TABLE](https://www.postgresql.org/docs/current/sql-altertable.html)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.diagnostic import Related, Severity
from persistlint.fixes.editor import Editor
from persistlint.fixes.refusal import RefusalError
from persistlint.fixes.scripts import end_of_transaction, refuse_joined, scripted, unsafe
from persistlint.rule import RuleContext, rule
from persistlint.schema.changes import AddConstraint, TableChange, ValidateConstraint
from persistlint.schema.locks import locks
from persistlint.schema.script import OF_RUNNER, Script

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.diagnostic import Diagnostic, Fix


@rule(
    "validate-in-same-transaction", on=Script, changes=(ValidateConstraint,), severity=Severity.WARNING, momentary=True
)
def validate_in_same_transaction(script: Script, context: RuleContext) -> Iterator[Diagnostic]:
    """Report every constraint that is validated in the transaction that adds it."""
    unproven: dict[tuple[int | None, str, str], AddConstraint] = {
        (change.statement.transaction, change.table.key, change.constraint.name): change
        for change in script.of(AddConstraint)
        if not change.constraint.is_valid and change.statement.transaction is not None
    }
    for change in script.of(ValidateConstraint):
        added = unproven.get((change.statement.transaction, change.table.key, change.name))
        if added is None or change.is_on_new:
            continue
        is_managed = change.statement.transaction == OF_RUNNER
        whose = f"the transaction of {script.runner.name}" if is_managed else "this transaction"
        yield context.report(
            change.range,
            f"`{change.name}` is validated while {whose} still holds a lock of mode {locks(added)[0]}.",
            help="Validate it in a transaction of its own.",
            remedy=scripted(script, _fix, script, change, context),
            related=(Related(added.range, "the lock is taken here"),),
        )


def _fix(script: Script, change: ValidateConstraint, context: RuleContext) -> tuple[Fix, ...]:
    """The statement behind the end of the transaction, unless more is done to the table before that."""
    end = end_of_transaction(script, change.statement)
    later = script.forward[script.forward.index(change) + 1 :]
    same = [each for each in later if each.statement.transaction == change.statement.transaction]
    is_used = any(isinstance(each, TableChange) and each.table.key == change.table.key for each in same)
    if end is None:
        refuse_joined(script, change.statement)
        return ()
    if change.range != change.statement.range or is_used:
        raise RefusalError("more is done to the table before the transaction ends")
    edits = Editor(script, context.file).moved_behind(change.statement, end)
    return unsafe(script, "Validate it behind the COMMIT", *edits)
