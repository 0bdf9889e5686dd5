"""
## What it finds

`ADD CONSTRAINT … EXCLUDE` on a table that the same script did not make.

## Why it matters

Its index is built under an ACCESS EXCLUSIVE lock: all reads and writes of the table wait. There is no way to do it
online.

## Example

```sql dialect=postgres
ALTER TABLE bookings ADD CONSTRAINT no_overlap EXCLUDE USING gist (during WITH &&);
```

```sql dialect=postgres
CREATE TABLE bookings (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    during tstzrange NOT NULL,
    CONSTRAINT no_overlap EXCLUDE USING gist (during WITH &&)
);
```

## Fix

Plan for a time in which the application can do without the table, or fill a new table that has the constraint from its
beginning.

## When not to use it

It is off by default, for there is no better way to add such a constraint.

## References

- [PostgreSQL: exclusion constraints](https://www.postgresql.org/docs/current/ddl-constraints.html#DDL-CONSTRAINTS-EXCLUSION)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.diagnostic import Severity
from persistlint.rule import RuleContext, rule
from persistlint.schema.changes import AddConstraint
from persistlint.schema.definitions import ConstraintKind
from persistlint.schema.locks import locks
from persistlint.schema.script import Script

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.diagnostic import Diagnostic


@rule(
    "exclusion-constraint-blocking",
    on=Script,
    changes=(AddConstraint,),
    severity=Severity.WARNING,
    default=False,
    momentary=True,
)
def exclusion_constraint_blocking(script: Script, context: RuleContext) -> Iterator[Diagnostic]:
    """Report every exclusion constraint on an existing table."""
    for change in script.of(AddConstraint):
        if change.constraint.kind is not ConstraintKind.EXCLUDE or change.is_on_new:
            continue
        yield context.report(
            change.range,
            f"The index of the exclusion constraint is built under a lock of mode {locks(change)[0]}.",
            help="There is no online way: do it while nobody needs the table.",
        )
