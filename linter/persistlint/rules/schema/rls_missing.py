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

Enable and force row level security on the table, and give it a policy. The fix does so behind a new table, where all
others that belong to an owner have one and the same policy; it is unsafe, for rows vanish that everybody saw.

## Options

- `everywhere` (default `false`): also where no other table of the project has row level security.

## When not to use it

Where tenants are kept apart in another way, there is nothing to report as long as no table has it.

## References

- [PostgreSQL: row security policies](https://www.postgresql.org/docs/current/ddl-rowsecurity.html)
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from persistlint.diagnostic import Severity
from persistlint.fixes.following import following
from persistlint.fixes.scripts import Editor, identifier, new_name, unsafe
from persistlint.rule import Option, RuleContext, rule
from persistlint.schema.changes import CreateTable
from persistlint.schema.naming import tenant_column
from persistlint.schema.script import Script

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.diagnostic import Diagnostic, Fix
    from persistlint.schema.definitions import Column, Table

_GLUED = re.compile(r" ?(::|[.(]) ?| (?=[,)])")  # what SQL is written without blanks around


@rule(
    "rls-missing",
    on=Script,
    severity=Severity.WARNING,
    options=(Option("everywhere", False, "Also where no other table of the project has row level security."),),
)
def rls_missing(script: Script, context: RuleContext) -> Iterator[Diagnostic]:
    """Report every table of tenants that row level security does not guard."""
    if script.dialect != "postgres" or script.final.guards_unnamed:
        return
    reported: set[str] = set()
    owners: dict[str, str] = {}
    for table, column, _ in script.columns():
        if table.has_row_security or table.parent is not None or table.name.key in reported:
            continue
        key = table.name.key
        if key not in owners:
            owners[key] = _owner(table, script)
        if column.name != owners[key]:
            continue
        is_usual = any(table.has_row_security for table in script.final.tables.values())
        if not is_usual and not context.options["everywhere"]:
            return
        reported.add(table.name.key)
        yield context.report(
            column.name_range,
            f"`{table.name}` has rows of several owners, by `{column.name}`, and no row level security.",
            help=f"`ALTER TABLE {table.name} ENABLE ROW LEVEL SECURITY`, force it, and make a policy.",
            fixes=_fix(script, table, column, context),
        )


def _fix(script: Script, table: Table, column: Column, context: RuleContext) -> tuple[Fix, ...]:
    """What all other tables have that belong to the same owner by that column: the policy, and whether it is forced."""
    others = [each for each in script.final.tables.values() if each.has_row_security and each.column(column.name)]
    conditions = {_condition(each, column.name) for each in others}
    maker = next((change for change in script.of(CreateTable) if column.range in change.range), None)
    condition = conditions.pop() if len(conditions) == 1 else ""
    types = {each.type.name for other in others if (each := other.column(column.name)) is not None and each.type}
    if maker is None or not condition or column.type is None or types != {column.type.name}:
        return ()
    editor, name = Editor(script, context.file), new_name(script, table.name.name, column.name)
    written = editor.text(maker.table)
    lines = [f"ALTER TABLE {written} ENABLE ROW LEVEL SECURITY"]
    if all(each.is_forced for each in others):
        lines.append(f"ALTER TABLE {written} FORCE ROW LEVEL SECURITY")
    lines.append(f"CREATE POLICY {identifier(name, script.dialect)} ON {written} USING ({condition})")
    if not name:
        return ()
    title = "Guard it as the others are"
    here = unsafe(script, title, *editor.behind(maker.statement, *lines))
    back = [f"DROP POLICY {identifier(name, script.dialect)} ON {written}", f"{lines[0].replace('ENABLE', 'DISABLE')}"]
    up, down = (";\n".join(map(editor.like, each)) for each in (lines, back))
    return here or following(script, f"{title}, in a new migration", f"guard {table.name.name}", up, down)


def _condition(table: Table, column: str) -> str:
    """The condition of the one policy of a table, where it is a comparison of that column for all and everything."""
    policy = table.policies[0] if len(table.policies) == 1 else None
    if policy is None or policy.command != "ALL" or policy.roles or policy.using is None or not policy.is_permissive:
        return ""
    words = policy.using.words
    is_same = policy.check is None or policy.check.words == words
    if words[:2] != (column, "=") or not is_same:
        return ""
    return _GLUED.sub(lambda found: found[1] or "", " ".join(words))


def _owner(table: Table, script: Script) -> str:
    """The column that says whose row it is."""
    column = tenant_column(table)
    if column is None and script.runner.name == "Supabase":
        column = table.column("user_id")
    return column.name if column is not None else ""
