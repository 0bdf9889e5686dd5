"""
## What it finds

Code that brings the database in line with the models when the program starts, in a project that has migrations:
`sequelize.sync()`, `synchronize: true` of TypeORM, `metadata.create_all()` of SQLAlchemy, `AutoMigrate` of GORM.

`sequelize.sync({ alter: true })` and `{ force: true }` are reported without migrations too, for they change and drop
tables that are there. Calls for one model after the other in a function are one report. Silent in tests and examples,
and behind a test of the environment.

## Why it matters

Two things then define the schema. What the models make first, the migration that makes it fails on; and a rename in the
models is a column that is dropped, with its values, at the next start.

## Example

```js
async function start(sequelize) {
  await sequelize.sync({ alter: true });
}
```

```js
async function start(sequelize) {
  await sequelize.authenticate();
}
```

## Fix

Let the migrations alone change the schema, and remove the call.

## When not to use it

Where it only ever makes a fresh database for development, ignore the line.

## References

- [Sequelize: synchronization in production](https://sequelize.org/docs/v6/core-concepts/model-basics/#synchronization-in-production)
- [TypeORM: data source options](https://typeorm.io/data-source-options)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.diagnostic import Severity
from persistlint.facts import Synchronisation
from persistlint.rule import RuleContext, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.diagnostic import Diagnostic


@rule("schema-sync-beside-migrations", on=Synchronisation, severity=Severity.WARNING)
def schema_sync_beside_migrations(found: Synchronisation, context: RuleContext) -> Iterator[Diagnostic]:
    """Report every synchronisation."""
    what = (
        f"{found.library} brings the schema in line with the models here, past the migrations of the project."
        if found.has_migrations
        else f"{found.library} changes or drops tables here, whatever they hold, to bring them in line with the models."
    )
    yield context.report(found.range, what, help="Let migrations alone change the schema, and remove this.")
