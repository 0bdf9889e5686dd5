"""
## What it finds

A name of a table, column, constraint, index, policy, view, function or type that is longer than the database keeps:
more than 63 bytes in PostgreSQL, more than 64 characters in MySQL.

## Why it matters

PostgreSQL cuts the name off and says so in a notice that nobody reads. Two names that begin alike are then one, so that
the second statement fails, or is skipped by its `IF NOT EXISTS`; and whoever looks the name up in the catalogue, as a
tool does that compares the schema with the models, does not find it. MySQL refuses the statement.

## Example

```sql dialect=postgres
CREATE INDEX idx_customer_subscription_invoice_lines_on_subscription_id_and_period ON lines (subscription_id, period);
```

```sql dialect=postgres
CREATE INDEX idx_invoice_lines_on_subscription_id_and_period ON lines (subscription_id, period);
```

## Fix

Choose a shorter name. There is no automatic fix: the name may be written elsewhere.

## When not to use it

Where PostgreSQL is built with a larger `NAMEDATALEN`, switch the rule off.

## References

- [PostgreSQL: identifiers](https://www.postgresql.org/docs/current/sql-syntax-lexical.html#SQL-SYNTAX-IDENTIFIERS)
- [MySQL: length limits of identifiers](https://dev.mysql.com/doc/refman/8.4/en/identifier-length.html)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.diagnostic import Severity
from persistlint.rule import RuleContext, rule
from persistlint.schema.changes import (
    AddColumn,
    AddConstraint,
    CreateEnum,
    CreateIndex,
    CreateObject,
    CreatePolicy,
    CreateTable,
    RenameColumn,
    RenameKey,
    RenameTable,
)
from persistlint.schema.script import Script

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.diagnostic import Diagnostic
    from persistlint.schema.changes import Change
    from persistlint.schema.definitions import Column, Constraint
    from persistlint.source import Range

_BYTES, _CHARACTERS = 63, 64


@rule("identifier-too-long", on=Script, severity=Severity.WARNING)
def identifier_too_long(script: Script, context: RuleContext) -> Iterator[Diagnostic]:
    """Report every name that the database does not keep as it is."""
    if script.dialect not in ("postgres", "mysql"):
        return
    is_cut = script.dialect == "postgres"
    for change in script.forward:
        for name, place in _names(change):
            kept = name.encode()[:_BYTES].decode(errors="ignore")
            if is_cut and kept != name:
                yield context.report(
                    place,
                    f"PostgreSQL cuts this name off after 63 bytes: it is `{kept}`.",
                    help="Choose a shorter name.",
                )
            elif not is_cut and len(name) > _CHARACTERS:
                yield context.report(
                    place, f"MySQL refuses a name of {len(name)} characters.", help="Choose one of at most 64."
                )


def _names(change: Change) -> Iterator[tuple[str, Range]]:
    """What a change gives a name, and where."""
    match change:
        case CreateTable(table=table, definition=definition):
            yield table.name, table.range
            yield from _of_columns(definition.columns)
            yield from _of_constraints(definition.constraints)
        case AddColumn(column=column):
            yield from _of_columns((column,))
        case AddConstraint(constraint=constraint):
            yield from _of_constraints((constraint,))
        case CreateIndex(index=index):
            yield index.name, change.range
        case CreatePolicy(policy=policy):
            yield policy.name, change.range
        case CreateObject(name=name) | CreateEnum(name=name) | RenameTable(to=name):
            yield name.name, name.range
        case RenameColumn(to=new) | RenameKey(to=new):
            yield new, change.range


def _of_columns(columns: tuple[Column, ...]) -> Iterator[tuple[str, Range]]:
    for column in columns:
        yield column.name, column.name_range
        yield from _of_constraints(column.constraints)


def _of_constraints(constraints: tuple[Constraint, ...]) -> Iterator[tuple[str, Range]]:
    return ((constraint.name, constraint.range) for constraint in constraints)
