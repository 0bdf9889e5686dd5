"""
## What it finds

`ENABLE ROW LEVEL SECURITY` on a known table without `FORCE ROW LEVEL SECURITY`, in the script or in the rest of the
project.

## Why it matters

The owner of a table is exempt from its policies, and most applications connect as the role that ran the migrations.

## Example

```sql dialect=postgres
CREATE TABLE projects (id uuid PRIMARY KEY, tenant_id uuid NOT NULL);
ALTER TABLE projects ENABLE ROW LEVEL SECURITY;
```

```sql dialect=postgres
CREATE TABLE projects (id uuid PRIMARY KEY, tenant_id uuid NOT NULL);
ALTER TABLE projects ENABLE ROW LEVEL SECURITY;
ALTER TABLE projects FORCE ROW LEVEL SECURITY;
```

## Fix

`ALTER TABLE … FORCE ROW LEVEL SECURITY`. Migrations that write rows have to say whose they are from then on. The fix
says so behind the statement, and for a script that ran already in a new migration, where the names of those beside it
and their runner are plain; it is unsafe, for the owner sees fewer rows then.

## When not to use it

It is off by default: where the application connects as another role than the owner, nothing needs to be forced.

## References

- [PostgreSQL: row security policies](https://www.postgresql.org/docs/current/ddl-rowsecurity.html)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.diagnostic import Severity
from persistlint.fixes.refusal import explained
from persistlint.fixes.row_security import switched
from persistlint.rule import RuleContext, rule
from persistlint.schema.changes import SetRowSecurity
from persistlint.schema.script import Script

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.diagnostic import Diagnostic


@rule("rls-not-forced", on=Script, changes=(SetRowSecurity,), severity=Severity.WARNING, default=False)
def rls_not_forced(script: Script, context: RuleContext) -> Iterator[Diagnostic]:
    """Report every table whose owner passes row level security by."""
    for change in script.of(SetRowSecurity):
        table = script.final_table(change.table)
        if not change.is_enabled or table is None or not table.columns or not table.has_row_security or table.is_forced:
            continue
        yield context.report(
            change.range,
            f"The owner of `{change.table}` is exempt from its policies.",
            help=f"`ALTER TABLE {change.table} FORCE ROW LEVEL SECURITY`.",
            remedy=explained(switched, script, context.file, change, "FORCE"),
        )
