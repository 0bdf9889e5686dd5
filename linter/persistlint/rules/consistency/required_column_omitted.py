"""
## What it finds

An `INSERT` that names its columns, and leaves out one that must not be NULL and that nothing else fills: no default, no
identity, no sequence, no generated value. In SQL files, as the script and those before it in the project leave the
table; in a query that a program sends, as the migrations and schema files of its project leave it.

Tables of which not all is known are left alone, and so are projects with triggers or domains, which may fill a column,
and statements that step over what the database refuses, such as `INSERT OR IGNORE`.

## Why it matters

The database refuses every such row, so what was to be saved is lost at run time.

## Example

```sql dialect=postgres
CREATE TABLE parcels (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, label text, courier_id bigint NOT NULL);
INSERT INTO parcels (label) VALUES ('books');
```

```sql dialect=postgres
CREATE TABLE parcels (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, label text, courier_id bigint NOT NULL);
INSERT INTO parcels (label, courier_id) VALUES ('books', 7);
```

```sql path=migrations/0001_base.sql beside
CREATE TABLE parcels (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, label text, courier_id bigint NOT NULL);
```

```python
import psycopg2

def add(connection, label):
    with connection, connection.cursor() as cursor:
        cursor.execute("INSERT INTO parcels (label) VALUES (%s)", (label,))
```

```python
import psycopg2

def add(connection, label, courier_id):
    with connection, connection.cursor() as cursor:
        cursor.execute("INSERT INTO parcels (label, courier_id) VALUES (%s, %s)", (label, courier_id))
```

## Fix

Give the column a value in the statement, or a default in the schema.

## When not to use it

Where something that is not in the repository fills the column, ignore the line.

## References

- [PostgreSQL: NOT NULL](https://www.postgresql.org/docs/current/ddl-constraints.html#DDL-CONSTRAINTS-NOT-NULL)
- [MySQL: data type default values](https://dev.mysql.com/doc/refman/8.4/en/data-type-defaults.html)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.diagnostic import Severity
from persistlint.facts import EVERYWHERE, Statements
from persistlint.rule import RuleContext, rule
from persistlint.schema.changes import Insert
from persistlint.schema.script import Script
from persistlint.schema.sent import Sent

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.diagnostic import Diagnostic
    from persistlint.schema.definitions import Column, Table

_FILLING = ("TRIGGER", "RULE", "DOMAIN")  # what may give a column a value that its definition does not
_FILLED_KEYS = ("postgres", "mysql")  # where a primary key needs a value like any other column; SQLite may make one up


@rule(
    "required-column-omitted",
    on=Statements,
    changes=(Insert,),
    severity=Severity.ERROR,
    languages=EVERYWHERE,
    momentary=True,
)
def required_column_omitted(statements: Statements, context: RuleContext) -> Iterator[Diagnostic]:
    """Report every INSERT without a value for a column that needs one."""
    if not isinstance(statements, Script | Sent):
        return
    objects = (statements.catalog if isinstance(statements, Sent) else statements.after).views.values()
    if any(kind.endswith(_FILLING) for kind in objects):
        return
    needed: dict[int, list[str]] = {}  # names of columns, by the identity of the table
    for change in statements.of(Insert):
        table = change.before
        if table is None or not table.is_known or not table.is_complete or not _names_columns(change):
            continue
        if id(table) not in needed:
            columns = (column for column in table.columns if _needs_value(column, table, statements.dialect))
            needed[id(table)] = [column.name for column in columns]
        named = {name.lower() for name in change.columns}
        missing = [name for name in needed[id(table)] if name.lower() not in named]
        if missing:
            names = ", ".join(f"`{name}`" for name in missing)
            yield context.report(
                change.range,
                f"`{change.table}` needs a value for {names}, which this leaves out.",
                help="Name it and give it a value, or give the column a default.",
            )


def _names_columns(change: Insert) -> bool:
    """Whether it names columns, is surely run, and does not step over rows that the database refuses."""
    is_sure = not change.statement.is_conditional and not change.statement.is_guarded
    return bool(change.columns) and "" not in change.columns and is_sure and change.on_conflict != "nothing"


def _needs_value(column: Column, table: Table, dialect: str | None) -> bool:
    is_key = table.primary_key is not None and column.name in table.primary_key.columns
    is_timestamp = column.type is not None and column.type.name == "timestamp"  # MySQL may fill it
    if column.has_value or (is_key and dialect not in _FILLED_KEYS) or (is_timestamp and dialect != "postgres"):
        return False
    return table.requires(column.name)
