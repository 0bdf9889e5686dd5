"""
## What it finds

An `INSERT` outside of any transaction, without `ON CONFLICT`, `ON DUPLICATE KEY`, `IGNORE` or a query with a condition,
into a table that the script did not make, in a script of two or more changes that no runner wraps in a transaction.

## Why it matters

When a later statement fails, the script has to be run again, and writes the rows a second time or fails on their keys.

## Example

```sql dialect=postgres
INSERT INTO regions (code) VALUES ('eu');
UPDATE customers SET region = 'eu' WHERE region IS NULL;
```

```sql dialect=postgres
INSERT INTO regions (code) VALUES ('eu') ON CONFLICT (code) DO NOTHING;
UPDATE customers SET region = 'eu' WHERE region IS NULL;
```

## Fix

Say `ON CONFLICT … DO NOTHING`, or run the script in one transaction.

## When not to use it

It is off by default: most runners note which migrations are done.

## References

- [PostgreSQL: INSERT](https://www.postgresql.org/docs/current/sql-insert.html#SQL-ON-CONFLICT)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.diagnostic import Severity
from persistlint.rule import RuleContext, rule
from persistlint.schema.changes import Insert
from persistlint.schema.script import Script
from persistlint.schema.transactions import is_ddl, is_dml

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.diagnostic import Diagnostic


@rule("non-idempotent-dml", on=Script, severity=Severity.WARNING, default=False)
def non_idempotent_dml(script: Script, context: RuleContext) -> Iterator[Diagnostic]:
    """Report every INSERT that writes its rows again when the script is run again."""
    if script.runner.wraps is not False or script.is_dump:
        return
    steps = {change.statement.range for change in script.forward if is_ddl(change) or is_dml(change)}
    for change in script.of(Insert):
        is_guarded = bool(change.on_conflict) or change.replaces or change.is_filtered
        if is_guarded or change.is_on_new or change.statement.transaction is not None or len(steps) < 2:
            continue
        yield context.report(
            change.range,
            f"When a later statement fails and the script is run again, `{change.table}` gets these rows twice.",
            help="Say what to do with a row that is there already, or run the script in one transaction.",
        )
