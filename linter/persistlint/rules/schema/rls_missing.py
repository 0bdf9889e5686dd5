"""
## What it finds

A table with a column that says whose row it is (`tenant_id`, `org_id`, `account_id`, `workspace_id`, …; `user_id` in a
Supabase project) and no `ENABLE ROW LEVEL SECURITY`, in a project in which other tables have it. A column that is added
later counts as well.

## Why it matters

One forgotten `WHERE tenant_id = …` shows the rows of one customer to another. Where row level security is the guard,
the table without it is the hole.

## Example

```sql dialect=postgres
CREATE TABLE projects (id uuid PRIMARY KEY, tenant_id uuid NOT NULL);
ALTER TABLE projects ENABLE ROW LEVEL SECURITY;
CREATE TABLE documents (id uuid PRIMARY KEY, tenant_id uuid NOT NULL);
```

```sql dialect=postgres
CREATE TABLE projects (id uuid PRIMARY KEY, tenant_id uuid NOT NULL);
ALTER TABLE projects ENABLE ROW LEVEL SECURITY;
CREATE TABLE documents (id uuid PRIMARY KEY, tenant_id uuid NOT NULL);
ALTER TABLE documents ENABLE ROW LEVEL SECURITY;
```

## Fix

Enable and force row level security on the table, and give it a policy.

## Options

- `everywhere` (default `false`): also where no other table of the project has row level security.

## When not to use it

Where tenants are kept apart in another way, there is nothing to report as long as no table has it.

## References

- [PostgreSQL: row security policies](https://www.postgresql.org/docs/current/ddl-rowsecurity.html)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.diagnostic import Severity
from persistlint.rule import Option, RuleContext, rule
from persistlint.schema.naming import tenant_column
from persistlint.schema.script import Script

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.diagnostic import Diagnostic
    from persistlint.schema.definitions import Table


@rule(
    "rls-missing",
    on=Script,
    severity=Severity.WARNING,
    options=(Option("everywhere", False, "Also where no other table of the project has row level security."),),
)
def rls_missing(script: Script, context: RuleContext) -> Iterator[Diagnostic]:
    """Report every table of tenants that row level security does not guard."""
    if script.dialect != "postgres":
        return
    is_usual = any(table.has_row_security for table in script.final.tables.values())
    if not is_usual and not context.options["everywhere"]:
        return
    reported: set[str] = set()
    for table, column, _ in script.columns():
        if table.has_row_security or table.parent is not None or table.name.key in reported:
            continue
        if column.name != _owner(table, script):
            continue
        reported.add(table.name.key)
        yield context.report(
            column.name_range,
            f"`{table.name}` has rows of several owners, by `{column.name}`, and no row level security.",
            help=f"`ALTER TABLE {table.name} ENABLE ROW LEVEL SECURITY`, force it, and make a policy.",
        )


def _owner(table: Table, script: Script) -> str:
    """The column that says whose row it is."""
    column = tenant_column(table)
    if column is None and script.runner.name == "Supabase":
        column = table.column("user_id")
    return column.name if column is not None else ""
