"""
## What it finds

`SET NOT NULL` on a column of a table that the same script did not make, where no validated `CHECK (column IS NOT NULL)`
is known. The columns of one table are one report.

## Why it matters

PostgreSQL reads the whole table under an ACCESS EXCLUSIVE lock, for which all reads and writes wait. From version 12 on
it does not read where a valid check already says that no row is NULL.

## Example

```sql dialect=postgres
ALTER TABLE orders ALTER COLUMN note SET NOT NULL;
```

```sql dialect=postgres
ALTER TABLE orders ADD CONSTRAINT orders_note_nn CHECK (note IS NOT NULL) NOT VALID;
ALTER TABLE orders VALIDATE CONSTRAINT orders_note_nn;
ALTER TABLE orders ALTER COLUMN note SET NOT NULL;
ALTER TABLE orders DROP CONSTRAINT orders_note_nn;
```

## Fix

Add `CHECK (column IS NOT NULL) NOT VALID`, validate it in a transaction of its own, then set `NOT NULL` and drop the
check. The fix does so outside of a transaction; it is unsafe, for where a row is NULL, the check stays behind.

## When not to use it

Where every table is small or the application is stopped for a migration, switch the rule off.

## References

- [PostgreSQL: ALTER TABLE](https://www.postgresql.org/docs/current/sql-altertable.html)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.diagnostic import Related, Severity
from persistlint.fixes.editor import Editor
from persistlint.fixes.naming import NO_NAME, identifier, new_name
from persistlint.fixes.refusal import RefusalError
from persistlint.fixes.scripts import refuse_joined, scripted, unsafe
from persistlint.rule import RuleContext, rule
from persistlint.schema.changes import SetNotNull
from persistlint.schema.definitions import Constraint, ConstraintKind
from persistlint.schema.locks import locks
from persistlint.schema.script import Script
from persistlint.schema.together import by_table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.diagnostic import Diagnostic, Fix


@rule("set-not-null-unsafe", on=Script, changes=(SetNotNull,), severity=Severity.WARNING, momentary=True)
def set_not_null_unsafe(script: Script, context: RuleContext) -> Iterator[Diagnostic]:
    """Report every SET NOT NULL that reads the whole table under its lock."""
    if script.dialect != "postgres":
        return
    for first, *others in by_table(filter(_reads_all, script.of(SetNotNull))):
        yield context.report(
            first.range,
            f"`SET NOT NULL` reads the whole table under a lock of mode {locks(first)[0]}.",
            help=f"Let a validated `CHECK ({first.column} IS NOT NULL)` prove it first.",
            related=tuple(Related(each.range, "this one too") for each in others),
            remedy=scripted(script, _fix, script, first, context),
        )


def _reads_all(change: SetNotNull) -> bool:
    before = change.before
    if not change.is_required or change.is_on_new:
        return False
    return before is None or not (before.requires(change.column) or _is_proven(change.column, before.constraints))


def _fix(script: Script, change: SetNotNull, context: RuleContext) -> tuple[Fix, ...]:
    """A check that proves it, validated before and dropped behind; only outside of a transaction."""
    editor = Editor(script, context.file)
    table, column = editor.text(change.table), identifier(change.column, script.dialect)
    name = identifier(new_name(script, change.table.name, change.column, "not_null"), script.dialect)
    refuse_joined(script, change.statement)
    if not name:
        raise RefusalError(NO_NAME)
    before = editor.before(
        change.statement,
        f"ALTER TABLE {table} ADD CONSTRAINT {name} CHECK ({column} IS NOT NULL) NOT VALID",
        f"ALTER TABLE {table} VALIDATE CONSTRAINT {name}",
    )
    behind = editor.behind(change.statement, f"ALTER TABLE {table} DROP CONSTRAINT {name}")
    return unsafe(script, "Prove it by a check first", *before, *behind)


def _is_proven(column: str, constraints: tuple[Constraint, ...]) -> bool:
    """Whether a valid check says that the column is not NULL, alone or together with other conditions."""
    proof = (column.lower(), "is", "not", "null")
    return any(
        proof == words[start : start + 4]
        for constraint in constraints
        if constraint.kind is ConstraintKind.CHECK and constraint.is_valid and constraint.expression is not None
        for words in [constraint.expression.words]
        if "or" not in words
        for start in range(len(words))
    )
