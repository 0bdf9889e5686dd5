"""
## What it finds

A table with a column that says whose row it is (`tenant_id`, `org_id`, `account_id`, `workspace_id`, …; `user_id` in a
Supabase project) and no `ENABLE ROW LEVEL SECURITY`, in a project in which other tables have it. A column that is added
later counts as well. A table of which the script takes all rights away and gives none is left alone, and so is one
that has a policy already, of which `rls-policy-without-enable` speaks.

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
others that belong to an owner have one and the same policy, and for a script that ran already in a new migration, where
the names of those beside it and their runner are plain; it is unsafe, for rows vanish that everybody saw.

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
from persistlint.fixes.editor import Editor
from persistlint.fixes.following import following
from persistlint.fixes.naming import NO_NAME, identifier, new_name
from persistlint.fixes.refusal import RefusalError, explained, first_of
from persistlint.fixes.row_security import switching
from persistlint.fixes.scripts import unsafe
from persistlint.regexes import regex
from persistlint.rule import Option, RuleContext, rule
from persistlint.schema.changes import CreateTable, Grant
from persistlint.schema.naming import owner_column
from persistlint.schema.script import COLUMNS, Script

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.diagnostic import Diagnostic, Fix
    from persistlint.schema.definitions import Column, Table

_TABLES = regex(r" on (?:table )?(.+?) (?:from|to) ")
_COMMENT = regex(r"--|/\*")
_LINE_END = regex(r"[ \t]*[\r\n]\s*")


@rule(
    "rls-missing",
    on=Script,
    changes=COLUMNS,
    severity=Severity.WARNING,
    options=(Option("everywhere", False, "Also where no other table of the project has row level security."),),
)
def rls_missing(script: Script, context: RuleContext) -> Iterator[Diagnostic]:
    """Report every table of tenants that row level security does not guard."""
    if script.dialect != "postgres" or script.final.guards_unnamed:
        return
    reported = _closed(script)
    owners: dict[str, str] = {}
    for table, column, _ in script.columns():
        if table.has_row_security or table.policies or table.parent is not None or table.name.key in reported:
            continue
        key = table.name.key
        if key not in owners:
            owner = owner_column(table, script.runner.owner)
            owners[key] = owner.name if owner is not None else ""
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
            remedy=explained(_fix, script, table, column, context),
        )


def _fix(script: Script, table: Table, column: Column, context: RuleContext) -> tuple[Fix, ...]:
    """What all other tables have that belong to the same owner by that column: the policy, and whether it is forced.
    Raises `RefusalError`."""
    others = [each for each in script.final.tables.values() if each.has_row_security and each.column(column.name)]
    conditions = {_condition(each, column.name) for each in others}
    maker = next((change for change in script.of(CreateTable) if column.range in change.range), None)
    condition = conditions.pop() if len(conditions) == 1 else ""
    types = {each.type.name for other in others if (each := other.column(column.name)) is not None and each.type}
    editor, name = Editor(script, context.file), new_name(script, table.name.name, column.name)
    if not condition or column.type is None or types != {column.type.name}:
        raise RefusalError("the tables that have it do not all have the same policy")
    if maker is None:
        raise RefusalError("the script does not make the table")
    if not name:
        raise RefusalError(NO_NAME)
    policy, is_forced = (identifier(name, script.dialect), condition), all(each.is_forced for each in others)
    title = "Guard it as the others are"

    def here() -> tuple[Fix, ...]:
        lines = _guard(editor.text(maker.table), policy, is_forced=is_forced)[0]
        return unsafe(script, title, *editor.behind(maker.statement, *lines))

    def afterwards() -> tuple[Fix, ...]:
        ways = _guard(editor.text_later(maker.table), policy, is_forced=is_forced)
        up, down = (";\n".join(map(editor.like, way)) for way in ways)
        return following(script, f"{title}, in a new migration", f"guard {table.name.name}", up, down)

    return first_of((here, afterwards))


def _guard(table: str, policy: tuple[str, str], *, is_forced: bool) -> tuple[list[str], list[str]]:
    """The statements that guard a table with a policy, by its name and its condition, and those that undo it."""
    name, condition = policy
    on, off = switching(table, *(("ENABLE", "FORCE") if is_forced else ("ENABLE",)))
    return [*on, f"CREATE POLICY {name} ON {table} USING ({condition})"], [f"DROP POLICY {name} ON {table}", *off]


def _condition(table: Table, column: str) -> str:
    """The condition of the one policy of a table, where it is a comparison of that column for all and everything."""
    policy = table.policies[0] if len(table.policies) == 1 else None
    if policy is None or policy.command != "ALL" or policy.roles or policy.using is None or not policy.is_permissive:
        return ""
    words = policy.using.words
    is_same = policy.check is None or policy.check.words == words
    if words[:2] != (column, "=") or not is_same or table.name.name in words or _COMMENT.search(policy.text):
        return ""
    return _LINE_END.sub(" ", policy.text)


def _closed(script: Script) -> set[str]:
    """The keys of tables of which the script takes all rights away and gives none: only functions of their owner read
    them."""
    revoked: set[str] = set()
    granted: set[str] = set()
    for change in script.of(Grant):
        found = _TABLES.search(" ".join(change.words).lower())
        if found is not None and (change.is_grant or change.words[0] == "ALL"):
            names = (name.strip().replace(" . ", ".").removeprefix("public.") for name in found[1].split(","))
            (granted if change.is_grant else revoked).update(names)
    return revoked - granted
