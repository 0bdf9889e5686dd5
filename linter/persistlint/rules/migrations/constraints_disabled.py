"""
## What it finds

Foreign keys or triggers switched off: `SET FOREIGN_KEY_CHECKS = 0`, `session_replication_role = replica`, `DISABLE
TRIGGER ALL`, `PRAGMA foreign_keys = OFF`.

Left alone are the rebuild of a table in SQLite that switches foreign keys on again or checks them, and scripts that
only write tables of their own, such as dumps.

## Why it matters

What is written meanwhile is not checked, not even when the checks are switched on again. Orphans stay for ever, and
nothing finds them.

## Example

```sql dialect=mysql
SET FOREIGN_KEY_CHECKS = 0;
DELETE FROM customers WHERE id < 100;
SET FOREIGN_KEY_CHECKS = 1;
```

```sql dialect=mysql
DELETE FROM customers WHERE id < 100;
```

## Fix

Write rows in an order that the constraints allow, or make them deferrable; in SQLite, run `PRAGMA foreign_key_check`
before the commit.

## When not to use it

Where the rows are checked in another way, ignore the line and say how.

## References

- [MySQL: foreign_key_checks](https://dev.mysql.com/doc/refman/8.4/en/server-system-variables.html#sysvar_foreign_key_checks)
- [SQLite: making other kinds of table schema changes](https://www.sqlite.org/lang_altertable.html#making_other_kinds_of_table_schema_changes)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.diagnostic import Severity
from persistlint.rule import RuleContext, rule
from persistlint.schema.changes import (
    AlterTable,
    Change,
    CreateTable,
    DropTable,
    Maintain,
    RenameTable,
    SetTrigger,
    SetVariable,
    TableChange,
)
from persistlint.schema.script import Script

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.diagnostic import Diagnostic

_OFF = {
    ("foreign_key_checks", "0"),
    ("foreign_key_checks", "off"),
    ("session_replication_role", "replica"),
    ("foreign_keys", "0"),
    ("foreign_keys", "off"),
    ("foreign_keys", "false"),
    ("ignore_check_constraints", "1"),
    ("ignore_check_constraints", "on"),
}
_ON = frozenset({"1", "on", "true"})


@rule("constraints-disabled", on=Script, severity=Severity.ERROR)
def constraints_disabled(script: Script, context: RuleContext) -> Iterator[Diagnostic]:
    """Report every statement that lets rows in which no constraint has seen."""
    off = [change for change in script.forward if _switches_off(change)]
    if not off or _is_checked(script) or _writes_only_own(script):
        return
    for change in off:
        yield context.report(
            change.range,
            "No foreign key is checked from here on, not even when the checks are switched on again.",
            help="Write in an order that the constraints allow, or check the rows before the commit.",
        )


def _switches_off(change: Change) -> bool:
    match change:
        case SetVariable(name=name, value=value):
            return (name, value) in _OFF
        case SetTrigger(trigger=trigger, is_enabled=False):
            return trigger == "ALL" and not change.is_on_new
        case AlterTable(words=words):
            return words[:1] == ("NOCHECK",)
    return False


def _is_checked(script: Script) -> bool:
    """Whether SQLite looks for orphans before the end, or a table is rebuilt and foreign keys are on again then."""
    if any(change.kind == "PRAGMA FOREIGN_KEY_CHECK" for change in script.of(Maintain)):
        return True
    dropped = {change.table.key for change in script.of(DropTable)}
    is_rebuild = any(change.to.key in dropped for change in script.of(RenameTable))
    is_on_again = any(change.name == "foreign_keys" and change.value in _ON for change in script.of(SetVariable))
    return is_rebuild and is_on_again


def _writes_only_own(script: Script) -> bool:
    """Whether the script makes every table that it touches."""
    made = {change.table.key for change in script.of(CreateTable)}
    return bool(made) and all(change.table.key in made for change in script.forward if isinstance(change, TableChange))
