"""
## What it finds

A change of a table, or a foreign key to one, that no script of the project before it makes. It is reported only where
the project is there from its first script on (number 0 or 1, or a name such as `init`), and where this is the one table
of which it says so: where more are missing, something else makes the tables.

Tables of other schemas, those whose name some schema has, those that runners keep their books in, and what stands
behind an `IF` are left alone.

In a query that a program sends, a table that neither the migrations nor the schema files of the project make, under
the same conditions: all of them are there from the first one on, all can be read, and it is the only such table in the
file, which does not ask the database anywhere which tables there are.

## Why it matters

The statement fails, wherever it is run: mostly the name is misspelt, or the migration stands before the one that makes
the table.

## Example

```sql path=migrations/0001_base.sql beside
CREATE TABLE couriers (id bigint PRIMARY KEY);
```

```sql dialect=postgres path=migrations/0002_couriers.sql
ALTER TABLE courier ADD COLUMN label text;
```

```sql dialect=postgres path=migrations/0002_couriers.sql
ALTER TABLE couriers ADD COLUMN label text;
```

```python
import psycopg2

def all_of_them(connection):
    with connection, connection.cursor() as cursor:
        cursor.execute("SELECT id FROM courier")
        return cursor.fetchall()
```

```python
import psycopg2

def all_of_them(connection):
    with connection, connection.cursor() as cursor:
        cursor.execute("SELECT id FROM couriers")
        return cursor.fetchall()
```

## Fix

Write the name that the table has. The fix writes the only one that is like it; it is unsafe, for another one may be
meant.

## When not to use it

Where something else than the scripts of the folder makes the table, ignore the line.

## References

- [PostgreSQL: ALTER TABLE](https://www.postgresql.org/docs/current/sql-altertable.html)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.diagnostic import Applicability, Edit, Fix, Remedy, Severity
from persistlint.facts import EVERYWHERE, Statements
from persistlint.fixes.naming import identifier
from persistlint.fixes.refusal import RefusalError, explained
from persistlint.rule import RuleContext, rule
from persistlint.schema.references import unknown_tables
from persistlint.schema.script import Script
from persistlint.schema.sent import Sent

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.diagnostic import Diagnostic
    from persistlint.schema.catalog import Catalog
    from persistlint.schema.changes import Change
    from persistlint.schema.definitions import Name


@rule("unknown-table", on=Statements, severity=Severity.ERROR, languages=EVERYWHERE, momentary=True)
def unknown_table(statements: Statements, context: RuleContext) -> Iterator[Diagnostic]:
    """Report the one table that nobody makes."""
    if isinstance(statements, Sent):
        yield from _sent(statements, context)
    elif isinstance(statements, Script) and statements.is_rooted:
        yield from _changed(statements, context)


def _sent(sent: Sent, context: RuleContext) -> Iterator[Diagnostic]:
    for name in sent.unknown if sent.is_whole else ():
        yield context.report(
            sent.range,
            f"Nothing in the project makes a table `{name}`.",
            help=f"Write the name that the table has.{_hint(_alike(sent.catalog, name))}",
            remedy=Remedy,
        )


def _changed(script: Script, context: RuleContext) -> Iterator[Diagnostic]:
    for change, name in unknown_tables(script):
        alike = _alike(script.after, name.name)
        yield context.report(
            name.range if name.range in change.range else change.range,
            f"No script of the project makes a table `{name}` before this one.",
            help=f"Write the name that the table has.{_hint(alike)}",
            remedy=explained(_fix, script, change, name, alike),
        )


def _fix(script: Script, change: Change, name: Name, alike: str) -> tuple[Fix, ...]:
    if not alike or name.range not in change.range:
        raise RefusalError("no table has a name like it")
    written = ".".join(identifier(part, script.dialect) for part in alike.split("."))
    return (Fix(f"Write {alike}", (Edit(name.range, written),), Applicability.UNSAFE),)


def _alike(catalog: Catalog, name: str) -> str:
    return next((key for key in catalog.tables if _is_alike(key, name)), "")


def _hint(alike: str) -> str:
    return f" Is `{alike}` meant?" if alike else ""


def _is_alike(known: str, name: str) -> bool:
    """Whether two names differ in no more than an ending."""
    return known != name and (known.startswith(name) or name.startswith(known)) and abs(len(known) - len(name)) <= 2
