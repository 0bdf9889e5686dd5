"""
## What it finds

`ON DELETE SET NULL` or `ON UPDATE SET NULL` on a foreign key with a column that is `NOT NULL` or part of the primary
key, and `SET DEFAULT` on one that has no default and is `NOT NULL`.

## Why it matters

Every delete of a row that is referred to fails with a violation of `NOT NULL`, which says nothing of the foreign key.
In tests, where nothing refers to it, the delete works.

## Example

```sql dialect=postgres
CREATE TABLE files (id bigint PRIMARY KEY, folder_id bigint NOT NULL REFERENCES folders (id) ON DELETE SET NULL);
```

```sql dialect=postgres
CREATE TABLE files (id bigint PRIMARY KEY, folder_id bigint REFERENCES folders (id) ON DELETE SET NULL);
```

## Fix

Let the column be NULL, or use `ON DELETE RESTRICT`.

## When not to use it

There is no reason to ignore it.

## References

- [PostgreSQL: foreign keys](https://www.postgresql.org/docs/current/ddl-constraints.html#DDL-CONSTRAINTS-FK)
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from persistlint.diagnostic import Severity
from persistlint.facts import DECLARING
from persistlint.regexes import regex
from persistlint.rule import RuleContext, rule
from persistlint.schema.script import CONSTRAINTS, Script

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.diagnostic import Diagnostic

_COLUMNS = regex(r"SET\s+(?:NULL|DEFAULT)\s*\(", re.IGNORECASE)


@rule(
    "fk-set-null-on-not-null", on=Script, changes=CONSTRAINTS, severity=Severity.ERROR, languages=DECLARING, models=True
)
def fk_set_null_on_not_null(script: Script, context: RuleContext) -> Iterator[Diagnostic]:
    """Report every ON DELETE SET NULL on a column that refuses NULL."""
    for table, constraint in script.constraints():
        reference = constraint.reference
        if reference is None:
            continue
        actions = (reference.on_delete, reference.on_update)
        for name in constraint.columns:
            column = table.column(name)
            if column is None or not table.requires(name):
                continue
            is_impossible = "SET NULL" in actions or ("SET DEFAULT" in actions and not column.has_value)
            if is_impossible and not _names_others(context.file.text(reference.range)):
                event = "DELETE" if reference.on_delete.startswith("SET") else "UPDATE"
                yield context.report(
                    constraint.range,
                    f"`ON {event} {reference.on_delete or reference.on_update}` cannot work: `{name}` is never NULL.",
                    help=f"Let `{name}` be NULL, or use `RESTRICT`.",
                )
                break


def _names_others(reference: str) -> bool:
    """Whether `SET NULL (column)` says which columns it is about."""
    return _COLUMNS.search(reference) is not None
