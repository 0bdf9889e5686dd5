"""
## What it finds

A check or foreign key that is added as `NOT VALID`, and that neither this script nor a later one of the project
validates or drops.

## Why it matters

The constraint holds for new rows only. Old rows may break it, the planner does not trust it, and a dump that contains
such rows cannot be restored.

## Example

```sql dialect=postgres
ALTER TABLE orders ADD CONSTRAINT orders_total_check CHECK (total >= 0) NOT VALID;
```

```sql dialect=postgres
ALTER TABLE orders ADD CONSTRAINT orders_total_check CHECK (total >= 0) NOT VALID;
ALTER TABLE orders VALIDATE CONSTRAINT orders_total_check;
```

## Fix

Validate it in a later migration. The fix validates it in the next transaction of a script that ends its transactions
itself, and else in a new migration, where the names of those beside it and their runner are plain; it is unsafe, for
old rows may not pass.

## When not to use it

Where old rows are known to break it and are to stay, ignore the line and say so.

## References

- [PostgreSQL: ALTER TABLE](https://www.postgresql.org/docs/current/sql-altertable.html)
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from persistlint.diagnostic import Severity
from persistlint.fixes.editor import Editor
from persistlint.fixes.following import following
from persistlint.fixes.naming import identifier
from persistlint.fixes.refusal import explained, first_of
from persistlint.fixes.scripts import end_of_transaction, unsafe
from persistlint.rule import RuleContext, rule
from persistlint.schema.changes import AddConstraint
from persistlint.schema.script import Script

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.diagnostic import Diagnostic, Fix


@rule("constraint-never-validated", on=Script, changes=(AddConstraint,), severity=Severity.WARNING)
def constraint_never_validated(script: Script, context: RuleContext) -> Iterator[Diagnostic]:
    """Report every NOT VALID constraint that nothing validates."""
    for change in script.of(AddConstraint):
        constraint = change.constraint
        table = script.final_table(change.table)
        if constraint.is_valid or not constraint.name or table is None:
            continue
        if any(found.range == constraint.range and not found.is_valid for found in table.constraints):
            yield context.report(
                change.range,
                f"`{constraint.name}` is never validated: it says nothing of the rows that were there before.",
                help=f"`VALIDATE CONSTRAINT {constraint.name}` in a later migration.",
                remedy=explained(_fix, script, change, context),
            )


def _fix(script: Script, change: AddConstraint, context: RuleContext) -> tuple[Fix, ...]:
    """The validation in the next transaction, where the script says when one ends, or else in a new migration. Raises
    `RefusalError`."""
    end, editor = end_of_transaction(script, change.statement), Editor(script, context.file)
    name = identifier(change.constraint.name, script.dialect)
    line, later = (
        f"ALTER TABLE {table} VALIDATE CONSTRAINT {name}"
        for table in (editor.text(change.table), editor.text_later(change.table))
    )

    def here() -> tuple[Fix, ...]:
        return unsafe(script, "Validate it afterwards", *editor.behind(end, line)) if end is not None else ()

    words = f"validate {change.constraint.name}"
    afterwards = partial(following, script, "Validate it in a new migration", words, editor.like(later))
    return first_of((here, afterwards))
