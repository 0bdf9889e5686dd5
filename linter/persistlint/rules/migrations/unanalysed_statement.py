"""
## What it finds

A statement of a migration or a schema that persistlint does not understand, so that no rule looks at it.

## Why it matters

A file without a report is taken for one without a problem. What was not read, nobody has checked.

## Example

```sql dialect=postgres
CREATE TABLE orders (id bigint PRIMARY KEY);
ALTRE TABLE orders ADD COLUMN channel text;
```

```sql dialect=postgres
CREATE TABLE orders (id bigint PRIMARY KEY);
ALTER TABLE orders ADD COLUMN channel text;
```

## Fix

Mend the statement if it is misspelled; read it with care if it is not.

## When not to use it

It is off by default: most of what it finds is right, and only rare.

## References

- [PostgreSQL: SQL commands](https://www.postgresql.org/docs/current/sql-commands.html)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.diagnostic import Severity
from persistlint.rule import RuleContext, rule
from persistlint.schema.script import Script

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.diagnostic import Diagnostic


@rule("unanalysed-statement", on=Script, severity=Severity.INFO, default=False)
def unanalysed_statement(script: Script, context: RuleContext) -> Iterator[Diagnostic]:
    """Report every statement that was not read."""
    for place in script.unread:
        yield context.report(
            place,
            "Nothing is known of what this statement does: no rule looks at it.",
            help="Mend it if it is misspelled, and read it with care if it is not.",
        )
