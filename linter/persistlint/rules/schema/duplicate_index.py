"""
## What it finds

An index with the same keys, operator classes, method, predicate and uniqueness as another index of the table, or as its
primary key or a unique key.

## Why it matters

Both are written with every row and read from disk, and only one of them is used.

## Example

```sql dialect=postgres
CREATE TABLE users (id bigint PRIMARY KEY, email text NOT NULL UNIQUE);
CREATE INDEX users_email_idx ON users (email);
```

```sql dialect=postgres
CREATE TABLE users (id bigint PRIMARY KEY, email text NOT NULL UNIQUE);
```

## Fix

Leave one of them out. The fix deletes the statement; it is unsafe, for a database that has the index keeps it.

## When not to use it

While one of two is being built anew to take the place of the other, ignore the line.

## References

- [PostgreSQL: indexes](https://www.postgresql.org/docs/current/indexes.html)
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

_CALLS = (("CALL",), ("EXEC",), ("EXECUTE",))  # routines, which may drop what was there before


@rule("duplicate-index", on=Script, changes=(CreateIndex,), severity=Severity.WARNING, languages=DECLARING)
def duplicate_index(script: Script, context: RuleContext) -> Iterator[Diagnostic]:
    """Report every index that another one of the same table repeats."""
    first_call = min((each.range.start for each in script.statements if each.words[:1] in _CALLS), default=None)
    for change in script.of(CreateIndex):
        index = change.index
        table = script.final_table(change.table)
        may_be_gone = first_call is not None and first_call < change.range.start
        other = _same(index, table) if table is not None and not may_be_gone else ""
        if other:
            yield context.report(
                change.range,
                f"{f'`{index.name}`' if index.name else 'This index'} has the same keys as {other}.",
                help="Leave one of them out.",
                remedy=scripted(script, without_index, script, change, context.file),
            )


def _same(index: Index, table: Table) -> str:
    """What else has the same keys, and was there before."""
    places = (at for at, each in enumerate(table.indexes) if each.name == index.name and each == index)
    place = next(places, None)
    if place is None:
        return ""
    shape = _shape(index)
    for other in table.indexes[:place]:
        if _shape(other) == shape and index.holds_less(other):
            return f"the index `{other.name}`" if other.name else "another index"
    is_plain = (
        index.predicate is None and not index.included and "" not in index.columns and index.method in ("", "btree")
    )
    is_bare = index.text == ", ".join(index.columns)
    for constraint in table.constraints if is_plain and is_bare else ():
        if constraint.is_key and not constraint.index and constraint.columns == index.columns:
            return f"the {constraint.kind.value}"
    return ""


def _shape(index: Index) -> tuple[str, str, bool, tuple[str, ...]]:
    predicate = index.predicate.words if index.predicate is not None else ()
    return index.text, index.method or "btree", index.is_unique, predicate
