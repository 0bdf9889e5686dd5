"""
## What it finds

A change of the schema between `START TRANSACTION` and `COMMIT` or `ROLLBACK` in MySQL or MariaDB.

## Why it matters

Every change of the schema commits what was done so far and ends the transaction. A `ROLLBACK` behind it undoes nothing
before it, and what follows runs without a transaction.

## Example

```sql dialect=mysql
START TRANSACTION;
ALTER TABLE stores ADD COLUMN city VARCHAR(80) NULL;
UPDATE stores SET city = 'Bonn' WHERE id = 1;
ROLLBACK;
```

```sql dialect=mysql
ALTER TABLE stores ADD COLUMN city VARCHAR(80) NULL;
START TRANSACTION;
UPDATE stores SET city = 'Bonn' WHERE id = 1;
COMMIT;
```

## Fix

Change the schema outside of transactions, one statement per migration, so that a failed one can be run again.

## When not to use it

There is hardly a reason to ignore it.

## References

- [MySQL: statements that cause an implicit commit](https://dev.mysql.com/doc/refman/8.4/en/implicit-commit.html)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.diagnostic import Severity
from persistlint.rule import RuleContext, rule
from persistlint.schema.changes import Begin, CreateTable, DropTable, End
from persistlint.schema.script import Script
from persistlint.schema.transactions import is_ddl

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.diagnostic import Diagnostic


@rule("mysql-ddl-implicit-commit", on=Script, changes=(Begin,), severity=Severity.WARNING)
def mysql_ddl_implicit_commit(script: Script, context: RuleContext) -> Iterator[Diagnostic]:
    """Report the first change of the schema in every transaction."""
    if script.dialect != "mysql":
        return
    is_open = False
    for change in script.forward:
        if isinstance(change, Begin | End):
            is_open = isinstance(change, Begin)
        elif is_open and is_ddl(change) and not _is_temporary(change):
            is_open = False
            verb = " ".join(change.statement.words[:2])
            yield context.report(
                change.range,
                f"`{verb}` commits the transaction: nothing before it can be rolled back any more.",
                help="Change the schema outside of transactions.",
            )


def _is_temporary(change: object) -> bool:
    """Temporary tables commit nothing."""
    if isinstance(change, CreateTable):
        return change.definition.is_temporary
    return isinstance(change, DropTable) and change.before is not None and change.before.is_temporary
