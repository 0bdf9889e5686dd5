"""
## What it finds

`DROP TABLE` of a table that the same script did not make. Several with nothing else between them are one report.

Left alone are the part of a migration that undoes it; a script that makes everything anew (`DROP TABLE IF EXISTS`, then
`CREATE TABLE`), also one that makes room for a view; the rebuild of a table, where another one takes its name or its
rows, or keeps them until a table of the same name takes them back; temporary tables; a script without a number that
does nothing but drop several tables and what belongs to them, and says so by its name: `drop_all.sql`.

## Why it matters

The rows are gone with the commit. The release that still runs while the migration does, and the one that a rollback
brings back, fail on every query of the table.

## Example

```sql
DROP TABLE orders;
```

```sql
CREATE TABLE orders_new (id INTEGER PRIMARY KEY, total INTEGER NOT NULL);
INSERT INTO orders_new (id, total) SELECT id, total FROM orders;
DROP TABLE orders;
ALTER TABLE orders_new RENAME TO orders;
```

## Fix

Remove every use first, keep a copy of the rows, and drop the table in a later release.

## When not to use it

Where the release before has stopped to use the table, ignore the line and say so.

## References

- [PostgreSQL: DROP TABLE](https://www.postgresql.org/docs/current/sql-droptable.html)
- [Parallel change](https://martinfowler.com/bliki/ParallelChange.html)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.diagnostic import Severity
from persistlint.rule import RuleContext, rule
from persistlint.schema.changes import CreateObject, CreateTable, DropTable, Insert, RenameTable
from persistlint.schema.naming import is_copy_of
from persistlint.schema.script import Script
from persistlint.schema.together import listed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.diagnostic import Diagnostic


@rule("drop-table", on=Script, changes=(DropTable,), severity=Severity.WARNING, momentary=True)
def drop_table(script: Script, context: RuleContext) -> Iterator[Diagnostic]:
    """Report every table that is dropped with what it holds."""
    if script.is_teardown:
        return
    created = {change.table.key: script.position(change) for change in script.of(CreateTable)}
    views = {change.name.key for change in script.of(CreateObject) if change.kind.endswith("VIEW")}
    renamed = {name for change in script.of(RenameTable) for name in (change.table.key, change.to.key)}
    lost = []
    for change in script.of(DropTable):
        key = change.table.key
        is_made_anew = change.if_exists and created.get(key, -1) > script.position(change)
        is_made_anew |= (change.if_exists and key in views) or _is_filled_again(script, change)
        if change.is_on_new or is_made_anew or key in renamed or "TEMPORARY" in change.statement.words:
            continue
        if not any(is_copy_of(table.name.name, change.table.name) for table in script.after.tables.values()):
            lost.append(change)
    for first, *others in _in_rows(script, lost):
        names = listed([str(first.table), *(str(each.table) for each in others)])
        what, it = ("are dropped with all their rows", "them") if others else ("is dropped with all its rows", "it")
        yield context.report(
            first.range,
            f"{names} {what}, while a release that uses {it} may still run.",
            help=f"Drop {it} in a later release than the one that stops to use {it}.",
        )


def _is_filled_again(script: Script, drop: DropTable) -> bool:
    """Whether a table of the name is made behind the drop and takes the rows of another one: its own, kept there."""
    key, start = drop.table.key, script.position(drop)
    maker = next(
        (each for each in script.of(CreateTable) if each.table.key == key and script.position(each) > start), None
    )
    if maker is None:
        return False
    fills = (each for each in script.of(Insert) if each.is_query and each.table.key == key)
    return any(script.position(each) > script.position(maker) for each in fills)


def _in_rows(script: Script, drops: list[DropTable]) -> Iterator[list[DropTable]]:
    """Those with nothing but other drops between them together."""
    row: list[DropTable] = []
    for change in drops:
        between = script.changes[script.position(row[-1]) + 1 : script.position(change)] if row else ()
        if not all(isinstance(each, DropTable) for each in between):
            yield row
            row = []
        row.append(change)
    if row:
        yield row
