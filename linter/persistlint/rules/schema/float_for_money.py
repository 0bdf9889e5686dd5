"""
## What it finds

A column whose name says that it holds money (`amount`, `price`, `balance`, `fee`, `cost`, `tax`, `salary` and their
kin) and whose type is `real`, `double precision`, `float`, or `money` of PostgreSQL.

Names that measure something else as well (`cost_factor`, `price_rate`, `total_seconds`) are left alone.

## Why it matters

A binary floating point number cannot hold 0.1: sums drift, and comparisons fail. A million times 0.1 is
100000.00000133288. The type `money` depends on the locale of the server.

## Example

```sql dialect=postgres
CREATE TABLE invoices (id bigint PRIMARY KEY, total_amount double precision NOT NULL);
```

```sql dialect=postgres
CREATE TABLE invoices (id bigint PRIMARY KEY, total_amount numeric(12, 2) NOT NULL);
```

## Fix

Use `numeric(precision, scale)`, or an integer of the smallest unit, which is the way in SQLite. The fix uses `numeric`
in a new table of PostgreSQL, `decimal(19, 4)` in MySQL; it is unsafe, for a program gets decimal numbers then.

## When not to use it

Where the column is an estimate that nobody adds up, ignore the line.

## References

- [PostgreSQL: numeric types](https://www.postgresql.org/docs/current/datatype-numeric.html)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.diagnostic import Edit, Severity
from persistlint.facts import DECLARING
from persistlint.fixes.refusal import RefusalError
from persistlint.fixes.scripts import modelled, scripted
from persistlint.rule import RuleContext, rule
from persistlint.schema.changes import ChangeType
from persistlint.schema.naming import is_about_money, is_amount, is_money
from persistlint.schema.script import COLUMNS, Script
from persistlint.schema.types import FLOATS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.diagnostic import Diagnostic, Fix
    from persistlint.schema.definitions import DataType, Table


@rule(
    "float-for-money",
    on=Script,
    changes=(*COLUMNS, ChangeType),
    severity=Severity.WARNING,
    languages=(*DECLARING, "go"),
    models=True,
)
def float_for_money(script: Script, context: RuleContext) -> Iterator[Diagnostic]:
    """Report every amount of money in a binary floating point column."""
    for table, column, _final in script.columns():
        if column.type is not None and _is_money(column.name, column.type, table):
            yield context.report(
                column.name_range,
                _message(column.name, column.type),
                help=_help(script),
                remedy=scripted(script, _fix, script, column.type),
            )
    for change in script.of(ChangeType):
        if _is_money(change.name, change.type, script.final_table(change.table)):
            yield context.report(
                change.type.range,
                _message(change.name, change.type),
                help=_help(script),
                remedy=scripted(script, _fix, script, change.type),
            )


def _fix(script: Script, type: DataType) -> tuple[Fix, ...]:
    """A decimal type in the definition of a column of a new table. That of PostgreSQL holds any number."""
    decimal = {"postgres": "numeric", "mysql": "decimal(19, 4)"}.get(script.dialect or "")
    is_own = script.is_created(type.range)
    if decimal is None:
        raise RefusalError("SQLite has no decimal type")
    if not is_own:
        raise RefusalError("rows that are there would have to be converted")
    if type.is_array or type.is_unsigned:
        raise RefusalError("it is more than a number")
    return modelled(script, f"Use {decimal}", Edit(type.range, decimal if type.text.islower() else decimal.upper()))


def _help(script: Script) -> str:
    """What holds money exactly. SQLite keeps `numeric` as a binary floating point number too."""
    if script.dialect == "sqlite":
        return "Use an integer of the smallest unit."
    return "Use `numeric(precision, scale)`, or an integer of the smallest unit."


def _is_money(name: str, type: DataType, table: Table | None) -> bool:
    if type.name == "money":
        return is_money(name)
    if type.name not in FLOATS or not is_money(name):
        return False
    return table is None or not is_amount(name) or is_about_money(table)


def _message(name: str, type: DataType) -> str:
    if type.name == "money":
        return f"`{name}` is of the type `money`, whose meaning depends on the locale of the server."
    return f"`{name}` holds money in `{type.text}`, which cannot hold 0.1: sums drift."
