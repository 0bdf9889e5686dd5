"""
## What it finds

A foreign key to columns of a known table that no primary key, unique key or unique index covers, or to columns that the
table does not have.

## Why it matters

PostgreSQL and SQLite refuse such a key: SQLite only when a row is written. Which row is meant would not be clear.

## Example

```sql dialect=postgres
CREATE TABLE clients (id bigint PRIMARY KEY, code text NOT NULL);
CREATE TABLE invoices (id bigint PRIMARY KEY, client_code text REFERENCES clients (code));
```

```sql dialect=postgres
CREATE TABLE clients (id bigint PRIMARY KEY, code text NOT NULL UNIQUE);
CREATE TABLE invoices (id bigint PRIMARY KEY, client_code text REFERENCES clients (code));
```

## Fix

Refer to the primary key, or make the columns unique.

## When not to use it

There is no reason to ignore it.

## References

- [PostgreSQL: foreign keys](https://www.postgresql.org/docs/current/ddl-constraints.html#DDL-CONSTRAINTS-FK)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.diagnostic import Severity
from persistlint.rule import RuleContext, rule
from persistlint.schema.script import CONSTRAINTS, Script

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.diagnostic import Diagnostic


@rule("fk-target-not-unique", on=Script, changes=CONSTRAINTS, severity=Severity.ERROR)
def fk_target_not_unique(script: Script, context: RuleContext) -> Iterator[Diagnostic]:
    """Report every foreign key to columns that are not unique."""
    if script.dialect == "mysql":
        return
    for _, constraint in script.constraints():
        reference = constraint.reference
        target = script.final.find(reference.table) if reference is not None else None
        if reference is None or target is None or not target.is_complete or target.can_be_referred_to(reference):
            continue
        columns = ", ".join(reference.columns) or "its primary key"
        yield context.report(
            constraint.range,
            f"`{reference.table}` has no unique key over {columns}, to which this refers.",
            help="Refer to the primary key, or make the columns unique.",
        )
