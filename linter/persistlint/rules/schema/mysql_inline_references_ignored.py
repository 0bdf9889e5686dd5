"""
## What it finds

`REFERENCES` behind a column in SQL for MySQL.

## Why it matters

MySQL before 9.0 accepts it and makes no foreign key. MariaDB honours it from 10.5 on.

## Example

```sql dialect=mysql
CREATE TABLE visits (id BIGINT PRIMARY KEY, store_id BIGINT NOT NULL REFERENCES stores (id));
```

```sql dialect=mysql
CREATE TABLE visits (id BIGINT PRIMARY KEY, store_id BIGINT NOT NULL, FOREIGN KEY (store_id) REFERENCES stores (id));
```

## Fix

Write it as a constraint of the table.

## When not to use it

It is off by default, for MySQL 9 and MariaDB honour it.

## References

- [MySQL: foreign key constraints](https://dev.mysql.com/doc/refman/8.4/en/create-table-foreign-keys.html)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.diagnostic import Severity
from persistlint.rule import RuleContext, rule
from persistlint.schema.script import CONSTRAINTS, Script

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.diagnostic import Diagnostic


@rule("mysql-inline-references-ignored", on=Script, changes=CONSTRAINTS, severity=Severity.WARNING, default=False)
def mysql_inline_references_ignored(script: Script, context: RuleContext) -> Iterator[Diagnostic]:
    """Report every foreign key that MySQL reads and forgets."""
    if script.dialect != "mysql":
        return
    for table, constraint in script.constraints():
        if constraint.is_inline and constraint.reference is not None:
            columns = ", ".join(constraint.columns)
            yield context.report(
                constraint.range,
                f"MySQL before 9.0 makes no foreign key of this: `{table.name}.{columns}` may be anything.",
                help=f"Write `FOREIGN KEY ({columns}) REFERENCES …` as a constraint of the table.",
            )
