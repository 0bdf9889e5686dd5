"""
## What it finds

`REINDEX` of an index or a table without `CONCURRENTLY`.

## Why it matters

Writes to the table wait until the index is built, and so do reads that would use it.

## Example

```sql dialect=postgres
REINDEX TABLE orders;
```

```sql dialect=postgres
REINDEX TABLE CONCURRENTLY orders;
```

## Fix

Say `CONCURRENTLY`, outside of a transaction. The fix writes the word outside of a transaction; it is unsafe, for a
runner may open one.

## When not to use it

It is off by default: a corrupt index is better built anew at once.

## References

- [PostgreSQL: REINDEX](https://www.postgresql.org/docs/current/sql-reindex.html#SQL-REINDEX-CONCURRENTLY)
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from persistlint.diagnostic import Severity
from persistlint.fixes.editor import find, insert
from persistlint.fixes.refusal import RefusalError
from persistlint.fixes.scripts import refuse_joined, scripted, unsafe
from persistlint.regexes import regex
from persistlint.rule import RuleContext, rule
from persistlint.schema.changes import Maintain
from persistlint.schema.script import Script

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.diagnostic import Diagnostic, Fix

_VERB = regex(rb"REINDEX\s+(?:TABLE|INDEX|SCHEMA|DATABASE)\b", re.IGNORECASE)


@rule(
    "reindex-not-concurrent", on=Script, changes=(Maintain,), severity=Severity.WARNING, default=False, momentary=True
)
def reindex_not_concurrent(script: Script, context: RuleContext) -> Iterator[Diagnostic]:
    """Report every index that is built anew under a lock."""
    if script.dialect != "postgres":
        return
    for change in script.of(Maintain):
        if change.kind.startswith("REINDEX") and not change.is_concurrent:
            yield context.report(
                change.range,
                f"`{change.kind}` takes a lock of mode SHARE: writes wait until the index is built.",
                help="Say `CONCURRENTLY`, outside of a transaction.",
                remedy=scripted(script, _fix, script, change, context),
            )


def _fix(script: Script, change: Maintain, context: RuleContext) -> tuple[Fix, ...]:
    written = find(context.file, change.range, _VERB)
    if change.statement.transaction is not None:
        refuse_joined(script, change.statement)
    if written is None:
        raise RefusalError("nothing here tells what is built anew")
    return unsafe(script, "Build it concurrently", insert(written.end, " CONCURRENTLY"))
