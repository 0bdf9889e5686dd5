"""
## What it finds

`ADD CONSTRAINT … CHECK` or `FOREIGN KEY` without `NOT VALID` on a table that the same script did not make; a new column
with a `CHECK`; a new column with a default and `REFERENCES`.

A new column that refers to another table and has no default is left alone: it holds nothing, and PostgreSQL does not
look.

## Why it matters

PostgreSQL reads the whole table while it holds the lock. For a check that is ACCESS EXCLUSIVE, for which all reads and
writes wait; for a foreign key it is SHARE ROW EXCLUSIVE on both tables, for which all writes wait.

## Example

```sql dialect=postgres
ALTER TABLE orders ADD CONSTRAINT orders_total_check CHECK (total >= 0);
```

```sql dialect=postgres
ALTER TABLE orders ADD CONSTRAINT orders_total_check CHECK (total >= 0) NOT VALID;
```

## Fix

Add it as `NOT VALID`, which holds for every new row at once, and `VALIDATE CONSTRAINT` in a later transaction, which
lets reads and writes go on. The fix writes both where the script ends its transactions itself; where the runner does,
it writes the first, and that of `constraint-never-validated` makes a new migration for the other. It is unsafe, for a
constraint that does not hold stays behind then.

## When not to use it

Where every table is small or the application is stopped for a migration, switch the rule off.

## References

- [PostgreSQL: ALTER TABLE](https://www.postgresql.org/docs/current/sql-altertable.html)
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from persistlint.diagnostic import Severity
from persistlint.fixes.editor import Editor, find, insert
from persistlint.fixes.following import next_name
from persistlint.fixes.naming import identifier, new_name
from persistlint.fixes.refusal import RefusalError
from persistlint.fixes.scripts import end_of_transaction, scripted, unsafe
from persistlint.regexes import regex
from persistlint.rule import RuleContext, rule
from persistlint.schema.changes import AddColumn, AddConstraint
from persistlint.schema.definitions import Constraint, ConstraintKind
from persistlint.schema.locks import Mode, locks
from persistlint.schema.script import Script
from persistlint.schema.together import listed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.diagnostic import Diagnostic, Fix

_SCANNED = (ConstraintKind.CHECK, ConstraintKind.FOREIGN_KEY)

_GUARD = regex(rb"^ALTER\s+TABLE\s+IF\s+EXISTS\b", re.IGNORECASE)


@rule(
    "constraint-not-valid-missing",
    on=Script,
    changes=(AddConstraint, AddColumn),
    severity=Severity.WARNING,
    momentary=True,
)
def constraint_not_valid_missing(script: Script, context: RuleContext) -> Iterator[Diagnostic]:
    """Report every check and foreign key whose rows are checked under the lock that adds it."""
    if script.dialect != "postgres":
        return
    for change in script.forward:
        if not isinstance(change, AddConstraint | AddColumn) or change.is_on_new:
            continue
        constraint = _scanned(change)
        if constraint is None:
            continue
        taken: dict[Mode, dict[str, None]] = {}
        for lock in locks(change):
            taken.setdefault(lock.mode, {})[str(lock.table)] = None
        held = "; ".join(f"{mode.value}: {mode.waits} of {listed([*tables])} wait" for mode, tables in taken.items())
        what = "foreign key" if constraint.kind is ConstraintKind.FOREIGN_KEY else "check"
        yield context.report(
            change.range,
            f"The {what} is tested on every row under a lock of mode {held}.",
            help=f"Add it as {script.runner.not_valid or '`NOT VALID`'}, and `VALIDATE CONSTRAINT` in a later"
            " transaction.",
            remedy=scripted(script, _fix, script, change, context),
        )


def _fix(script: Script, change: AddConstraint | AddColumn, context: RuleContext) -> tuple[Fix, ...]:
    """NOT VALID, and the validation in the next transaction, where the script itself says when one ends. Raises
    `RefusalError`."""
    if isinstance(change, AddColumn):
        raise RefusalError("what is said of a column cannot be `NOT VALID`")
    end = end_of_transaction(script, change.statement)
    editor = Editor(script, context.file)
    table, constraint = editor.text(change.table), change.constraint
    name = constraint.name or new_name(script, change.table.name, *constraint.columns, "fkey")
    if not name or (not constraint.name and not constraint.columns):
        raise RefusalError("the constraint has no name by which it could be validated")
    editor.refuse_crowded(change.statement)
    written = identifier(name, script.dialect)
    marks = [insert(constraint.range.end, editor.like(" NOT VALID", change.statement))]
    if not constraint.name:
        marks.append(insert(constraint.range.start, editor.like(f"CONSTRAINT {written} ", change.statement)))
    if end is None:
        # The runner commits at the end of the file: the validation is for the next one.
        if next_name(script, f"validate {name}") is None:
            raise RefusalError("it would have to be validated in a later migration, and nothing tells its name")
        return unsafe(script, "Add it as NOT VALID", *marks)
    guard = "IF EXISTS " if find(context.file, change.statement.range, _GUARD) else ""
    validation = editor.behind(end, f"ALTER TABLE {guard}{table} VALIDATE CONSTRAINT {written}")
    if validation[0].range == marks[0].range:  # the statement has no semicolon
        marks[0] = insert(validation[0].range.start, marks[0].text + validation[0].text)
        validation = validation[1:]
    return unsafe(script, "Add it as NOT VALID, and validate it afterwards", *marks, *validation)


def _scanned(change: AddConstraint | AddColumn) -> Constraint | None:
    """The constraint for which the table is read."""
    if isinstance(change, AddConstraint):
        is_scanned = change.constraint.kind in _SCANNED and change.constraint.is_valid
        return change.constraint if is_scanned else None
    check = change.column.constraint(ConstraintKind.CHECK)
    return check or (change.column.constraint(ConstraintKind.FOREIGN_KEY) if change.column.has_value else None)
