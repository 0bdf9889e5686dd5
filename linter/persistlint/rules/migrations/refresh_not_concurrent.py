"""
## What it finds

`REFRESH MATERIALIZED VIEW` without `CONCURRENTLY` of a view that the script did not make.

## Why it matters

Reads of the view wait until its query is done. `CONCURRENTLY` needs a unique index on the view.

## Example

```sql dialect=postgres
REFRESH MATERIALIZED VIEW totals;
```

```sql dialect=postgres
REFRESH MATERIALIZED VIEW CONCURRENTLY totals;
```

## Fix

Make a unique index on the view, and say `CONCURRENTLY`. The fix writes the word where the project makes
such an index; it is unsafe, for it fails where the view was never filled.

## When not to use it

It is off by default: a view without a unique index cannot do it.

## References

- [PostgreSQL: REFRESH MATERIALIZED VIEW](https://www.postgresql.org/docs/current/sql-refreshmaterializedview.html)
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from persistlint.diagnostic import Severity
from persistlint.fixes.editor import find, insert
from persistlint.fixes.refusal import RefusalError
from persistlint.fixes.scripts import scripted, unsafe
from persistlint.regexes import regex
from persistlint.rule import RuleContext, rule
from persistlint.schema.changes import CreateObject, Maintain
from persistlint.schema.script import Script

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.diagnostic import Diagnostic, Fix

_VERB = regex(rb"\AREFRESH\s+MATERIALIZED\s+VIEW", re.IGNORECASE)
_EMPTY = regex(rb"\bWITH\s+NO\s+DATA\b", re.IGNORECASE)


@rule(
    "refresh-not-concurrent", on=Script, changes=(Maintain,), severity=Severity.WARNING, default=False, momentary=True
)
def refresh_not_concurrent(script: Script, context: RuleContext) -> Iterator[Diagnostic]:
    """Report every materialized view that nobody can read while it is filled."""
    made = {change.name.key for change in script.of(CreateObject)}
    for change in script.of(Maintain):
        name = change.name.key if change.name is not None else ""
        if change.kind != "REFRESH MATERIALIZED VIEW" or change.is_concurrent or name in made:
            continue
        yield context.report(
            change.range,
            f"Reads of `{name}` wait until it is filled: the lock is of mode ACCESS EXCLUSIVE.",
            help="Say `CONCURRENTLY`; the view needs a unique index.",
            remedy=scripted(script, _fix, script, change, context),
        )


def _fix(script: Script, change: Maintain, context: RuleContext) -> tuple[Fix, ...]:
    """The word, where an index of the view that the project makes tells all rows apart. Raises `RefusalError`."""
    view = script.after.find(change.name) if change.name is not None else None
    written = find(context.file, change.range, _VERB)
    indexes = view.indexes if view is not None else ()
    if not any(index.is_unique and index.predicate is None and not index.expressions for index in indexes):
        raise RefusalError("no unique index of the view is known")
    if written is None or find(context.file, change.range, _EMPTY) is not None:
        raise RefusalError("the view is emptied, which `CONCURRENTLY` cannot do")
    return unsafe(script, "Fill it concurrently", insert(written.end, " CONCURRENTLY"))
