"""
## What it finds

A column `<name>_id` of a new table with the type of the primary key of a table `<name>` or its plural that the project
has, and no foreign key on it.

A project of eight tables or more in which most such columns have no foreign key has decided so, and is left alone. A
pair of `<name>_type` and `<name>_id`, generated columns, columns with a default that no row has as its key (`''`, 0),
what another system calls the row itself (`accounts.account_id`), tables that keep what was (audit, history, log, event,
archive), and columns that are the primary key themselves are left alone.

## Why it matters

Nothing keeps the two tables together: rows refer to others that are gone, and joins lose them without a word.

## Example

```sql dialect=postgres
CREATE TABLE clients (id bigint PRIMARY KEY);
CREATE TABLE invoices (id bigint PRIMARY KEY, client_id bigint NOT NULL);
```

```sql dialect=postgres
CREATE TABLE clients (id bigint PRIMARY KEY);
CREATE TABLE invoices (id bigint PRIMARY KEY, client_id bigint NOT NULL REFERENCES clients (id));
```

## Fix

Add the foreign key; on a table with rows as `NOT VALID`, validated in a later migration. The fix adds it to the column
of a new table; it is unsafe, for rows that refer to nothing are refused then.

## When not to use it

Where a database is sharded or its integrity is kept elsewhere, switch the rule off.

## References

- [PostgreSQL: foreign keys](https://www.postgresql.org/docs/current/ddl-constraints.html#DDL-CONSTRAINTS-FK)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.diagnostic import Severity
from persistlint.facts import DECLARING
from persistlint.fixes.editor import Editor, insert
from persistlint.fixes.naming import identifier, qualified
from persistlint.fixes.refusal import RefusalError
from persistlint.fixes.scripts import modelled, scripted
from persistlint.rule import RuleContext, rule
from persistlint.schema.changes import AddConstraint, CreateTable
from persistlint.schema.naming import singular, words
from persistlint.schema.script import COLUMNS, Script
from persistlint.schema.types import base

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from persistlint.diagnostic import Diagnostic, Fix
    from persistlint.schema.definitions import Column, Table

_MANY = 8  # tables, with few foreign keys among them: a decision
_KEEPS = frozenset(
    [
        "audit",
        "history",
        "log",
        "logs",
        "event",
        "events",
        "archive",
        "archived",
        "snapshot",
        "backup",
        "tmp",
        "temp",
        "staging",
    ]
)


@rule("fk-missing", on=Script, changes=COLUMNS, severity=Severity.WARNING, languages=DECLARING)
def fk_missing(script: Script, context: RuleContext) -> Iterator[Diagnostic]:
    """Report every column that looks like a reference and is none."""
    if script.is_dump or not any(column.name.endswith("_id") for _, column, _ in script.columns()):
        return
    tables = script.final.tables.values()
    by_name = _by_name(tables)
    bound = _once_bound(script)
    own = [
        (column, _target(table, column, by_name))
        for table, column, _ in script.columns()
        if (table.name.key, column.name) not in bound
    ]
    found = [(column, target) for column, target in own if target is not None]
    if not found or _is_decision(list(tables), by_name):
        return
    for column, target in found:
        yield context.report(
            column.name_range,
            f"`{column.name}` looks like a reference to `{target.name}`, and no foreign key makes it one.",
            help=f"Add a foreign key to `{target.name}`.",
            remedy=scripted(script, _fix, script, column, target, context),
        )


def _by_name(tables: Iterable[Table]) -> dict[str, Table]:
    """The tables by what one of their rows is called, but those that schemas have under the same name: which of them is
    meant, nothing tells."""
    found: dict[str, Table] = {}
    many: set[str] = set()
    for table in tables:
        name = singular(table.name.name)
        if found.setdefault(name, table) is not table:
            many.add(name)
    return {name: table for name, table in found.items() if name not in many}


def _once_bound(script: Script) -> set[tuple[str, str]]:
    """The columns, with the keys of their tables, that the script itself gives a foreign key: where none is left in the
    end, somebody took it away on purpose."""
    keys = [(change.table.key, change.constraint) for change in script.of(AddConstraint)]
    keys += [(change.table.key, key) for change in script.of(CreateTable) for key, _ in change.definition.foreign_keys]
    return {(table, column) for table, key in keys if key.reference is not None for column in key.columns}


def _fix(script: Script, column: Column, target: Table, context: RuleContext) -> tuple[Fix, ...]:
    """REFERENCES behind the column of a new table, where the other table is there by then. MySQL ignores it there."""
    key = _key(target)
    makers = (change for change in script.of(CreateTable) if column.range in change.range)
    maker = next(makers, None)
    own = next((change for change in script.of(CreateTable) if change.table.key == target.name.key), None)
    is_there = target.name.key in script.after.tables if own is None else own.range.start < column.range.start
    if script.dialect not in ("postgres", "sqlite"):
        raise RefusalError("MySQL ignores one behind a column")
    if key is None or maker is None:
        raise RefusalError("rows that are there may refer to nothing")
    if not is_there:
        raise RefusalError(f"`{target.name}` is made after it")
    name = f"{qualified(target.name, script.dialect)} ({identifier(key.name, script.dialect)})"
    text = Editor(script, context.file).like(" REFERENCES ", maker.statement)
    return modelled(script, f"Add a foreign key to {target.name}", insert(column.range.end, f"{text}{name}"))


def _target(table: Table, column: Column, by_name: dict[str, Table]) -> Table | None:
    """The table that a column looks like a reference to, where no foreign key makes it one."""
    is_of_nobody = column.default is not None and column.default.words[:1] not in ((), ("null",))  # '' or 0
    if not column.name.endswith("_id") or column.generated or is_of_nobody or _KEEPS & set(words(table.name.name)):
        return None
    target = by_name.get(column.name.removesuffix("_id"))
    is_own = target is table  # `accounts.account_id`: what another system calls it
    if target is None or is_own or target.name.schema != table.name.schema or _is_bound(table, column.name):
        return None
    key = _key(target)
    if key is None or key.type is None or column.type is None or base(key.type) != base(column.type):
        return None
    return target


def _is_decision(tables: list[Table], by_name: dict[str, Table]) -> bool:
    """Whether a project of several tables goes without foreign keys for the most part."""
    bound = sum(len(table.foreign_keys) for table in tables)
    missing = sum(_target(table, column, by_name) is not None for table in tables for column in table.columns)
    return len(tables) >= _MANY and missing > 3 * bound


def _is_bound(table: Table, column: str) -> bool:
    """Whether a foreign key holds the column, or something says that it is no plain reference."""
    key = table.primary_key
    is_key = key is not None and key.columns == (column,)
    is_polymorphic = table.column(f"{column.removesuffix('_id')}_type") is not None
    return is_key or is_polymorphic or any(column in found.columns for found, _ in table.foreign_keys)


def _key(table: Table) -> Column | None:
    """The column that is the primary key."""
    key = table.primary_key
    return table.column(key.columns[0]) if key is not None and len(key.columns) == 1 else None
