"""
## What it finds

In a new table: an amount of money, a quantity or a percentage without a `CHECK`, and a text called `status`, `state`,
`role` or `kind` without a `CHECK` and without a foreign key.

## Why it matters

A negative price, a percentage of 1000 and a state that no program knows are all accepted, and found much later.

## Example

```sql dialect=postgres
CREATE TABLE stock (id bigint PRIMARY KEY, quantity integer NOT NULL, status text NOT NULL);
```

```sql dialect=postgres
CREATE TABLE stock (
    id bigint PRIMARY KEY,
    quantity integer NOT NULL CHECK (quantity >= 0),
    status text NOT NULL CHECK (status IN ('new', 'sold'))
);
```

## Fix

Add a `CHECK`; for a text with few values an enum or a table of its own does as well. The fix refuses negative numbers;
it is unsafe, for such rows are refused then.

## When not to use it

It is off by default: what a column may hold is a question of meaning.

## References

- [PostgreSQL: constraints](https://www.postgresql.org/docs/current/ddl-constraints.html)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.diagnostic import Severity
from persistlint.fixes.editor import Editor
from persistlint.fixes.refusal import RefusalError
from persistlint.fixes.scripts import scripted, unsafe
from persistlint.rule import RuleContext, rule
from persistlint.schema.changes import CreateTable
from persistlint.schema.naming import QUANTITIES, STATES, is_money, words
from persistlint.schema.script import Script
from persistlint.schema.types import FLOATS, INTEGERS, TEXTS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.diagnostic import Diagnostic, Fix
    from persistlint.schema.definitions import Column

_NUMBERS = frozenset({*INTEGERS, *FLOATS, "numeric"})


@rule("check-missing", on=Script, changes=(CreateTable,), severity=Severity.WARNING, default=False)
def check_missing(script: Script, context: RuleContext) -> Iterator[Diagnostic]:
    """Report every number and state of a new table that may be anything."""
    for table in script.created:
        bound = {name for constraint, _ in table.foreign_keys for name in constraint.columns}
        for column in table.columns:
            what = _what(column)
            if not what or column.name in bound or table.checks(column.name) or not script.is_made(column):
                continue
            yield context.report(
                column.name_range,
                f"`{column.name}` may be any {what}.",
                help="Add a `CHECK`.",
                remedy=scripted(script, _fix, script, column, what, context),
            )


def _fix(script: Script, column: Column, what: str, context: RuleContext) -> tuple[Fix, ...]:
    """That the number is none below zero. Raises `RefusalError`."""
    if what == "text":
        raise RefusalError("nothing here lists the texts that are meant")
    if column.type is not None and column.type.is_unsigned:
        raise RefusalError("it is not negative anyway, and nothing here tells another limit")
    if script.dialect == "mysql" and b"COMMENT" in context.file.content.upper():
        raise RefusalError("a `COMMENT` of the column would have to stand behind it")
    condition = f"{context.file.text(column.name_range)} >= 0"
    return unsafe(script, "Refuse negative numbers", *Editor(script, context.file).checked(column, condition))


def _what(column: Column) -> str:
    type = column.type.name if column.type is not None else ""
    parts = set(words(column.name))
    if type in _NUMBERS and (is_money(column.name) or parts & QUANTITIES) and not column.generated:
        return "number, a negative one as well"
    return "text" if type in TEXTS and parts & STATES and len(parts) == 1 else ""
