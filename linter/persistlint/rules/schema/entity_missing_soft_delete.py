"""
## What it finds

A model without a column that says that a row no longer counts: `deleted_at`, `archived_at`, `is_active`, … It reads the
models of SQLAlchemy, SQLModel, Django, GORM, Sequelize and TypeORM.

Silent for what has to be gone when it is deleted (credentials, tokens, sessions), for rows that are written once (logs,
histories, `processed_…`), for tables that only join others, for lookup tables, and where the model inherits from a
class of another file.

## Why it matters

What somebody deletes by mistake is gone, and so is what referred to it.

## Example

```python path=app/models.py
class Message(db.Model):
    id = db.Column(db.Integer, primary_key=True)
    text = db.Column(db.Text)
```

```python path=app/models.py
class Message(db.Model):
    id = db.Column(db.Integer, primary_key=True)
    text = db.Column(db.Text)
    deleted_at = db.Column(db.DateTime(timezone=True))
```

## Fix

Add the column, and leave such rows out wherever rows are read. There is no automatic fix: queries and unique keys have
to follow.

## When not to use it

It is off by default: a row that is marked is still there, which the law may forbid.

## References

- [GORM: soft delete](https://gorm.io/docs/delete.html#Soft-Delete)
- [Sequelize: paranoid](https://sequelize.org/docs/v6/core-concepts/paranoid/)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.diagnostic import Severity
from persistlint.rule import RuleContext, rule
from persistlint.schema.entities import has_soft_delete, is_appended, is_join, is_lookup, is_secret
from persistlint.schema.models import Model

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.diagnostic import Diagnostic


@rule("entity-missing-soft-delete", on=Model, severity=Severity.INFO, default=False)
def entity_missing_soft_delete(model: Model, context: RuleContext) -> Iterator[Diagnostic]:
    """Report every model whose rows are gone when they are deleted."""
    is_other = is_secret(model) or is_appended(model) or is_join(model) or is_lookup(model)
    if model.table.is_complete and not is_other and not has_soft_delete(model):
        yield context.report(
            model.range,
            f"A `{model.name}` that is deleted is gone.",
            help="Add a `deleted_at`, and leave rows that have it out wherever rows are read.",
        )
