"""
## What it finds

Foreign keys or triggers switched off: `SET FOREIGN_KEY_CHECKS = 0`, `session_replication_role = replica`, `DISABLE
TRIGGER ALL`, `PRAGMA foreign_keys = OFF`.

Left alone are the rebuild of a table in SQLite that switches foreign keys on again or checks them, scripts that only
write tables of their own, such as dumps, and those that switch the checks on again and meanwhile write nothing that
they would have looked at, such as a new column.

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
    AddColumn,
    AddConstraint,
    AlterTable,
    Change,
    CreateTable,
    Delete,
    DropTable,
    Insert,
    Maintain,
    RenameTable,
    SetTrigger,
    SetVariable,
    TableChange,
    Truncate,
    Update,
)
from persistlint.schema.definitions import ConstraintKind
from persistlint.schema.script import Script

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.diagnostic import Diagnostic
    from persistlint.schema.definitions import Constraint, Table

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
_OF_FOREIGN_KEYS = frozenset({"foreign_key_checks", "foreign_keys", "session_replication_role"})
_ON = frozenset({"1", "on", "true"})


@rule("constraints-disabled", on=Script, changes=(SetVariable, SetTrigger, AlterTable), severity=Severity.ERROR)
def constraints_disabled(script: Script, context: RuleContext) -> Iterator[Diagnostic]:
    """Report every statement that lets rows in which no constraint has seen."""
    off = [change for change in script.forward if _switches_off(change)]
    if not off or _is_checked(script) or _writes_only_own(script):
        return
    idle = _idle(script)
    for change in off:
        if id(change) in idle:
            continue
        help = "Write in an order that the constraints allow, or check the rows before the commit."
        if isinstance(change, SetTrigger):
            help = "Write `DISABLE TRIGGER USER`, which leaves those of the foreign keys on."
        yield context.report(
            change.range,
            "No foreign key is checked from here on, not even when the checks are switched on again.",
            help=help,
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


def _idle(script: Script) -> set[int]:
    """The changes behind which the checks are on again before anything is written that they would have looked at, by
    identity."""
    found: set[int] = set()
    never = len(script.forward)
    on: dict[str | None, int] = {}  # where what is switched off here is switched on next, by its name
    write = write_of_keys = never  # where the next rows are written, and those that foreign keys look at
    own: dict[str, int] = {}  # and those of each table: its triggers have to do with no others
    for place, change in reversed(list(enumerate(script.forward))):
        is_of_keys = isinstance(change, SetVariable) and change.name in _OF_FOREIGN_KEYS
        if _switches_off(change):
            next_write = write_of_keys if is_of_keys else write
            if isinstance(change, SetTrigger):  # in PostgreSQL, where triggers check foreign keys and nothing else
                next_write = own.get(change.table.key, never)
            if on.get(_switched(change), never) < next_write:
                found.add(id(change))
        elif (isinstance(change, SetTrigger) and change.trigger == "ALL" and change.is_enabled) or (
            isinstance(change, SetVariable) and (change.name, change.value) not in _OFF
        ):
            on[_switched(change)] = place
        elif _writes(change):
            write = place
            if not _is_apart(change, script):
                write_of_keys = place
                if isinstance(change, TableChange):
                    own[change.table.key] = place
    return found


def _switched(change: Change) -> str | None:
    """The name of what a change switches on or off."""
    match change:
        case SetVariable(name=name):
            return f"variable {name}"
        case SetTrigger():
            return f"trigger {change.table.key}"
    return None


def _writes(change: Change) -> bool:
    """Whether rows come, go or change, or begin to refer to others."""
    match change:
        case Insert() | Update() | Delete() | Truncate() | DropTable():
            return True
        case AddConstraint(constraint=constraint):
            return constraint.kind is ConstraintKind.FOREIGN_KEY
        case AddColumn(column=column):
            return column.has_value and column.constraint(ConstraintKind.FOREIGN_KEY) is not None
    return False


def _is_apart(change: Change, script: Script) -> bool:
    """Whether no foreign key has to do with what is written, as far as all of the project's tables are known."""
    if not isinstance(change, TableChange) or change.before is None or not change.before.is_known:
        return False
    table = change.before
    match change:
        case Insert(replaces=False):
            return not table.foreign_keys
        case Update(columns=columns):
            linked = [
                each for each in table.constraints if _is_linked(each) and not set(each.columns).isdisjoint(columns)
            ]
            return bool(columns) and (
                not linked or (all(each.is_key for each in linked) and not _is_referred_to(table, script))
            )
        case Delete() | DropTable():
            return not _is_referred_to(table, script)
    return False


def _is_linked(constraint: Constraint) -> bool:
    return constraint.is_key or constraint.kind is ConstraintKind.FOREIGN_KEY


def _is_referred_to(table: Table, script: Script) -> bool:
    """Whether another table may refer to this one: one does, or not all of them are known."""
    tables = script.after.tables.values()
    return not script.is_rooted or any(
        reference.table.key == table.name.key for other in tables for _, reference in other.foreign_keys
    )
