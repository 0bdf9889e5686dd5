"""
## What it finds

In a script of two or more changes: a statement that works `CONCURRENTLY` in PostgreSQL, and `CREATE TABLE`, `DROP
TABLE`, `CREATE VIEW` or `DROP VIEW` in MySQL, that has no `IF [NOT] EXISTS` or `OR REPLACE`, and before which no `DROP
… IF EXISTS` makes room. Left alone are temporary tables, a file of a project whose runner nobody knows, and the
operations of Django, which cannot say so.

## Why it matters

These statements commit by themselves. When a later one fails, the script has to be run again, and fails at this one,
for it is done already.

## Example

```sql dialect=postgres
CREATE INDEX CONCURRENTLY orders_created_at_idx ON orders (created_at);
CREATE INDEX CONCURRENTLY orders_total_idx ON orders (total);
```

```sql dialect=postgres
DROP INDEX CONCURRENTLY IF EXISTS orders_created_at_idx;
CREATE INDEX CONCURRENTLY orders_created_at_idx ON orders (created_at);
DROP INDEX CONCURRENTLY IF EXISTS orders_total_idx;
CREATE INDEX CONCURRENTLY orders_total_idx ON orders (total);
```

## Fix

Drop an index that may be there before it is built (`IF NOT EXISTS` would accept an invalid one), and guard the others
with `IF [NOT] EXISTS`; or give each statement a script of its own. The fix does either. Dropping an index is unsafe,
for a good one is built anew; guards are unsafe in the project of a runner.

## When not to use it

Where the runner notes every statement that was done, switch the rule off.

## References

- [PostgreSQL: building indexes concurrently](https://www.postgresql.org/docs/current/sql-createindex.html#SQL-CREATEINDEX-CONCURRENTLY)
- [MySQL: atomic DDL](https://dev.mysql.com/doc/refman/8.4/en/atomic-ddl.html)
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from persistlint.diagnostic import Severity
from persistlint.fixes.editor import Editor, find, insert
from persistlint.fixes.naming import identifier
from persistlint.fixes.refusal import RefusalError
from persistlint.fixes.scripts import careful, scripted, unsafe
from persistlint.regexes import regex
from persistlint.rule import RuleContext, rule
from persistlint.schema.changes import Change, CreateIndex, CreateObject, CreateTable, DropObject, DropTable
from persistlint.schema.idempotence import repeatable
from persistlint.schema.script import Script
from persistlint.schema.transactions import is_concurrent, is_ddl, is_dml

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.diagnostic import Diagnostic, Fix

_VERB = regex(
    rb"\A(?:CREATE\s+(?:TEMPORARY\s+)?(?:TABLE|DATABASE|SCHEMA|VIEW)|DROP\s+(?:TEMPORARY\s+)?(?:TABLE|DATABASE|SCHEMA|VIEW)"
    rb"|DROP\s+INDEX\s+CONCURRENTLY)(?=\s)",
    re.IGNORECASE,
)
_SQL = regex(rb"\s*(?:CREATE|DROP)\s", re.IGNORECASE)
_CREATE = regex(rb"\ACREATE(?=\s+VIEW\s)", re.IGNORECASE)


@rule("non-idempotent-ddl", on=Script, severity=Severity.WARNING, momentary=True)
def non_idempotent_ddl(script: Script, context: RuleContext) -> Iterator[Diagnostic]:
    """Report every change that cannot be rolled back and not be repeated either."""
    if script.is_dump or script.runner.wraps is None:
        return
    final = [change for change in script.forward if _is_final(change, script.dialect)]
    final = [change for change in final if change.statement.transaction is None]
    steps = {change.statement.range for change in script.forward if is_ddl(change) or is_dml(change)} if final else ()
    if len(steps) < 2:
        return
    safe = repeatable(script)
    for change in final:
        if script.position(change) in safe or (script.runner.name == "Django" and _is_operation(change, context)):
            continue
        verb = " ".join(change.statement.words[:2])
        yield context.report(
            change.range,
            f"When a later statement fails, this `{verb}` is done and cannot be run again.",
            help="Make sure that it can be: `IF [NOT] EXISTS`, or a `DROP … IF EXISTS` before it.",
            remedy=scripted(script, _fix, script, change, context),
        )


def _is_operation(change: Change, context: RuleContext) -> bool:
    """Whether an operation says it, and not SQL: one of Django's has no way to say `IF NOT EXISTS`."""
    return _SQL.match(context.file.content, change.range.start) is None


def _fix(script: Script, change: Change, context: RuleContext) -> tuple[Fix, ...]:
    """A drop before an index, which `IF NOT EXISTS` would not make valid; a guard for anything else."""
    editor = Editor(script, context.file)
    if isinstance(change, CreateIndex):
        name = f"{change.table.schema}." if change.table.schema else ""
        drop = f"DROP INDEX CONCURRENTLY IF EXISTS {name}{identifier(change.index.name, script.dialect)}"
        if not change.index.name:
            raise RefusalError("the index has no name by which it could be dropped")
        return unsafe(script, "Drop what is left of it first", *editor.before(change.statement, drop))
    is_there = isinstance(change, CreateTable) and change.before is not None
    verb = find(context.file, change.range, _VERB)
    if is_there:
        raise RefusalError("the project has made the table before")
    if verb is None:
        raise RefusalError("the dialect has no guard for it")
    editor.refuse_crowded(change.statement)
    if isinstance(change, CreateObject) and change.kind == "VIEW":
        create = find(context.file, change.range, _CREATE)
        if create is None:
            raise RefusalError("more is said of the view before its name")
        return careful(script, "Replace the one that is there", insert(create.end, " OR REPLACE"))
    guard = " IF EXISTS" if change.statement.words[0] == "DROP" else " IF NOT EXISTS"
    return careful(script, f"Say{guard}", insert(verb.end, guard))


def _is_final(change: Change, dialect: str | None) -> bool:
    """Whether a change commits by itself, and could say that it may be there already."""
    if dialect != "mysql":
        return is_concurrent(change)
    if isinstance(change, CreateObject | DropObject):
        return change.kind in ("VIEW", "DATABASE", "SCHEMA")
    # A temporary table is gone with the session in which the script failed.
    return isinstance(change, CreateTable | DropTable) and not _is_temporary(change)


def _is_temporary(change: CreateTable | DropTable) -> bool:
    table = change.definition if isinstance(change, CreateTable) else change.before
    return table is not None and table.is_temporary
