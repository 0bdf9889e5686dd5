"""
## What it finds

`ENABLE ROW LEVEL SECURITY` on a known table for which neither the script nor the rest of the project makes a policy.
Where policies are made in a loop, or from a template, nobody knows of which tables, and nothing is reported, nor is
it for a table whose name a routine is given. A project
that closes five tables or more and has no policy at all is left alone, too: its program is the owner of them.

## Why it matters

Without a policy nobody but the owner of the table sees or writes a row: queries succeed and return nothing.

## Example

```sql dialect=postgres
CREATE TABLE projects (id uuid PRIMARY KEY, tenant_id uuid NOT NULL);
ALTER TABLE projects ENABLE ROW LEVEL SECURITY;
```

```sql dialect=postgres
CREATE TABLE projects (id uuid PRIMARY KEY, tenant_id uuid NOT NULL);
ALTER TABLE projects ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON projects USING (tenant_id = current_setting('app.tenant_id')::uuid);
```

## Fix

Make a policy for those who are to use the table.

## When not to use it

Where a table is closed on purpose, as to the public roles of Supabase, ignore the line and say so.

## References

- [PostgreSQL: row security policies](https://www.postgresql.org/docs/current/ddl-rowsecurity.html)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.diagnostic import Severity
from persistlint.rule import RuleContext, rule
from persistlint.schema.changes import SetRowSecurity
from persistlint.schema.script import Script

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.diagnostic import Diagnostic

_MANY = 5  # tables


@rule("rls-policy-missing", on=Script, changes=(SetRowSecurity,), severity=Severity.WARNING)
def rls_policy_missing(script: Script, context: RuleContext) -> Iterator[Diagnostic]:
    """Report every table whose rows nobody is allowed to see."""
    if script.final.admits_unnamed or _is_decision(script):
        return
    for change in script.of(SetRowSecurity):
        table = script.final_table(change.table)
        if not change.is_enabled or table is None or not table.columns or not table.has_row_security:
            continue
        if table.policies or table.is_touched:
            continue
        yield context.report(
            change.range,
            f"`{change.table}` has row level security and no policy: all but its owner see no row and write none.",
            help="Make a policy for those who are to use the table.",
        )


def _is_decision(script: Script) -> bool:
    """Whether the project closes many tables, and opens none: its program is their owner."""
    guarded = [table for table in script.final.tables.values() if table.has_row_security]
    return len(guarded) >= _MANY and not any(table.policies for table in guarded)
