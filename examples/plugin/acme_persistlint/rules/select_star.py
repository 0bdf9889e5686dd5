"""
## What it finds

A query that asks for `*`, every column that the table has.

## Why it matters

A column that is added later travels to every caller: the answer grows, and what was meant to stay inside leaves.

## Example

```python
from acme.warehouse import Warehouse


def orders(warehouse: Warehouse):
    return warehouse.rows("SELECT * FROM orders")
```

```python
from acme.warehouse import Warehouse


def orders(warehouse: Warehouse):
    return warehouse.rows("SELECT id, total FROM orders")
```

## Fix

Name the columns that the caller uses.

## When not to use it

Where the caller shows whatever there is, as a console does.

## References

- [PostgreSQL: select lists](https://www.postgresql.org/docs/current/queries-select-lists.html)
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from persistlint.diagnostic import Diagnostic, Severity
from persistlint.facts import Query
from persistlint.rule import RuleContext, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

_STAR = re.compile(r"select\s+\*", re.IGNORECASE)


@rule("select-star", on=Query, severity=Severity.WARNING)
def select_star(query: Query, context: RuleContext) -> Iterator[Diagnostic]:
    """Report a query that asks for every column."""
    if _STAR.search(context.file.text(query.sql)):
        yield context.report(
            query.sql,
            f"`{query.name}` asks for every column, also for those that are added later.",
            help="Name the columns that the caller uses.",
        )
