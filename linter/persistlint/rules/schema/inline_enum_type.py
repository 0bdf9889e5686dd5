"""
## What it finds

A column of the type `ENUM('a', 'b')` in SQL for PostgreSQL or SQLite.

## Why it matters

Only MySQL and MariaDB have it: PostgreSQL knows no type of that name, and SQLite refuses the texts as a syntax error.

## Example

```sql dialect=postgres
CREATE TABLE orders (id bigint PRIMARY KEY, status ENUM('new', 'paid') NOT NULL);
```

```sql dialect=postgres
CREATE TYPE order_status AS ENUM ('new', 'paid');
CREATE TABLE orders (id bigint PRIMARY KEY, status order_status NOT NULL);
```

## Fix

Make a type by `CREATE TYPE … AS ENUM` in PostgreSQL, or a `text` with a `CHECK` in either. The fix writes the `CHECK`.

## When not to use it

The statement cannot succeed as it is; there is no reason to ignore it.

## References

- [PostgreSQL: enumerated types](https://www.postgresql.org/docs/current/datatype-enum.html)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.diagnostic import Edit, Severity
from persistlint.fixes.refusal import RefusalError
from persistlint.fixes.scripts import careful, scripted
from persistlint.rule import RuleContext, rule
from persistlint.schema.script import COLUMNS, Script

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.diagnostic import Diagnostic, Fix
    from persistlint.schema.definitions import Column, DataType


@rule("inline-enum-type", on=Script, changes=COLUMNS, severity=Severity.ERROR)
def inline_enum_type(script: Script, context: RuleContext) -> Iterator[Diagnostic]:
    """Report every ENUM type that only MySQL has."""
    if script.dialect not in ("postgres", "sqlite"):
        return
    for _, column, _final in script.columns():
        if column.type is None or column.type.name not in ("enum", "set") or not column.type.arguments:
            continue
        remedy = "`CREATE TYPE … AS ENUM`" if script.dialect == "postgres" else "a `CHECK`"
        yield context.report(
            column.type.range,
            f"Only MySQL has `{column.type.name.upper()}(…)` as the type of a column.",
            help=f"Use {remedy}.",
            remedy=scripted(script, _fix, script, column, column.type, context),
        )


def _fix(script: Script, column: Column, type: DataType, context: RuleContext) -> tuple[Fix, ...]:
    """A text and its CHECK, which both dialects have."""
    name, values = context.file.text(column.name_range), ", ".join(type.arguments)
    if type.name != "enum" or not all(value.startswith("'") for value in type.arguments):
        raise RefusalError("only for a list of texts, of which a row has one, is there a short check")
    return careful(script, "Use a text with a CHECK", Edit(type.range, f"text CHECK ({name} IN ({values}))"))
