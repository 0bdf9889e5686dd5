"""
## What it finds

An index that is not unique, whose columns are the first ones of another index, of the primary key or of a unique key of
the table. Partial indexes, other methods than B-tree and expressions are left alone.

## Why it matters

The longer index answers the same queries. The shorter one is written with every row for nothing.

## Example

```sql dialect=postgres
CREATE TABLE events (id bigint PRIMARY KEY, kind text, at timestamptz);
CREATE INDEX events_kind ON events (kind);
CREATE INDEX events_kind_at ON events (kind, at);
```

```sql dialect=postgres
CREATE TABLE events (id bigint PRIMARY KEY, kind text, at timestamptz);
CREATE INDEX events_kind_at ON events (kind, at);
```

## Fix

Leave the shorter one out. The fix deletes the statement; it is unsafe, for a database that has the index keeps it.

## When not to use it

Where the shorter index is much smaller and read all the time, it may be worth its price.

## References

- [PostgreSQL: multicolumn indexes](https://www.postgresql.org/docs/current/indexes-multicolumn.html)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.diagnostic import Severity
from persistlint.facts import DECLARING
from persistlint.fixes.scripts import scripted, without_index
from persistlint.rule import RuleContext, rule
from persistlint.schema.changes import CreateIndex
from persistlint.schema.script import Script

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.diagnostic import Diagnostic
    from persistlint.schema.definitions import Index, Table


@rule("redundant-index", on=Script, changes=(CreateIndex,), severity=Severity.INFO, languages=DECLARING)
def redundant_index(script: Script, context: RuleContext) -> Iterator[Diagnostic]:
    """Report every index that the beginning of another one replaces."""
    for change in script.of(CreateIndex):
        table = script.final_table(change.table)
        longer = _longer(change.index, table) if table is not None and _is_plain(change.index) else ""
        if longer and not change.index.is_unique:
            yield context.report(
                change.range,
                f"The beginning of {longer} answers what `{change.index.name or 'this index'}` answers.",
                help="Leave it out.",
                remedy=scripted(script, without_index, script, change, context.file),
            )


def _is_plain(index: Index) -> bool:
    """Whether it is a B-tree of columns, over all rows."""
    is_tree = index.method.lower() in ("", "btree")
    return is_tree and index.predicate is None and bool(index.columns) and index.text == ", ".join(index.columns)


def _longer(index: Index, table: Table) -> str:
    """Another key that begins with all columns of this one and has more."""
    if not any(found.text == index.text and found.name == index.name for found in table.indexes):
        return ""
    length = len(index.columns)
    for other in table.indexes:
        if not _is_plain(other) or len(other.columns) <= length or not index.holds_less(other):
            continue
        if other.columns[:length] == index.columns:
            return f"the index `{other.name}`" if other.name else "another index"
    for constraint in () if index.included else table.constraints:
        if constraint.is_key and len(constraint.columns) > length and constraint.columns[:length] == index.columns:
            return f"the {constraint.kind.value}"
    return ""
