"""
## What it finds

`CREATE INDEX CONCURRENTLY IF NOT EXISTS` with no `DROP INDEX CONCURRENTLY IF EXISTS` of the same name before it.
Those of one script are one report.

## Why it matters

A concurrent build that fails leaves an INVALID index behind. `IF NOT EXISTS` sees that it is there and does nothing, so
the second run succeeds, and the database goes on without an index, or without the uniqueness that it should enforce.

## Example

```sql dialect=postgres
CREATE INDEX CONCURRENTLY IF NOT EXISTS orders_number_idx ON orders (number);
```

```sql dialect=postgres
DROP INDEX CONCURRENTLY IF EXISTS orders_number_idx;
CREATE INDEX CONCURRENTLY orders_number_idx ON orders (number);
```

## Fix

Drop what may be left of it first, and create it without `IF NOT EXISTS`. The fix does so; it is unsafe, for it builds a
good index anew.

## When not to use it

Where something else looks for invalid indexes after every migration, switch the rule off.

## References

- [PostgreSQL: building indexes concurrently](https://www.postgresql.org/docs/current/sql-createindex.html#SQL-CREATEINDEX-CONCURRENTLY)
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from persistlint.diagnostic import Edit, Related, Severity
from persistlint.fixes.refusal import RefusalError
from persistlint.fixes.scripts import refuse_joined, scripted, unsafe
from persistlint.regexes import regex
from persistlint.rule import RuleContext, rule
from persistlint.schema.changes import CreateIndex, DropIndex
from persistlint.schema.script import Script
from persistlint.source import Range

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.diagnostic import Diagnostic, Fix

_GUARD = regex(r"\s+IF\s+NOT\s+EXISTS", re.IGNORECASE)
_NAME = regex(r'EXISTS\s+((?:"[^"]*"|[^\s("])+)\s+ON\b', re.IGNORECASE)


@rule("concurrent-index-if-not-exists", on=Script, changes=(CreateIndex,), severity=Severity.WARNING)
def concurrent_index_if_not_exists(script: Script, context: RuleContext) -> Iterator[Diagnostic]:
    """Report the concurrent indexes that invalid ones of their names would stand in for."""
    dropped = {"", *(change.name.name for change in script.of(DropIndex))}
    guarded = (change for change in script.of(CreateIndex) if change.is_concurrent and change.if_not_exists)
    found = [change for change in guarded if change.index.name not in dropped]
    if not found:
        return
    first, *others = found
    name = first.index.name
    yield context.report(
        first.range,
        f"A failed build leaves an invalid index `{name}` behind, which `IF NOT EXISTS` takes for the real one.",
        help=f"Drop it first: `DROP INDEX CONCURRENTLY IF EXISTS {name}`, and create it without `IF NOT EXISTS`.",
        related=tuple(Related(each.range, "this one too") for each in others),
        remedy=scripted(script, _fix, script, first, context),
    )


def _fix(script: Script, change: CreateIndex, context: RuleContext) -> tuple[Fix, ...]:
    text = context.file.content[change.range.start : change.range.end].decode("utf-8", "replace")
    guard = _GUARD.search(text)
    written = _NAME.search(text)
    refuse_joined(script, change.statement)
    if guard is None or written is None:
        raise RefusalError("the statement is no plain one")
    start = change.range.start + len(text[: guard.start()].encode())
    edits = (
        Edit(Range(change.range.start, change.range.start), f"DROP INDEX CONCURRENTLY IF EXISTS {written.group(1)};\n"),
        Edit(Range(start, start + len(guard.group().encode())), ""),
    )
    return unsafe(script, "Drop an invalid index first", *edits)
