"""
## What it finds

A unique key on a name that people choose (`slug`, `name`, `email`, `code`, …) in a table with a column that says whose
row it is, where that column is not part of the key.

## Why it matters

What one customer calls their project no other customer can, and the refusal tells them that somebody has it.

## Example

```sql dialect=postgres
CREATE TABLE projects (id uuid PRIMARY KEY, tenant_id uuid NOT NULL, slug text NOT NULL UNIQUE);
```

```sql dialect=postgres
CREATE TABLE projects (id uuid PRIMARY KEY, tenant_id uuid NOT NULL, slug text NOT NULL, UNIQUE (tenant_id, slug));
```

## Fix

Put the column of the tenant into the key. The fix does so for a constraint of the table; it is unsafe, for equal names
of several tenants are accepted then.

## When not to use it

It is off by default: a login or a domain has to be unique among all tenants.

## References

- [PostgreSQL: unique constraints](https://www.postgresql.org/docs/current/ddl-constraints.html#DDL-CONSTRAINTS-UNIQUE-CONSTRAINTS)
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from persistlint.diagnostic import Severity
from persistlint.fixes.editor import find, insert
from persistlint.fixes.naming import identifier
from persistlint.fixes.refusal import RefusalError
from persistlint.fixes.scripts import modelled, scripted
from persistlint.regexes import regex
from persistlint.rule import RuleContext, rule
from persistlint.schema.definitions import ConstraintKind
from persistlint.schema.naming import NATURAL_KEYS, tenant_column
from persistlint.schema.script import CONSTRAINTS, Script

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.diagnostic import Diagnostic, Fix
    from persistlint.schema.definitions import Constraint

_KEY = regex(rb"UNIQUE\b[^()]*\(\s*", re.IGNORECASE)


@rule("unique-ignores-tenant", on=Script, changes=CONSTRAINTS, severity=Severity.WARNING, default=False)
def unique_ignores_tenant(script: Script, context: RuleContext) -> Iterator[Diagnostic]:
    """Report every unique name that one tenant takes from all others."""
    for table, constraint in script.constraints():
        tenant = tenant_column(table)
        name = next((column for column in constraint.columns if column in NATURAL_KEYS), None)
        if (
            constraint.kind is not ConstraintKind.UNIQUE
            or tenant is None
            or name is None
            or tenant.name in constraint.columns
        ):
            continue
        yield context.report(
            constraint.range,
            f"A `{name}` that one owner has no other can have: `{tenant.name}` is not part of the key.",
            help=f"Put `{tenant.name}` into the key.",
            remedy=scripted(script, _fix, script, tenant.name, constraint, context),
        )


def _fix(script: Script, tenant: str, constraint: Constraint, context: RuleContext) -> tuple[Fix, ...]:
    place = find(context.file, constraint.range, _KEY)
    if place is None or constraint.is_inline:
        raise RefusalError("the key is said of one column, and would have to be one of the table")
    return modelled(script, f"Put {tenant} into the key", insert(place.end, f"{identifier(tenant, script.dialect)}, "))
