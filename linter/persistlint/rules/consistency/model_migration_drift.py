"""
## What it finds

A model whose table, or whose column, no migration of the project makes; a column that may be NULL for the one and not
for the other; a column of another type; and a column that every row needs a value in and the model does not know. It
reads the models of SQLAlchemy, SQLModel, Django, GORM, Sequelize, TypeORM and Drizzle, and schemas of Prisma.

Silent where the migrations do not start from nothing, where not all of them can be read, where several schemas say
different things, and where a model leaves something open: a base class of another file, a type of the project's own,
`null` that a GORM or Sequelize model does not speak of. Of Django, whose migrations name fields of any class, only NULL
and types are compared. Types of one family are alike (`varchar` and `text`, `int` and `bigint`), and defaults are not
compared.

## Why it matters

The program is written and tested against the model, and runs on what the migrations made. The first query that names
the column fails, or an insert does, or a value is NULL that never can be.

## Example

```sql path=migrations/001_rooms.sql dialect=postgres beside
CREATE TABLE rooms (id serial PRIMARY KEY, label text);
```

```python path=app/models.py
from sqlalchemy import Column, Integer, Text


class Room(db.Model):
    __tablename__ = "rooms"
    id = Column(Integer, primary_key=True)
    label = Column(Text, nullable=False)
```

```python path=app/models.py
from sqlalchemy import Column, Integer, Text


class Room(db.Model):
    __tablename__ = "rooms"
    id = Column(Integer, primary_key=True)
    label = Column(Text)
```

## Fix

Write the migration that is missing, or correct the model. There is no automatic fix: only the project knows which of
the two is right.

## When not to use it

Where the tables belong to another program, whose migrations are only kept here.

## References

- [Alembic: autogenerate](https://alembic.sqlalchemy.org/en/latest/autogenerate.html)
- [Django: `makemigrations --check`](https://docs.djangoproject.com/en/5.2/ref/django-admin/#cmdoption-makemigrations-check)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.diagnostic import Severity
from persistlint.facts import MODELLING, Drift, DriftKind
from persistlint.rule import RuleContext, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.diagnostic import Diagnostic


@rule("model-migration-drift", on=Drift, severity=Severity.WARNING, languages=MODELLING)
def model_migration_drift(found: Drift, context: RuleContext) -> Iterator[Diagnostic]:
    """Report every table and column that a model and the migrations describe in two ways."""
    message = _message(found)
    if message:
        yield context.report(found.range, message, help=_HELP[found.kind])


_HELP = {
    DriftKind.TABLE: "Write the migration that makes it, or correct the name.",
    DriftKind.COLUMN: "Write the migration, or correct the model.",
    DriftKind.NULL: "Say the same in the model and in a migration.",
    DriftKind.TYPE: "Say the same in the model and in a migration.",
}


def _message(found: Drift) -> str:
    column = f"`{found.table}.{found.columns[0]}`" if found.columns else ""
    if found.kind is DriftKind.TABLE:
        return f"No migration makes the table `{found.table}` of this model."
    if found.kind is DriftKind.COLUMN and found.model:
        return f"No migration makes the column {column} of this field."
    if found.kind is DriftKind.COLUMN:
        return f"Every row needs a value in {column}, and the model does not know that column."
    if found.kind is DriftKind.NULL and found.model == "NULL":
        return f"The model lets {column} be NULL, and the migrations refuse that."
    if found.kind is DriftKind.NULL:
        return f"The model says that {column} is never NULL, and the migrations allow it."
    if found.kind is DriftKind.TYPE:
        return f"The model takes {column} for `{found.model}`, and the migrations make it `{found.migrations}`."
    return ""
