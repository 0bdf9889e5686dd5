"""
## What it finds

In a new table, a column of text whose values are listed in the comment behind it (`-- pending, sent, failed`) and
nowhere else: no `CHECK`, no foreign key.

Silent where the comment leaves the list open: `etc.`, `e.g.`, `…`.

## Why it matters

A comment refuses nothing. A value that is written wrongly is found by the program that does not know it.

## Example

```sql dialect=postgres
CREATE TABLE mails (
    id bigint PRIMARY KEY,
    status text NOT NULL -- pending, sent, failed
);
```

```sql dialect=postgres
CREATE TABLE mails (
    id bigint PRIMARY KEY,
    status text NOT NULL CHECK (status IN ('pending', 'sent', 'failed'))
);
```

## Fix

Say the list in a `CHECK`. The fix does so; it is unsafe, for rows with other values are refused then.

## When not to use it

It is off by default: the list may be an example.

## References

- [PostgreSQL: check constraints](https://www.postgresql.org/docs/current/ddl-constraints.html#DDL-CONSTRAINTS-CHECK-CONSTRAINTS)
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from persistlint.diagnostic import Severity
from persistlint.fixes.editor import Editor, stands_here
from persistlint.fixes.scripts import scripted, unsafe
from persistlint.regexes import regex
from persistlint.rule import RuleContext, rule
from persistlint.schema.changes import CreateTable
from persistlint.schema.naming import words
from persistlint.schema.script import Script
from persistlint.schema.types import TEXTS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.diagnostic import Diagnostic, Fix
    from persistlint.schema.definitions import Column

# The comment at the end of the line that a column ends on.
_COMMENT = regex(rb"[ \t]*,?[ \t]*--[ \t]*([^\r\n]*)")
_LEAD = regex(r"^(?:one of|values?|allowed(?: values)?|enum|can be|either|is|possible values)\s*:?\s*", re.IGNORECASE)
_VALUE = r"(?:'[\w -]+'|\"[\w -]+\"|`[\w-]+`|[a-z0-9][\w-]*|[A-Z][A-Z0-9_]*)"
_LIST = regex(rf"\(?{_VALUE}(?:\s*(?:,|\||/|\bor\b)\s*{_VALUE})+\)?\.?")
_ITEM = regex(_VALUE)
_CLOSED = frozenset(["status", "state", "type", "kind", "category", "role", "level", "mode", "priority", "severity"])


@rule(
    "enum-without-check", on=Script, changes=(CreateTable,), severity=Severity.INFO, default=False, languages=("sql",)
)
def enum_without_check(script: Script, context: RuleContext) -> Iterator[Diagnostic]:
    """Report every column whose values only a comment lists."""
    for table in script.created:
        bound = {name for constraint, _ in table.foreign_keys for name in constraint.columns}
        for column in table.columns:
            type = column.type.name if column.type is not None else ""
            if type not in TEXTS or column.name in bound or table.checks(column.name):
                continue
            if not script.is_made(column) or not stands_here(context.file, column):
                continue
            values = _listed(context.file.content, column)
            if values:
                yield context.report(
                    column.name_range,
                    f"Only the comment says which values `{column.name}` has.",
                    help="Say them in a `CHECK`.",
                    remedy=scripted(script, _fix, script, column, values, context),
                )


def _listed(content: bytes, column: Column) -> list[str]:
    """The values that the comment behind a column lists. Without quotes they count where the name of the column says
    that there are few."""
    match = _COMMENT.match(content, column.range.end)
    text = match.group(1).decode("utf-8", "replace").strip() if match else ""
    found = _LIST.fullmatch(_LEAD.sub("", text))
    if found is None:
        return []
    values = [item for item in _ITEM.findall(found.group()) if item != "or"]
    if all(value[0] in "'\"`" for value in values) or set(words(column.name)[-1:]) & _CLOSED:
        return [value.strip("'\"`") for value in values]
    return []


def _fix(script: Script, column: Column, values: list[str], context: RuleContext) -> tuple[Fix, ...]:
    items = ", ".join(f"'{value}'" for value in values)
    condition = f"{context.file.text(column.name_range)} IN ({items})"
    return unsafe(script, "Refuse other values", *Editor(script, context.file).checked(column, condition))
