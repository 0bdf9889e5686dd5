"""
## What it finds

A change of a table, an index, a constraint, an `INSERT` or an `UPDATE` that names a column which the table does not
have at that point, as this script and those before it in the project leave it. A table of which not all columns are
known is left alone, also where SQL that is put together or a routine that is given its name may have changed it, and
so is what stands behind an `IF`. Scripts of one folder that contradict each other more often than by mistake are not
run one behind the other on one database: what one of them leaves is not held against another.

In a query that a program sends, a column that a table of the project does not have, as its migrations and schema files
leave the table: one that `INSERT` or `UPDATE` sets, `table.column`, and in a query of one table what it selects and
compares. The query must name tables of the project alone. The tables of a project are also those that its programs make
in texts of SQL. A table is left alone where something changes it that nobody reads: a migration in another language, a
text that is put together, another name for it or for a column in a file of which nobody knows when it is run. Where
several schemas make it, no one of them may have the column.

## Why it matters

The statement fails, wherever it is run.

## Example

```sql dialect=postgres
CREATE TABLE couriers (id bigint PRIMARY KEY, label text NOT NULL);
CREATE INDEX couriers_region_idx ON couriers (region);
```

```sql dialect=postgres
CREATE TABLE couriers (id bigint PRIMARY KEY, region text NOT NULL);
CREATE INDEX couriers_region_idx ON couriers (region);
```

```sql path=migrations/0001_base.sql beside
CREATE TABLE couriers (id bigint PRIMARY KEY, label text NOT NULL);
```

```python
import psycopg2

def named(connection, label):
    with connection, connection.cursor() as cursor:
        cursor.execute("SELECT id FROM couriers WHERE name = %s", (label,))
        return cursor.fetchone()
```

```python
import psycopg2

def named(connection, label):
    with connection, connection.cursor() as cursor:
        cursor.execute("SELECT id FROM couriers WHERE label = %s", (label,))
        return cursor.fetchone()
```

## Fix

Write the name that the table has. The fix writes the only one that is spelled like it; it is unsafe, for another one
may be meant.

## When not to use it

The statement cannot succeed as it is. Where something else than the scripts of the folder adds the column, ignore the
line.

## References

- [PostgreSQL: ALTER TABLE](https://www.postgresql.org/docs/current/sql-altertable.html)
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from persistlint.diagnostic import Applicability, Edit, Fix, Remedy, Severity
from persistlint.facts import EVERYWHERE, Statements
from persistlint.fixes.naming import identifier
from persistlint.fixes.refusal import RefusalError, explained
from persistlint.rule import RuleContext, rule
from persistlint.schema.changes import (
    AddColumn,
    AddConstraint,
    ChangeType,
    CreateIndex,
    CreateTable,
    DropColumn,
    Insert,
    RenameColumn,
    SetDefault,
    SetNotNull,
    TableChange,
    Update,
)
from persistlint.schema.script import Script
from persistlint.schema.sent import Sent
from persistlint.source import Range

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.diagnostic import Diagnostic
    from persistlint.schema.definitions import Table

_SYSTEM = frozenset(["ctid", "xmin", "xmax", "cmin", "cmax", "tableoid", "oid", "rowid", "_rowid_"])

_ALIKE = 0.8  # of all letters
_MOST_NAMED = 12  # columns


@rule("unknown-column", on=Statements, severity=Severity.ERROR, languages=EVERYWHERE, momentary=True)
def unknown_column(statements: Statements, context: RuleContext) -> Iterator[Diagnostic]:
    """Report every column that a known table does not have."""
    if isinstance(statements, Sent):
        yield from _sent(statements, context)
    elif isinstance(statements, Script):
        yield from _changed(statements, context)


def _sent(sent: Sent, context: RuleContext) -> Iterator[Diagnostic]:
    """At its most careful: a name that is spelt with other capitals is known, for somebody may put it in quotes."""
    used = [(c.before, name) for c in sent.forward if isinstance(c, Insert | Update) for name in c.columns]
    for table, name in (*used, *sent.columns):
        if table is None or not name or not table.is_known or not table.is_complete or not table.columns:
            continue
        if name.lower() not in {column.name.lower() for column in table.columns} | _SYSTEM:
            yield context.report(
                sent.range,
                f"`{table.name}` has no column `{name}`.",
                help=_columns(table),
                remedy=Remedy,
            )


def _changed(script: Script, context: RuleContext) -> Iterator[Diagnostic]:
    added = _added(script)
    for change in script.forward:
        if not isinstance(change, TableChange) or change.statement.is_conditional or change.statement.is_guarded:
            continue
        table = change.definition if isinstance(change, CreateTable) else change.before
        if table is None or not table.is_complete or table.is_touched or not table.columns:
            continue
        new = added.get(change.statement.range, set()) | _SYSTEM
        ends = ("", script.runner.column_end)
        unknown = (
            name
            for name in _named(change)
            if name and name not in new and not any(table.column(f"{name}{end}") for end in ends)
        )
        missing = next(unknown, None)
        if missing is not None:
            yield context.report(
                change.range,
                f"`{change.table}` has no column `{missing}` at this point.",
                help=_columns(table),
                remedy=explained(_fix, script, change, missing, table, context),
            )


def _columns(table: Table) -> str:
    return f"Its columns are {', '.join(f'`{column.name}`' for column in table.columns[:_MOST_NAMED])}."


def _fix(script: Script, change: TableChange, missing: str, table: Table, context: RuleContext) -> tuple[Fix, ...]:
    """The one column whose name is spelled like it, where it stands only once."""
    from difflib import get_close_matches  # only a mistake pays for the import

    alike = get_close_matches(missing, [column.name for column in table.columns], 2, _ALIKE)
    places = list(
        re.finditer(
            rf"\b{re.escape(missing)}\b".encode(), context.file.content[change.range.start : change.range.end], re.I
        )
    )
    if len(alike) != 1 or len(places) != 1:
        raise RefusalError("not just one column of the table has a name like it")
    start = change.range.start
    place = Range(start + places[0].start(), start + places[0].end())
    return (Fix(f"Write {alike[0]}", (Edit(place, identifier(alike[0], script.dialect)),), Applicability.UNSAFE),)


def _named(change: TableChange) -> tuple[str, ...]:
    """The columns that must be there for the change."""
    match change:
        case CreateIndex(index=index):
            return index.columns
        case AddConstraint(constraint=constraint):
            return constraint.columns
        case CreateTable(definition=definition):
            return tuple(name for constraint in definition.constraints for name in constraint.columns)
        case DropColumn(column=column, if_exists=False) | RenameColumn(column=column):
            return (column,)
        case SetNotNull(column=column) | SetDefault(column=column) | ChangeType(name=column):
            return (column,)
        case Insert(columns=columns) | Update(columns=columns):
            return columns
    return ()


def _added(script: Script) -> dict[Range, set[str]]:
    """The columns that each statement adds, or gives another name."""
    found: dict[Range, set[str]] = {}
    for change in script.of(AddColumn):
        found.setdefault(change.statement.range, set()).add(change.column.name)
    for renamed in script.of(RenameColumn):
        found.setdefault(renamed.statement.range, set()).add(renamed.to)
    return found
