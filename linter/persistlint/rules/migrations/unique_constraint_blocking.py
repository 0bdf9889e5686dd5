"""
## What it finds

`ADD UNIQUE` or `ADD PRIMARY KEY` without `USING INDEX`, and a new column that is `UNIQUE` or `PRIMARY KEY`, on a table
that the same script did not make.

## Why it matters

The index is built under an ACCESS EXCLUSIVE lock: until it is there, all reads and writes of the table wait. `NOT
VALID` does not exist for keys.

## Example

```sql dialect=postgres
ALTER TABLE orders ADD CONSTRAINT orders_number_key UNIQUE (number);
```

```sql dialect=postgres
CREATE UNIQUE INDEX CONCURRENTLY orders_number_key ON orders (number);
ALTER TABLE orders ADD CONSTRAINT orders_number_key UNIQUE USING INDEX orders_number_key;
```

## Fix

Build a unique index `CONCURRENTLY`, outside of a transaction, and make it the constraint by `USING INDEX`, which is
quick. The fix does so outside of a transaction; it is unsafe, for a runner may open one.

## When not to use it

Where every table is small or the application is stopped for a migration, switch the rule off.

## References

- [PostgreSQL: ALTER TABLE](https://www.postgresql.org/docs/current/sql-altertable.html)
- [PostgreSQL: explicit locking](https://www.postgresql.org/docs/current/explicit-locking.html)
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from persistlint.diagnostic import Edit, Severity
from persistlint.fixes.editor import Editor, find, insert
from persistlint.fixes.naming import NO_NAME, identifier, is_taken, new_name
from persistlint.fixes.refusal import RefusalError
from persistlint.fixes.scripts import refuse_joined, scripted, unsafe
from persistlint.regexes import regex
from persistlint.rule import RuleContext, rule
from persistlint.schema.changes import AddColumn, AddConstraint
from persistlint.schema.definitions import ConstraintKind
from persistlint.schema.locks import locks, rewrites
from persistlint.schema.script import Script

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.diagnostic import Diagnostic, Fix

_KEY = regex(rb"(?:UNIQUE|PRIMARY\s+KEY)\s*\([^()]*\)", re.IGNORECASE)
_KEY_PARTS = regex(rb"(UNIQUE|PRIMARY\s+KEY)\s*(\([^()]*\))", re.IGNORECASE)


@rule(
    "unique-constraint-blocking",
    on=Script,
    changes=(AddConstraint, AddColumn),
    severity=Severity.WARNING,
    momentary=True,
)
def unique_constraint_blocking(script: Script, context: RuleContext) -> Iterator[Diagnostic]:
    """Report every key whose index is built under ACCESS EXCLUSIVE."""
    if script.dialect != "postgres":
        return
    for change in script.forward:
        if not isinstance(change, AddConstraint | AddColumn) or change.is_on_new:
            continue
        if isinstance(change, AddColumn) and rewrites(change.column):
            continue  # all indexes are built anew, which another rule says
        constraints = (change.constraint,) if isinstance(change, AddConstraint) else change.column.constraints
        key = next((constraint for constraint in constraints if constraint.is_key and not constraint.index), None)
        if key is None:
            continue
        yield context.report(
            change.range,
            f"The index of the {key.kind.value} is built under a lock of mode {locks(change)[0]}.",
            help="Build a unique index `CONCURRENTLY`, and add the constraint `USING INDEX`.",
            remedy=scripted(script, _fix, script, change, context),
        )


def _fix(script: Script, change: AddConstraint | AddColumn, context: RuleContext) -> tuple[Fix, ...]:
    """The index before the statement, which takes it over; only outside of a transaction. Raises `RefusalError`."""
    if isinstance(change, AddColumn):
        raise RefusalError("the column would have to be there before its index")
    key, editor = change.constraint, Editor(script, context.file)
    written = find(context.file, key.range, _KEY)
    suffix = () if key.kind is ConstraintKind.PRIMARY_KEY else key.columns
    name = key.name or new_name(script, change.table.name, *suffix, "key" if suffix else "pkey")
    refuse_joined(script, change.statement)
    if not name or is_taken(name, change.before):
        raise RefusalError(NO_NAME)
    if not _are_there(script, change):
        raise RefusalError("the statement itself adds a column of the key")
    if written is None or not key.nulls_distinct:
        raise RefusalError("more is said of the key than its columns")
    word, columns = (find(context.file, written, _KEY_PARTS, group) for group in (1, 2))
    index = identifier(name, script.dialect)
    if word is None or columns is None:
        raise RefusalError("more is said of the key than its columns")
    before = editor.before(
        change.statement,
        f"DROP INDEX CONCURRENTLY IF EXISTS {_schema(change, editor)}{index}",
        f"CREATE UNIQUE INDEX CONCURRENTLY {index} ON {editor.text(change.table)} {context.file.text(columns)}",
    )
    named = () if key.name else (insert(key.range.start, f"CONSTRAINT {index} "),)
    return unsafe(script, "Build its index concurrently first", *before, *named, Edit(columns, f"USING INDEX {index}"))


def _are_there(script: Script, change: AddConstraint) -> bool:
    """Whether the columns of a key are there before its statement."""
    added = (each for each in script.of(AddColumn) if each.statement is change.statement)
    return not any(each.column.name in change.constraint.columns for each in added)


def _schema(change: AddConstraint, editor: Editor) -> str:
    """The schema of the table as it is written, in which the index is as well."""
    written = editor.text(change.table)
    return written[: written.rindex(".") + 1] if change.table.schema else ""
