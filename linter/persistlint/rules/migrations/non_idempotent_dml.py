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

Say `ON CONFLICT … DO NOTHING`, or run the script in one transaction. The fix says the first where the row names a key
of a table that is known; it is unsafe, for a conflict that was an error is none then.

## When not to use it

It is off by default: most runners note which migrations are done.

## References

- [PostgreSQL: INSERT](https://www.postgresql.org/docs/current/sql-insert.html#SQL-ON-CONFLICT)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.diagnostic import Severity
from persistlint.fixes.editor import Editor, insert
from persistlint.fixes.refusal import RefusalError
from persistlint.fixes.scripts import scripted, unsafe
from persistlint.rule import RuleContext, rule
from persistlint.schema.changes import Insert
from persistlint.schema.script import Script
from persistlint.schema.transactions import is_ddl, is_dml

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.diagnostic import Diagnostic, Fix


@rule("non-idempotent-dml", on=Script, changes=(Insert,), severity=Severity.WARNING, default=False)
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
            remedy=scripted(script, _fix, script, change, context),
        )


def _fix(script: Script, change: Insert, context: RuleContext) -> tuple[Fix, ...]:
    """ON CONFLICT DO NOTHING, where the row names all of a key of a table that is known."""
    table, text = change.before, context.file.text(change.range).upper()
    keys = [found.columns for found in table.constraints if found.is_key] if table is not None else []
    has_key = any(set(key) <= set(change.columns) for key in keys if key)
    if script.dialect not in ("postgres", "sqlite"):
        raise RefusalError("MySQL would hide other errors as well")
    if not has_key or change.is_query or "RETURNING" in text:
        raise RefusalError("no key of the table is known that every row names, by which it could be there already")
    clause = Editor(script, context.file).like(" ON CONFLICT DO NOTHING", change.statement)
    return unsafe(script, "Leave a row that is there", insert(change.statement.range.end, clause))
