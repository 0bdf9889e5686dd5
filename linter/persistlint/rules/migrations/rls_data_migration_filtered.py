"""
## What it finds

An `INSERT`, `UPDATE` or `DELETE` in a migration on a table with `FORCE ROW LEVEL SECURITY`, as the project leaves it
before, with nothing before it that says whose rows are meant: no setting of the project (`SET app.tenant_id`,
`set_config`), no `SET ROLE`, no `row_security`, no `NO FORCE ROW LEVEL SECURITY`.

## Why it matters

`FORCE` holds for the owner of the table as well, which is who runs migrations. Without a setting the policies let no
row through: the statement changes none, and succeeds.

## Example

```sql dialect=postgres
CREATE TABLE jobs (id uuid PRIMARY KEY, tenant_id uuid NOT NULL, label text);
ALTER TABLE jobs ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
UPDATE jobs SET label = lower(label) WHERE label IS NOT NULL;
```

```sql dialect=postgres
CREATE TABLE jobs (id uuid PRIMARY KEY, tenant_id uuid NOT NULL, label text);
ALTER TABLE jobs ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE jobs NO FORCE ROW LEVEL SECURITY;
UPDATE jobs SET label = lower(label) WHERE label IS NOT NULL;
ALTER TABLE jobs FORCE ROW LEVEL SECURITY;
```

## Fix

Put `NO FORCE ROW LEVEL SECURITY` before and `FORCE ROW LEVEL SECURITY` behind it, in one transaction. The fix does so
in a transaction; it is unsafe, for more rows are touched than before.

## When not to use it

Where migrations run as a superuser or a role with `BYPASSRLS`, switch the rule off.

## References

- [PostgreSQL: row security policies](https://www.postgresql.org/docs/current/ddl-rowsecurity.html)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.diagnostic import Severity
from persistlint.fixes.editor import Editor
from persistlint.fixes.refusal import RefusalError
from persistlint.fixes.scripts import scripted, unsafe
from persistlint.rule import RuleContext, rule
from persistlint.schema.changes import Delete, Insert, SetVariable, Update
from persistlint.schema.script import Script

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.diagnostic import Diagnostic, Fix
    from persistlint.schema.definitions import Table

_SETTINGS = ("current_setting", "current_user", "session_user", "current_role", "auth.")
_IDENTITIES = frozenset({"role", "authorization", "row_security"})


@rule("rls-data-migration-filtered", on=Script, changes=(Insert, Update, Delete), severity=Severity.WARNING)
def rls_data_migration_filtered(script: Script, context: RuleContext) -> Iterator[Diagnostic]:
    """Report every change of rows that row level security hides from the migration."""
    if script.dialect != "postgres":
        return
    for change in script.forward:
        if isinstance(change, SetVariable) and ("." in change.name or change.name in _IDENTITIES):
            return
        if not isinstance(change, Insert | Update | Delete) or change.before is None:
            continue
        if change.before.has_row_security and change.before.is_forced and _needs_setting(change.before):
            yield context.report(
                change.range,
                f"`{change.table}` forces row level security on its owner too: without a setting no row is touched.",
                help="Put `NO FORCE ROW LEVEL SECURITY` before it, and `FORCE` behind it, in one transaction.",
                remedy=scripted(script, _fix, script, change, context),
            )


def _needs_setting(table: Table) -> bool:
    """Whether its policies look at a setting or a role themselves. What they ask a function of the project, it may
    answer for everybody."""
    texts = [policy.text.lower() for policy in table.policies]
    return not any(texts) or any(word in text for text in texts for word in _SETTINGS)


def _fix(script: Script, change: Insert | Update | Delete, context: RuleContext) -> tuple[Fix, ...]:
    if change.statement.transaction is None:
        raise RefusalError("without a transaction, others would read all rows meanwhile")
    editor = Editor(script, context.file)
    table = editor.text(change.table)
    before = editor.before(change.statement, f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
    behind = editor.behind(change.statement, f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    return unsafe(script, "Exempt the owner meanwhile", *before, *behind)
