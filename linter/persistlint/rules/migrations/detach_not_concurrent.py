"""
## What it finds

`DETACH PARTITION` without `CONCURRENTLY` from a table that the script did not make.

## Why it matters

Reads and writes of all partitions wait for the ACCESS EXCLUSIVE lock on their parent. From PostgreSQL 14 on it can be
done `CONCURRENTLY`.

## Example

```sql dialect=postgres
ALTER TABLE events DETACH PARTITION events_2020;
```

```sql dialect=postgres
ALTER TABLE events DETACH PARTITION events_2020 CONCURRENTLY;
```

## Fix

Say `CONCURRENTLY`, outside of a transaction. The fix writes the word outside of a transaction; it is unsafe, for a
runner may open one.

## When not to use it

It is off by default, for a table with a default partition cannot do it.

## References

- [PostgreSQL: ALTER TABLE](https://www.postgresql.org/docs/current/sql-altertable.html)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.diagnostic import Severity
from persistlint.fixes.editor import insert
from persistlint.fixes.scripts import refuse_joined, scripted, unsafe
from persistlint.rule import RuleContext, rule
from persistlint.schema.changes import DetachPartition
from persistlint.schema.locks import locks
from persistlint.schema.script import Script

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.diagnostic import Diagnostic, Fix


@rule(
    "detach-not-concurrent",
    on=Script,
    changes=(DetachPartition,),
    severity=Severity.WARNING,
    default=False,
    momentary=True,
)
def detach_not_concurrent(script: Script, context: RuleContext) -> Iterator[Diagnostic]:
    """Report every partition that is detached under a lock on the whole table."""
    for change in script.of(DetachPartition):
        if not change.is_concurrent and not change.is_on_new:
            yield context.report(
                change.range,
                f"`DETACH PARTITION` takes a lock of mode {locks(change)[0]}.",
                help="Say `CONCURRENTLY`, outside of a transaction.",
                remedy=scripted(script, _fix, script, change),
            )


def _fix(script: Script, change: DetachPartition) -> tuple[Fix, ...]:
    if change.statement.transaction is not None:
        refuse_joined(script, change.statement)
    return unsafe(script, "Detach it concurrently", insert(change.partition.range.end, " CONCURRENTLY"))
