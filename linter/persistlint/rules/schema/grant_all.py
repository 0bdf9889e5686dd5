"""
## What it finds

`GRANT ALL` and `GRANT ALL PRIVILEGES`.

## Why it matters

It grants more than reading and writing rows: on a table `TRUNCATE`, which no policy of row level security looks at,
`REFERENCES` and `TRIGGER`, on a schema the right to make objects in it, in MySQL on `*.*` nearly everything.

## Example

```sql dialect=postgres
GRANT ALL ON invoices TO app;
```

```sql dialect=postgres
GRANT SELECT, INSERT, UPDATE, DELETE ON invoices TO app;
```

## Fix

Name the rights that are needed. There is no automatic fix: only the project knows which.

## When not to use it

It is off by default. A role that owns what it is granted loses nothing by it.

## References

- [PostgreSQL: privileges](https://www.postgresql.org/docs/current/ddl-priv.html)
- [MySQL: `GRANT`](https://dev.mysql.com/doc/refman/8.4/en/grant.html)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.diagnostic import Severity
from persistlint.rule import RuleContext, rule
from persistlint.schema.changes import Grant
from persistlint.schema.script import Script

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.diagnostic import Diagnostic


@rule("grant-all", on=Script, changes=(Grant,), severity=Severity.WARNING, default=False)
def grant_all(script: Script, context: RuleContext) -> Iterator[Diagnostic]:
    """Report every grant of all rights."""
    for change in script.of(Grant):
        if change.is_grant and change.words[:1] == ("ALL",):
            yield context.report(
                change.range,
                "All rights are more than reading and writing rows.",
                help="Name the rights that are needed: `GRANT SELECT, INSERT, UPDATE, DELETE …`.",
            )
