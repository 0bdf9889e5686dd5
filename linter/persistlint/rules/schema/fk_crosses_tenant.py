"""
## What it finds

A foreign key from one table to another, both with a column that says whose row it is (`tenant_id`, `org_id`, …), where
that column is not part of the key.

## Why it matters

A row of one tenant can refer to a row of another one. Nothing refuses it, and a join shows it.

## Example

```sql dialect=postgres
CREATE TABLE projects (id bigint PRIMARY KEY, tenant_id bigint NOT NULL);
CREATE TABLE tasks (
    id bigint PRIMARY KEY,
    tenant_id bigint NOT NULL,
    project_id bigint NOT NULL REFERENCES projects (id)
);
```

```sql dialect=postgres
CREATE TABLE projects (id bigint PRIMARY KEY, tenant_id bigint NOT NULL, UNIQUE (tenant_id, id));
CREATE TABLE tasks (
    id bigint PRIMARY KEY,
    tenant_id bigint NOT NULL,
    project_id bigint NOT NULL,
    FOREIGN KEY (tenant_id, project_id) REFERENCES projects (tenant_id, id)
);
```

## Fix

Make the column part of the key, and of a unique key of the table that is referred to. There is no automatic fix: rows
that refer to those of others have to be found first.

## When not to use it

It is off by default: it is a key more on every table, and some rows belong to everybody.

## References

- [PostgreSQL: foreign keys](https://www.postgresql.org/docs/current/ddl-constraints.html#DDL-CONSTRAINTS-FK)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.diagnostic import Severity
from persistlint.rule import RuleContext, rule
from persistlint.schema.naming import tenant_column
from persistlint.schema.script import CONSTRAINTS, Script

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.diagnostic import Diagnostic


@rule("fk-crosses-tenant", on=Script, changes=CONSTRAINTS, severity=Severity.INFO, default=False)
def fk_crosses_tenant(script: Script, context: RuleContext) -> Iterator[Diagnostic]:
    """Report every foreign key by which a row of one tenant can refer to that of another."""
    for table, constraint in script.constraints():
        reference = constraint.reference
        target = script.final_table(reference.table) if reference is not None else None
        own = tenant_column(table)
        other = tenant_column(target) if target is not None else None
        if reference is None or own is None or other is None or own.name in constraint.columns:
            continue
        if other.name in reference.columns:  # the row refers to its tenant by another column
            continue
        yield context.report(
            constraint.range,
            f"A row of one tenant can refer to a `{reference.table}` of another: `{own.name}` is not part of the key.",
            help=f"Make `{own.name}` part of the key, and of a unique key of `{reference.table}`.",
        )
