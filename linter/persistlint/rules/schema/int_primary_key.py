"""
## What it finds

A primary key that counts by itself and is an `integer` or smaller: `serial`, `int` with an identity, `INT
AUTO_INCREMENT`.

## Why it matters

Sequences go on after failed inserts and rollbacks, so the 2,147,483,647 numbers are used up before that many rows are
there. Then every insert fails, and the change to `bigint` writes the whole table anew.

## Example

```sql dialect=postgres
CREATE TABLE posts (id serial PRIMARY KEY);
```

```sql dialect=postgres
CREATE TABLE posts (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY);
```

## Fix

Use `bigint`. The fix does so where no foreign key refers to it; it is unsafe, for a program may hold values of the old
type.

## When not to use it

It is off by default: a table of countries needs no `bigint`.

## References

- [PostgreSQL: numeric types](https://www.postgresql.org/docs/current/datatype-numeric.html)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.diagnostic import Severity
from persistlint.fixes.editor import ELSEWHERE, stands_here
from persistlint.fixes.refusal import RefusalError
from persistlint.fixes.scripts import modelled, retyped, scripted
from persistlint.rule import RuleContext, rule
from persistlint.schema.changes import CreateTable
from persistlint.schema.script import Script
from persistlint.schema.types import INTEGERS, base

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.diagnostic import Diagnostic, Fix
    from persistlint.schema.definitions import Column, DataType, Table

_LARGER = {
    **dict.fromkeys(("int", "integer", "int4", "smallint", "int2", "mediumint"), "bigint"),
    **dict.fromkeys(("serial", "serial4", "smallserial", "serial2"), "bigserial"),
}


@rule("int-primary-key", on=Script, changes=(CreateTable,), severity=Severity.WARNING, default=False)
def int_primary_key(script: Script, context: RuleContext) -> Iterator[Diagnostic]:
    """Report every key that runs out after two thousand million rows."""
    if script.dialect == "sqlite":
        return
    for table in script.created:
        key = table.primary_key
        column = table.column(key.columns[0]) if key is not None and len(key.columns) == 1 else None
        if column is None or column.type is None or INTEGERS.get(base(column.type), 8) >= 8:
            continue
        counts = (
            column.is_identity or column.is_serial or (column.default is not None and "nextval" in column.default.calls)
        )
        if counts and script.is_made(column):
            yield context.report(
                column.name_range,
                f"`{column.name}` runs out of numbers as `{column.type.text}`.",
                help="Use `bigint`.",
                remedy=scripted(script, _fix, script, table, column, column.type, context),
            )


def _fix(script: Script, table: Table, column: Column, type: DataType, context: RuleContext) -> tuple[Fix, ...]:
    """The larger type, where no foreign key would have to change with it, on either side. Raises `RefusalError`."""
    if not stands_here(context.file, column):
        raise RefusalError(ELSEWHERE)
    if script.runner.no_drift:
        raise RefusalError(script.runner.no_drift)
    keys = (reference for other in script.final.tables.values() for _, reference in other.foreign_keys)
    is_bound = any(reference.table.key == table.name.key for reference in keys)
    is_bound |= any(column.name in key.columns for key, _ in table.foreign_keys)
    larger = _LARGER.get(type.text.lower().split("(")[0])
    if is_bound:
        raise RefusalError("columns of other tables would have to change with it, to which a foreign key ties it")
    if larger is None or type.is_unsigned:
        raise RefusalError("no larger type of its kind is known")
    text = larger if type.text.islower() else larger.upper()
    return modelled(script, "Use a larger type", retyped(context.file, type.range, text))
