"""
## What it finds

A model without a column that says whose row it is: `tenant_id`, `org_id`, `account_id`, `workspace_id`, … It reads the
models of SQLAlchemy, SQLModel, Django, GORM, Sequelize and TypeORM.

Silent for users and the owners themselves, for API keys and other secrets, for lookup tables, for tables with a foreign
key, whose rows belong to whom the other row does, and where the model inherits from a class of another file.

## Why it matters

No query can be limited to one tenant, and no policy of row level security can be written.

## Example

```python path=app/models.py
class Message(db.Model):
    id = db.Column(db.Integer, primary_key=True)
    text = db.Column(db.Text)
```

```python path=app/models.py
class Message(db.Model):
    id = db.Column(db.Integer, primary_key=True)
    tenant_id = db.Column(db.Integer, nullable=False, index=True)
    text = db.Column(db.Text)
```

## Fix

Add the column, and put it first in the indexes. There is no automatic fix: rows that are there have to get a value.

## When not to use it

It is off by default: most programs have one tenant.

## References

- [PostgreSQL: row security policies](https://www.postgresql.org/docs/current/ddl-rowsecurity.html)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.diagnostic import Severity
from persistlint.rule import RuleContext, rule
from persistlint.schema.entities import has_tenant, is_lookup, is_owner, is_secret
from persistlint.schema.models import Model

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.diagnostic import Diagnostic


@rule("entity-missing-tenant", on=Model, severity=Severity.INFO, default=False)
def entity_missing_tenant(model: Model, context: RuleContext) -> Iterator[Diagnostic]:
    """Report every model whose rows belong to nobody."""
    is_other = is_owner(model) or is_secret(model) or is_lookup(model) or bool(model.table.foreign_keys)
    if model.table.is_complete and not is_other and not has_tenant(model):
        yield context.report(
            model.range,
            f"Nothing says whose a `{model.name}` is.",
            help="Add a column for its tenant, and put it first in the indexes.",
        )
