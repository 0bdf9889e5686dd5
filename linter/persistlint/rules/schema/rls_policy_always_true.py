"""
## What it finds

A permissive policy whose condition holds for every row (`USING (true)`, `WITH CHECK (true)`, `… OR true`) on a table
with a column that says whose row it is.

Policies for a role of the server alone, such as `service_role`, and tables without such a column, which are often meant
to be read by all, are left alone. What belongs to a single user, by `user_id` in a project of Supabase, is often read
by all too: there only policies that let everybody write are reported.

## Why it matters

Permissive policies are joined by `OR`: one that is always true makes all others of the table pointless.

## Example

```sql dialect=postgres
CREATE TABLE projects (id uuid PRIMARY KEY, tenant_id uuid NOT NULL);
CREATE POLICY everything ON projects FOR ALL USING (true);
```

```sql dialect=postgres
CREATE TABLE projects (id uuid PRIMARY KEY, tenant_id uuid NOT NULL);
CREATE POLICY own ON projects USING (tenant_id = current_setting('app.tenant_id')::uuid);
```

## Fix

Say in the condition whose rows are meant.

## When not to use it

Where all tenants are to read a table, ignore the line and say so.

## References

- [PostgreSQL: row security policies](https://www.postgresql.org/docs/current/ddl-rowsecurity.html)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.diagnostic import Severity
from persistlint.rule import RuleContext, rule
from persistlint.schema.changes import CreatePolicy
from persistlint.schema.naming import owner_column, tenant_column
from persistlint.schema.script import Script

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.diagnostic import Diagnostic
    from persistlint.schema.definitions import Expression

_SERVERS = frozenset({"service_role", "supabase_admin", "postgres"})


@rule("rls-policy-always-true", on=Script, changes=(CreatePolicy,), severity=Severity.WARNING)
def rls_policy_always_true(script: Script, context: RuleContext) -> Iterator[Diagnostic]:
    """Report every policy that lets everybody at the rows of every tenant."""
    for change in script.of(CreatePolicy):
        policy = change.policy
        table = script.final_table(change.table)
        if not policy.is_permissive or (policy.roles and set(policy.roles) <= _SERVERS):
            continue
        if table is None or not (_is_open(policy.using) or _is_open(policy.check)):
            continue
        is_read = policy.command == "SELECT"
        if (tenant_column(table) if is_read else owner_column(table, script.runner.owner)) is None:
            continue
        may = _VERBS.get(policy.command, "do what they like with")
        yield context.report(
            change.range,
            f"The policy lets everybody {may} the rows of every owner.",
            help="Say in the condition whose rows are meant.",
        )


_VERBS = {"SELECT": "read", "INSERT": "add to", "UPDATE": "change", "DELETE": "delete"}


def _is_open(condition: Expression | None) -> bool:
    if condition is None:
        return False
    return condition.is_true or condition.words[-2:] == ("or", "true") or condition.words[:2] == ("true", "or")
