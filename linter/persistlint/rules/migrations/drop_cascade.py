"""
## What it finds

`DROP … CASCADE` of a table, type, view, function, schema, extension, column or constraint in PostgreSQL.

What the script itself made, what it makes anew behind a `DROP … IF EXISTS`, and triggers and policies, on which nothing
depends, are left alone, and so is a script that takes a whole database away and says so by its name.

## Why it matters

Everything that depends on the object goes with it: foreign keys of other tables, views, columns of a dropped type,
policies. Which those are depends on the database, and the statement says nothing of them.

## Example

```sql dialect=postgres
DROP TABLE orders CASCADE;
```

```sql dialect=postgres
ALTER TABLE invoices DROP CONSTRAINT invoices_order_id_fkey;
DROP VIEW open_orders;
DROP TABLE orders;
```

## Fix

Leave out `CASCADE` and drop what depends on it by name; the database says what that is. The fix leaves it out where a
known table, or a part of it, is dropped on which no known foreign key and no known view depends. It is unsafe, for the
statement may then fail.

## When not to use it

Where it is known what goes, ignore the line and name it.

## References

- [PostgreSQL: dependency tracking](https://www.postgresql.org/docs/current/ddl-depend.html)
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from persistlint.diagnostic import Edit, Severity
from persistlint.fixes.refusal import RefusalError
from persistlint.fixes.scripts import scripted, unsafe
from persistlint.regexes import regex
from persistlint.rule import RuleContext, rule
from persistlint.schema.changes import (
    Change,
    CreateEnum,
    CreateObject,
    CreateTable,
    DropColumn,
    DropConstraint,
    DropIndex,
    DropObject,
    DropTable,
)
from persistlint.schema.script import Script
from persistlint.source import Range

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.diagnostic import Diagnostic, Fix

_HARMLESS = frozenset({"TRIGGER", "RULE", "OWNED"})
_CASCADE = regex(rb"\s+CASCADE\s*$", re.IGNORECASE)


@rule(
    "drop-cascade",
    on=Script,
    changes=(DropTable, DropObject, DropColumn, DropConstraint, DropIndex),
    severity=Severity.WARNING,
    momentary=True,
)
def drop_cascade(script: Script, context: RuleContext) -> Iterator[Diagnostic]:
    """Report every DROP that takes along what nobody named."""
    if script.dialect != "postgres" or script.is_teardown:
        return
    made = _made(script)
    for change in script.forward:
        if (
            not isinstance(change, DropTable | DropObject | DropColumn | DropConstraint | DropIndex)
            or not change.is_cascade
        ):
            continue
        name = _name(change)
        if (isinstance(change, DropObject) and change.kind in _HARMLESS) or _is_own(change, name, made, script):
            continue
        if change.range != change.statement.range and change.statement.words[:1] == ("DROP",):
            continue  # not the first of several objects
        yield context.report(
            change.range,
            f"`CASCADE` drops everything that depends on `{name}` as well, whatever that is.",
            help="Leave it out, and drop what depends on it by name.",
            remedy=scripted(script, _fix, script, change, context),
        )


def _name(change: DropTable | DropObject | DropColumn | DropConstraint | DropIndex) -> str:
    match change:
        case DropTable(table=name):
            return name.key
        case DropObject(name=name) | DropIndex(name=name):
            return name.key
        case DropColumn(column=column):
            return column
        case DropConstraint(name=constraint):
            return constraint
    return ""


def _made(script: Script) -> dict[str, tuple[int, int]]:
    """Where the script makes each object: the first and the last time."""
    found: dict[str, tuple[int, int]] = {}
    for change in script.forward:
        key = ""
        if isinstance(change, CreateTable):
            key = change.table.key
        elif isinstance(change, CreateObject | CreateEnum):
            key = change.name.key
        if key:
            position = script.position(change)
            found[key] = (found.get(key, (position, position))[0], position)
    return found


def _is_own(change: Change, name: str, made: dict[str, tuple[int, int]], script: Script) -> bool:
    """Whether the script made the object before, or makes it anew."""
    first, last = made.get(name, (len(script.changes), -1))
    is_anew = isinstance(change, DropTable | DropObject) and change.if_exists and last > script.position(change)
    return is_anew or first < script.position(change)


def _fix(script: Script, change: Change, context: RuleContext) -> tuple[Fix, ...]:
    """Without the word, where all that depends on a known table is known, and nothing does. What depends on a type, a
    function or a schema, nobody has followed."""
    cascade = _CASCADE.search(context.file.content[change.range.start : change.range.end])
    same = script.of(DropTable) if isinstance(change, DropTable) else (change,)
    dropped = [each for each in same if each.statement is change.statement]
    if cascade is None or not all(map(_stands_alone, dropped)):
        raise RefusalError("something depends on it, or not all is known that may")
    edit = Edit(Range(change.range.start + cascade.start(), change.range.end), "")
    return unsafe(script, "Leave out CASCADE", edit)


def _stands_alone(change: Change) -> bool:
    """Whether nothing is known to depend on what goes, and something is known of its table."""
    if not isinstance(change, DropTable | DropColumn | DropConstraint):
        return False
    return change.before is not None and change.before.is_known and not change.is_needed
