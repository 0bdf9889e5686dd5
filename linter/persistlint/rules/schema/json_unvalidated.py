"""
## What it finds

A column of the type `json` or `jsonb`, and in SQLite a text called `…_json`, of a new table, that no `CHECK` mentions.

## Why it matters

The database checks the syntax at most: 42, "text" and [] all pass, and fail where a program looks into them.

## Example

```sql dialect=postgres
CREATE TABLE prefs (owner text PRIMARY KEY, data jsonb NOT NULL);
```

```sql dialect=postgres
CREATE TABLE prefs (owner text PRIMARY KEY, data jsonb NOT NULL CHECK (jsonb_typeof(data) = 'object'));
```

## Fix

Add a `CHECK (jsonb_typeof(column) = 'object')`, or one with a schema; `JSON_SCHEMA_VALID` in MySQL, `json_valid` in
SQLite. The fix does so where the default is an object, and asks for JSON at all in SQLite; it is unsafe, for other
values are refused then.

## When not to use it

It is off by default: what a program does not look into may have any shape.

## References

- [PostgreSQL: JSON functions](https://www.postgresql.org/docs/current/functions-json.html)
- [MySQL: JSON schema validation](https://dev.mysql.com/doc/refman/8.4/en/json-validation-functions.html)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.diagnostic import Severity
from persistlint.fixes.editor import Editor
from persistlint.fixes.refusal import RefusalError
from persistlint.fixes.scripts import scripted, unsafe
from persistlint.rule import RuleContext, rule
from persistlint.schema.changes import CreateTable, Insert
from persistlint.schema.script import Script

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.diagnostic import Diagnostic, Fix
    from persistlint.schema.definitions import Column


@rule("json-unvalidated", on=Script, changes=(CreateTable,), severity=Severity.WARNING, default=False)
def json_unvalidated(script: Script, context: RuleContext) -> Iterator[Diagnostic]:
    """Report every JSON column of a new table that may hold any shape."""
    filled = {change.table.key for change in script.of(Insert)}  # with what may be no objects
    for table in script.created:
        for column in table.columns:
            if not _is_json(column, script.dialect) or table.checks(column.name) or not script.is_made(column):
                continue
            yield context.report(
                column.name_range,
                f"`{column.name}` may hold any JSON: nothing says that it is an object.",
                help="Add a `CHECK` of its type or its shape.",
                remedy=scripted(script, _fix, script, column, context, is_filled=table.name.key in filled),
            )


def _fix(script: Script, column: Column, context: RuleContext, *, is_filled: bool) -> tuple[Fix, ...]:
    """That it is an object where its default is one, or JSON at all in SQLite: nothing else tells what it holds. A
    check of `json` would have to change with its type."""
    name, type = context.file.text(column.name_range), column.type.name if column.type is not None else ""
    words = column.default.words if column.default is not None else ()
    default = next((word for word in words if word != "("), "")
    condition = {
        "postgres": f"{type}_typeof({name}) = 'object'",
        "mysql": f"JSON_TYPE({name}) = 'OBJECT'",
        "sqlite": f"json_valid({name})",
    }.get(script.dialect or "")
    is_object = default.startswith(("'{", "jsonb_build_object", "json_object"))
    is_told = script.dialect == "sqlite" or (is_object)
    if is_filled:
        raise RefusalError("the file writes rows that may hold something else")
    if (type, script.dialect) == ("json", "postgres"):
        raise RefusalError("a check of `json` would have to change with its type")
    if condition is None or not is_told:
        raise RefusalError("only a default that is an object tells what the column holds")
    return unsafe(script, "Check what it holds", *Editor(script, context.file).checked(column, condition))


def _is_json(column: Column, dialect: str | None) -> bool:
    type = column.type.name if column.type is not None else ""
    is_array = column.type is not None and column.type.is_array
    return (type in ("json", "jsonb") and not is_array) or (dialect == "sqlite" and column.name.endswith("_json"))
