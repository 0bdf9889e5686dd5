"""
## What it finds

In a script of two or more changes: a statement that works `CONCURRENTLY` in PostgreSQL, and `CREATE TABLE`, `DROP
TABLE`, `CREATE VIEW` or `DROP VIEW` in MySQL, that has no `IF [NOT] EXISTS` or `OR REPLACE`, and before which no `DROP
… IF EXISTS` makes room. A file of a project whose runner nobody knows is left alone.

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
with `IF [NOT] EXISTS`; or give each statement a script of its own.

## When not to use it

Where the runner notes every statement that was done, switch the rule off.

## References

- [PostgreSQL: building indexes concurrently](https://www.postgresql.org/docs/current/sql-createindex.html#SQL-CREATEINDEX-CONCURRENTLY)
- [MySQL: atomic DDL](https://dev.mysql.com/doc/refman/8.4/en/atomic-ddl.html)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.diagnostic import Severity
from persistlint.rule import RuleContext, rule
from persistlint.schema.changes import Change, CreateObject, CreateTable, DropObject, DropTable
from persistlint.schema.idempotence import repeatable
from persistlint.schema.script import Script
from persistlint.schema.transactions import is_concurrent, is_ddl, is_dml

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.diagnostic import Diagnostic


@rule("non-idempotent-ddl", on=Script, severity=Severity.WARNING)
def non_idempotent_ddl(script: Script, context: RuleContext) -> Iterator[Diagnostic]:
    """Report every change that cannot be rolled back and not be repeated either."""
    steps = {change.statement.range for change in script.forward if is_ddl(change) or is_dml(change)}
    if len(steps) < 2 or script.is_dump or script.runner.wraps is None:
        return
    safe = repeatable(script)
    for change in script.forward:
        if not _is_final(change, script.dialect) or change.statement.transaction is not None:
            continue
        if script.position(change) in safe:
            continue
        verb = " ".join(change.statement.words[:2])
        yield context.report(
            change.range,
            f"When a later statement fails, this `{verb}` is done and cannot be run again.",
            help="Make sure that it can be: `IF [NOT] EXISTS`, or a `DROP … IF EXISTS` before it.",
        )


def _is_final(change: Change, dialect: str | None) -> bool:
    """Whether a change commits by itself, and could say that it may be there already."""
    if dialect != "mysql":
        return is_concurrent(change)
    if isinstance(change, CreateObject | DropObject):
        return change.kind in ("VIEW", "DATABASE", "SCHEMA")
    return isinstance(change, CreateTable | DropTable)
