"""
## What it finds

A model without a column that counts the changes of a row: `version`, `lock_version`, `row_version`, … It reads the
models of SQLAlchemy, SQLModel, Django, GORM, Sequelize and TypeORM.

Silent for rows that are written once (logs, histories, snapshots, `processed_…`), for tables that only join others, for
lookup tables, and where the model inherits from a class of another file.

## Why it matters

Two people open the same row, both save, and the second overwrites what the first did without seeing it.

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
    version = db.Column(db.Integer, nullable=False)
    __mapper_args__ = {"version_id_col": version}
```

## Fix

Add the column, and let every update ask for the value that was read. There is no automatic fix: the migration and the
updates have to follow.

## When not to use it

It is off by default: where nobody edits what others edit too, the last write may well win.

## References

- [SQLAlchemy: configuring a version counter](https://docs.sqlalchemy.org/en/20/orm/versioning.html)
- [Sequelize: optimistic locking](https://sequelize.org/docs/v6/other-topics/optimistic-locking/)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.diagnostic import Severity
from persistlint.rule import RuleContext, rule
from persistlint.schema.entities import has_version, is_appended, is_join, is_lookup
from persistlint.schema.models import Model

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.diagnostic import Diagnostic


@rule("entity-missing-version", on=Model, severity=Severity.INFO, default=False)
def entity_missing_version(model: Model, context: RuleContext) -> Iterator[Diagnostic]:
    """Report every model whose rows can be overwritten unseen."""
    is_other = is_appended(model) or is_join(model) or is_lookup(model)
    if model.table.is_complete and not is_other and not has_version(model):
        yield context.report(
            model.range,
            f"Nothing counts the changes of a `{model.name}`, so that a save can undo another one unseen.",
            help="Add a `version`, and let every update ask for the one that was read.",
        )
