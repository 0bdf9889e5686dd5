"""
## What it finds

`CREATE POLICY` on a known table for which row level security is not enabled in the end, neither by the script nor by
the rest of the project. Where it is enabled in a loop, or from a template, nobody knows of which tables, and nothing is
reported.

## Why it matters

The policy does nothing: everybody with rights on the table sees all of it. It looks guarded, and is not.

## Example

```sql dialect=postgres
CREATE TABLE projects (id uuid PRIMARY KEY, tenant_id uuid NOT NULL);
CREATE POLICY own ON projects USING (tenant_id = current_setting('app.tenant_id')::uuid);
```

```sql dialect=postgres
CREATE TABLE projects (id uuid PRIMARY KEY, tenant_id uuid NOT NULL);
ALTER TABLE projects ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON projects USING (tenant_id = current_setting('app.tenant_id')::uuid);
```

## Fix

`ALTER TABLE … ENABLE ROW LEVEL SECURITY`. The fix says so before the policy, and for a script that ran already in a new
migration, where the names of those beside it and their runner are plain; it is unsafe, for rows vanish that everybody
saw.

## When not to use it

There is no reason to ignore it.

## References

- [PostgreSQL: row security policies](https://www.postgresql.org/docs/current/ddl-rowsecurity.html)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.diagnostic import Severity
from persistlint.fixes.refusal import explained
from persistlint.fixes.row_security import switched
from persistlint.rule import RuleContext, rule
from persistlint.schema.changes import CreatePolicy
from persistlint.schema.script import Script

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.diagnostic import Diagnostic


@rule("rls-policy-without-enable", on=Script, changes=(CreatePolicy,), severity=Severity.ERROR)
def rls_policy_without_enable(script: Script, context: RuleContext) -> Iterator[Diagnostic]:
    """Report every policy of a table that has row level security switched off."""
    if script.final.guards_unnamed:
        return
    reported: set[str] = set()
    for change in script.of(CreatePolicy):
        table = script.final_table(change.table)
        is_known = table is not None and bool(table.columns) and not change.table.schema.startswith(("storage", "auth"))
        if table is None or not is_known or table.has_row_security or change.policy not in table.policies:
            continue
        if table.name.key in reported:
            continue
        reported.add(table.name.key)
        yield context.report(
            change.range,
            f"The policy does nothing: row level security of `{change.table}` is not enabled.",
            help=f"`ALTER TABLE {change.table} ENABLE ROW LEVEL SECURITY`.",
            remedy=explained(switched, script, context.file, change, "ENABLE", is_before=True),
        )
