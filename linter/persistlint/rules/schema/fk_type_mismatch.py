"""
## What it finds

A foreign key whose column has another type than the column that it refers to: `integer` to `bigint`, `text` to
`uuid`, signed to unsigned in MySQL; in SQLite, whole numbers to texts. Both types must be known. Lengths are no
matter, and neither is `text` against `varchar`.

## Why it matters

A narrower integer runs out before the key does. Other pairs are refused by the database, or cost a conversion in every
join, which can keep an index from being used.

## Example

```sql dialect=postgres
CREATE TABLE clients (id bigint PRIMARY KEY);
CREATE TABLE invoices (id bigint PRIMARY KEY, client_id integer REFERENCES clients (id));
```

```sql dialect=postgres
CREATE TABLE clients (id bigint PRIMARY KEY);
CREATE TABLE invoices (id bigint PRIMARY KEY, client_id bigint REFERENCES clients (id));
```

## Fix

Give the column the type of the key. The fix does so in a new table; it is unsafe, for a program may hold values of the
old type.

## When not to use it

There is hardly a reason to ignore it.

## References

- [MySQL: foreign key constraints](https://dev.mysql.com/doc/refman/8.4/en/create-table-foreign-keys.html)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.diagnostic import Severity
from persistlint.fixes.editor import is_written
from persistlint.fixes.refusal import RefusalError
from persistlint.fixes.scripts import modelled, retyped, scripted
from persistlint.rule import RuleContext, rule
from persistlint.schema.script import CONSTRAINTS, Script
from persistlint.schema.types import INTEGERS, TEXTS, base

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.diagnostic import Diagnostic, Fix
    from persistlint.schema.definitions import DataType, Table


@rule("fk-type-mismatch", on=Script, changes=CONSTRAINTS, severity=Severity.WARNING)
def fk_type_mismatch(script: Script, context: RuleContext) -> Iterator[Diagnostic]:
    """Report every foreign key whose columns have another type than those they refer to."""
    if script.dialect is None:
        return
    # What SQLite runs as well, a program translates for PostgreSQL: `INTEGER PRIMARY KEY` has 64 bits in the one.
    agree = _have_one_affinity if script.dialect == "sqlite" or script.is_shared else _agree
    for table, constraint in script.constraints():
        reference = constraint.reference
        target = script.final.find(reference.table) if reference is not None else None
        if reference is None or target is None:
            continue
        key = target.primary_key
        columns = reference.columns or (key.columns if key is not None else ())
        for name, other in zip(constraint.columns, columns, strict=False):
            column, referred = table.column(name), target.column(other)
            old = column.type if column is not None else None
            new = referred.type if referred is not None else None
            if old is None or new is None or agree(old, new) or _was_changed(script, table, name, target, other):
                continue
            yield context.report(
                constraint.range,
                f"`{name}` is `{old.text}`, and `{reference.table}.{other}`, to which it refers, is `{new.text}`.",
                help=f"Make it `{_COUNTED.get(new.text.lower(), new.text)}` too.",
                remedy=scripted(script, _fix, script, old, new, context),
            )
            break


def _was_changed(script: Script, table: Table, name: str, target: Table, other: str) -> bool:
    """Whether two columns agreed when the key was made, and do not in the end in a way that PostgreSQL refuses: then
    migrations changed them that nobody can read."""
    tables = (script.after.find(each.name) for each in (table, target))
    columns = (each.column(column) if each else None for each, column in zip(tables, (name, other), strict=True))
    first, second = (column.type if column is not None else None for column in columns)
    if script.dialect != "postgres" or first is None or second is None:
        return False
    ends = {base(type) for each, column in ((table, name), (target, other)) if (type := _type(each, column))}
    return _agree(first, second) and not ends <= INTEGERS.keys()


def _type(table: Table, name: str) -> DataType | None:
    column = table.column(name)
    return column.type if column is not None else None


def _fix(script: Script, old: DataType, new: DataType, context: RuleContext) -> tuple[Fix, ...]:
    """The type of the key in the definition of a column of a new table, unless less numbers go into it and the database
    does not mind: then it is the key that is too small."""
    is_own = script.is_created(old.range) and is_written(context.file, old)
    is_narrower = INTEGERS.get(base(new), 0) < INTEGERS.get(base(old), 0) and base(new) in INTEGERS
    if not is_own:
        raise RefusalError("rows that are there would have to be converted")
    if old.is_array or "serial" in old.name:
        raise RefusalError("an array or a counter refers to no row")
    if is_narrower and script.dialect != "mysql":
        raise RefusalError("it is the key that has the smaller type")
    name = _COUNTED.get(new.text.lower(), new.text)  # a reference counts nothing by itself
    name = name.lower() if old.text.islower() else name.upper() if old.text.isupper() else name
    return modelled(script, f"Make it {name}", retyped(context.file, old.range, name))


_COUNTED = {
    **dict.fromkeys(("serial", "serial4"), "integer"),
    **dict.fromkeys(("bigserial", "serial8"), "bigint"),
    "smallserial": "smallint",
}


def _agree(one: DataType, other: DataType) -> bool:
    first, second = base(one), base(other)
    if first in TEXTS and second in TEXTS:
        return True
    is_known = all(name in _KNOWN for name in (first, second))
    return not is_known or (first == second and one.is_unsigned == other.is_unsigned)


def _have_one_affinity(one: DataType, other: DataType) -> bool:
    """SQLite stores what it is given: only whole numbers and texts are told apart by their declaration."""
    affinities = {_affinity(one), _affinity(other)}
    return None in affinities or len(affinities) == 1


def _affinity(type: DataType) -> str | None:
    """The affinity of a column of SQLite, as https://sqlite.org/datatype3.html says; None for all but two."""
    name = type.text.upper()
    if "INT" in name:
        return "INTEGER"
    return "TEXT" if any(word in name for word in ("CHAR", "CLOB", "TEXT")) else None


_KNOWN = frozenset({*INTEGERS, *TEXTS, "uuid", "numeric", "date", "timestamptz", "timestamp", "boolean", "bytea"})
