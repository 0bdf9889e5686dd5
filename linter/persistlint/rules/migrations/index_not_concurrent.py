"""
## What it finds

`CREATE INDEX` without `CONCURRENTLY` on a table that the same script did not make.

Indexes of new tables, of temporary tables and of materialized views that the script itself makes are left alone: nobody
waits for them. So are those of a partitioned table, which cannot be built concurrently as a whole.

## Why it matters

The index is built under a SHARE lock: until it is there, and until the transaction ends, every `INSERT`, `UPDATE` and
`DELETE` of the table waits. On a large table that is minutes.

## Example

```sql dialect=postgres
CREATE INDEX orders_number_idx ON orders (number);
```

```sql dialect=postgres
DROP INDEX CONCURRENTLY IF EXISTS orders_number_idx;
CREATE INDEX CONCURRENTLY orders_number_idx ON orders (number);
```

## Fix

Build it `CONCURRENTLY`, outside of a transaction, in a migration of its own. The fix writes the word where no
transaction is in the way; it is unsafe, for the runner may still open one.

## When not to use it

Where every table is small or the application is stopped for a migration, switch the rule off.

## References

- [PostgreSQL: building indexes concurrently](https://www.postgresql.org/docs/current/sql-createindex.html#SQL-CREATEINDEX-CONCURRENTLY)
- [PostgreSQL: explicit locking](https://www.postgresql.org/docs/current/explicit-locking.html)
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from persistlint.diagnostic import Applicability, Edit, Fix, Severity
from persistlint.rule import RuleContext, rule
from persistlint.schema.changes import CreateIndex, CreateObject
from persistlint.schema.locks import locks
from persistlint.schema.script import Script
from persistlint.source import Range

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.diagnostic import Diagnostic

_INDEX = re.compile(r"CREATE\s+(?:UNIQUE\s+)?INDEX", re.IGNORECASE)


@rule("index-not-concurrent", on=Script, severity=Severity.WARNING)
def index_not_concurrent(script: Script, context: RuleContext) -> Iterator[Diagnostic]:
    """Report every index that is built on an existing table under a lock."""
    if script.dialect != "postgres":
        return
    views = {change.name.key for change in script.of(CreateObject) if change.kind == "MATERIALIZED VIEW"}
    for change in script.of(CreateIndex):
        is_partitioned = change.before is not None and "PARTITION" in change.before.options  # cannot be concurrent
        if change.is_concurrent or change.is_on_new or change.table.key in views or is_partitioned:
            continue
        switch = f" {script.runner.name} allows it by {script.runner.switch}." if script.runner.switch else ""
        yield context.report(
            change.range,
            f"`CREATE INDEX` takes a lock of mode {locks(change)[0]} until it is built.",
            help=f"Build it `CONCURRENTLY`, outside of a transaction.{switch}",
            fixes=_fix(change, context) if change.statement.transaction is None else (),
        )


def _fix(change: CreateIndex, context: RuleContext) -> tuple[Fix, ...]:
    written = _INDEX.match(context.file.text(change.range))
    if written is None:
        return ()
    at = change.range.start + len(written.group().encode())
    edit = Edit(Range(at, at), " CONCURRENTLY")
    return (Fix("Build it concurrently", (edit,), Applicability.UNSAFE),)
