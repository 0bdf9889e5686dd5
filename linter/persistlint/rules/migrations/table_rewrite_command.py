"""
## What it finds

`VACUUM FULL`, `CLUSTER`, `SET LOGGED`, `SET UNLOGGED`, `SET TABLESPACE`, `SET ACCESS METHOD` and `LOCK TABLE` without a
mode, on a table that the same script did not make.

## Why it matters

They hold an ACCESS EXCLUSIVE lock, for which all reads and writes wait, and all but `LOCK TABLE` write the whole table
anew meanwhile.

## Example

```sql dialect=postgres
VACUUM FULL orders;
```

```sql dialect=postgres
VACUUM (ANALYZE) orders;
```

## Fix

Use `pg_repack`, which does the same online, or plan for a time in which the application can do without the table. For
`LOCK TABLE`, name the mode that is needed.

## When not to use it

Where the application is stopped for a migration, switch the rule off.

## References

- [PostgreSQL: VACUUM](https://www.postgresql.org/docs/current/sql-vacuum.html)
- [pg_repack](https://reorg.github.io/pg_repack/)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.diagnostic import Severity
from persistlint.rule import RuleContext, rule
from persistlint.schema.changes import AlterTable, CreateTable, Maintain
from persistlint.schema.script import Script

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.diagnostic import Diagnostic

_COMMANDS = frozenset({"VACUUM FULL", "CLUSTER", "LOCK"})
_ACTIONS = (("SET", "LOGGED"), ("SET", "UNLOGGED"), ("SET", "TABLESPACE"), ("SET", "ACCESS"))


@rule("table-rewrite-command", on=Script, changes=(Maintain, AlterTable), severity=Severity.WARNING, momentary=True)
def table_rewrite_command(script: Script, context: RuleContext) -> Iterator[Diagnostic]:
    """Report every command that works on a whole table under ACCESS EXCLUSIVE."""
    if script.dialect != "postgres":
        return
    made = {change.table.key for change in script.of(CreateTable)}
    for change in script.forward:
        if isinstance(change, Maintain):
            words = context.file.text(change.range).upper().split()
            is_said = change.kind == "LOCK" and "IN" in words  # whoever names the mode knows what waits for it
            if change.kind not in _COMMANDS or is_said or (change.name is not None and change.name.key in made):
                continue
            what, table = change.kind, f"`{change.name}`" if change.name else "every table"
        elif isinstance(change, AlterTable) and change.words[:2] in _ACTIONS and not change.is_on_new:
            what, table = " ".join(change.words[:2]), f"`{change.table}`"
        else:
            continue
        yield context.report(
            change.range,
            f"`{what}` holds a lock of mode ACCESS EXCLUSIVE on {table}: reads and writes of it wait until it is done.",
            help="Say which mode is needed: `IN SHARE ROW EXCLUSIVE MODE` lets others read."
            if what == "LOCK"
            else "Do it online with `pg_repack`, or while nobody needs the table.",
        )
