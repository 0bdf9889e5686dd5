"""
## What it finds

`ALTER TYPE … RENAME VALUE` of an enum that the script did not make.

## Why it matters

The rows follow to the new word at once. The release that still runs while the migration does, and the one that a
rollback brings back, write and compare the old word, which PostgreSQL refuses from then on as no value of the type.

## Example

```sql
ALTER TYPE order_status RENAME VALUE 'cancelled' TO 'canceled';
```

```sql
ALTER TYPE order_status ADD VALUE 'canceled';
```

## Fix

Add the new value, write both words for the time of one release, move the rows, and leave the old value unused.

## When not to use it

Where the application is stopped for a migration, switch the rule off.

## References

- [PostgreSQL: ALTER TYPE](https://www.postgresql.org/docs/current/sql-altertype.html)
- [Parallel change](https://martinfowler.com/bliki/ParallelChange.html)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.diagnostic import Severity
from persistlint.rule import RuleContext, rule
from persistlint.schema.changes import AlterObject, CreateEnum
from persistlint.schema.script import Script

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.diagnostic import Diagnostic


@rule("rename-enum-value", on=Script, changes=(AlterObject,), severity=Severity.WARNING)
def rename_enum_value(script: Script, context: RuleContext) -> Iterator[Diagnostic]:
    """Report every word that the running release loses."""
    made = {change.name.key for change in script.of(CreateEnum)}
    for change in script.of(AlterObject):
        if change.kind == "TYPE" and change.words[:2] == ("RENAME", "VALUE") and change.name.key not in made:
            yield context.report(
                change.range,
                f"A release that still runs writes a word that `{change.name}` does not have any more.",
                help="Add the new value, write it from the next release on, and leave the old one unused.",
            )
