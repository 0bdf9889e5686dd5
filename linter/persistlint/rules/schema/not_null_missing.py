"""
## What it finds

A column of a new table that may be NULL and whose meaning leaves no room for it: a `boolean`, a status, an amount of
money or a quantity, the key of a tenant, `created_at` and `updated_at` with a default.

A column that a foreign key empties by `ON DELETE SET NULL` is left alone.

## Why it matters

A `CHECK` is satisfied by NULL, a sum leaves the row out, a boolean has three values, and a comparison with NULL is
neither true nor false.

## Example

```sql dialect=postgres
CREATE TABLE plans (id bigint PRIMARY KEY, price numeric(10, 2) CHECK (price >= 0));
```

```sql dialect=postgres
CREATE TABLE plans (id bigint PRIMARY KEY, price numeric(10, 2) NOT NULL CHECK (price >= 0));
```

## Fix

Say `NOT NULL`. The fix does so where the column has a default; it is unsafe, for rows with NULL in it are refused then.

## When not to use it

It is off by default: whether a value can be missing is a question of meaning.

## References

- [PostgreSQL: not-null constraints](https://www.postgresql.org/docs/current/ddl-constraints.html#DDL-CONSTRAINTS-NOT-NULL)
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from persistlint.diagnostic import Severity
from persistlint.fixes.editor import ELSEWHERE, Editor, find, insert, stands_here
from persistlint.fixes.refusal import RefusalError
from persistlint.fixes.scripts import modelled, scripted
from persistlint.regexes import regex
from persistlint.rule import RuleContext, rule
from persistlint.schema.changes import CreateTable
from persistlint.schema.naming import QUANTITIES, STATES, TENANT_COLUMNS, is_money, words
from persistlint.schema.script import Script
from persistlint.schema.types import FLOATS, INTEGERS, TEXTS
from persistlint.source import Range

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.diagnostic import Diagnostic, Fix
    from persistlint.schema.definitions import Column, Table

_MOMENTS = frozenset({"created_at", "updated_at", "created_on", "updated_on", "createdat", "updatedat"})
_NUMBERS = frozenset({*INTEGERS, *FLOATS, "numeric"})

_GAP = regex(rb"\A[ \t]{2,}(?=\S)")
_NULL = regex(r"\bNULL\b|\bCOLLATE\b|\bCHARACTER\b", re.IGNORECASE)


@rule("not-null-missing", on=Script, changes=(CreateTable,), severity=Severity.WARNING, default=False)
def not_null_missing(script: Script, context: RuleContext) -> Iterator[Diagnostic]:
    """Report every column of a new table that should always have a value and need not. One that a foreign key empties
    when the other row goes has to be without."""
    for table in script.created:
        emptied = {
            name for key, reference in table.foreign_keys if reference.on_delete == "SET NULL" for name in key.columns
        }
        for column in table.columns:
            why = _why(column) if column.name not in emptied else ""
            if why and not table.requires(column.name) and script.is_made(column):
                yield context.report(
                    column.name_range,
                    f"`{column.name}` may be NULL, and {why}.",
                    help="Say `NOT NULL`.",
                    remedy=scripted(script, _fix, script, table, column, context),
                )


def _fix(script: Script, table: Table, column: Column, context: RuleContext) -> tuple[Fix, ...]:
    """NOT NULL where a row that does not name the column has a value in it, unless a check tells what NULL means."""
    editor = Editor(script, context.file)
    statement = editor.statement_at(column.range)
    if column.type is None or not stands_here(context.file, column):
        raise RefusalError(ELSEWHERE)
    if not column.has_value or column.generated:
        raise RefusalError("it has no default, so that a row which does not name it would be refused")
    if any("is" in check.words for check in table.checks(column.name)) or _NULL.search(context.file.text(column.range)):
        raise RefusalError("the table says itself that it may be NULL")
    end, words = column.type.range.end, editor.like("NOT NULL", statement)
    gap = find(context.file, Range(end, column.range.end), _GAP)  # columns of a layout
    edit = insert(gap.end, f"{words} ") if gap is not None else insert(end, f" {words}")
    return modelled(script, "Say NOT NULL", edit)


def _why(column: Column) -> str:
    type = column.type.name if column.type is not None else ""
    name = column.name.lower()
    if type == "boolean":
        return "has three values then"
    if name in TENANT_COLUMNS:
        return "the row belongs to nobody then"
    if name in _MOMENTS and column.default is not None:
        return "its default does not help where NULL is written"
    if type in TEXTS and STATES & set(words(name)[-1:]):
        return "no state is a state that nobody named"
    if type in _NUMBERS and (is_money(name) or QUANTITIES & set(words(name))):
        return "sums leave the row out then"
    return ""
