"""
## What it finds

A migration without a statement: a SQL file with comments alone, an `up` or `upgrade` that does nothing, an empty list
of operations. Silent for a revision that joins others, for one whose comment says why it is empty, and where the name
says so (`placeholder`, `noop`).

## Why it matters

It is mostly one that somebody forgot to write or to commit: the version is taken, and databases that ran it empty never
run what is written into it later.

## Example

```sql path=migrations/0007_add_index.sql
-- create the index
```

```sql path=migrations/0007_add_index.sql
CREATE INDEX invoices_due ON invoices (due_at);
```

## Fix

Write it, or delete the file as long as no database has run it. There is no automatic fix: only the project knows which.

## When not to use it

It is off by default: some projects keep numbers free on purpose.

## References

- [Alembic: autogenerate](https://alembic.sqlalchemy.org/en/latest/autogenerate.html)
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from persistlint.diagnostic import Severity
from persistlint.paths import is_migration
from persistlint.regexes import regex
from persistlint.rule import RuleContext, rule
from persistlint.schema.script import Script
from persistlint.source import Range

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.diagnostic import Diagnostic

_ON_PURPOSE = regex(r"placeholder|no[-_]?op|empty|baseline|reserved|skip|merge", re.IGNORECASE)
_BACK = regex(r"down|rollback|undo|revert", re.IGNORECASE)


@rule("empty-migration", on=Script, severity=Severity.INFO, default=False)
def empty_migration(script: Script, context: RuleContext) -> Iterator[Diagnostic]:
    """Report a migration that does nothing."""
    if not script.is_empty or not is_migration(script.path):
        return
    name = Path(script.path).name
    if not _ON_PURPOSE.search(name) and not _BACK.search(name):
        yield context.report(
            Range(0, 0), "This migration does nothing.", help="Write it, or delete it before a database has run it."
        )
