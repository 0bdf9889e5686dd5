"""
## What it finds

A foreign key without `ON DELETE`.

## Why it matters

The database refuses to delete a row that others refer to, and nobody can tell whether that is meant: the code that
deletes it fails, or a job deletes the others first and one day too many of them.

## Example

```sql dialect=postgres
CREATE TABLE lines (order_id bigint REFERENCES orders (id));
```

```sql dialect=postgres
CREATE TABLE lines (order_id bigint REFERENCES orders (id) ON DELETE RESTRICT);
```

## Fix

Say what is to happen: `ON DELETE RESTRICT`, `CASCADE` or `SET NULL`. There is no automatic fix: only the project knows.

## When not to use it

It is off by default: to refuse is a good default, and many projects rely on it.

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


@rule("fk-action-unspecified", on=Script, changes=CONSTRAINTS, severity=Severity.INFO, default=False)
def fk_action_unspecified(script: Script, context: RuleContext) -> Iterator[Diagnostic]:
    """Report every foreign key that does not say what becomes of its rows."""
    for _, constraint in script.constraints():
        if constraint.reference is not None and not constraint.reference.on_delete:
            yield context.report(
                constraint.range,
                f"Nothing says what becomes of these rows when theirs in `{constraint.reference.table}` is deleted.",
                help="Say `ON DELETE RESTRICT`, `CASCADE` or `SET NULL`.",
            )
