"""
## What it finds

In a new table with a `status` or `state` whose values are listed, a time that may be NULL and is named after one of
them (`completed_at` beside `'completed'`), where no `CHECK` speaks of both.

## Why it matters

A row can be completed without ever having been, and what counts or sorts by the time leaves it out.

## Example

```sql dialect=postgres
CREATE TABLE jobs (
    id bigint PRIMARY KEY,
    status text NOT NULL CHECK (status IN ('new', 'completed')),
    completed_at timestamptz
);
```

```sql dialect=postgres
CREATE TABLE jobs (
    id bigint PRIMARY KEY,
    status text NOT NULL CHECK (status IN ('new', 'completed')),
    completed_at timestamptz,
    CHECK (status <> 'completed' OR completed_at IS NOT NULL)
);
```

## Fix

Add a `CHECK` for each pair. The fix adds it behind the column; it is unsafe, for rows that break it are refused then.

## When not to use it

It is off by default. A state that is left again, such as `paused`, need not keep its time; these are not reported.

## References

- [PostgreSQL: check constraints](https://www.postgresql.org/docs/current/ddl-constraints.html#DDL-CONSTRAINTS-CHECK-CONSTRAINTS)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.diagnostic import Severity
from persistlint.fixes.editor import Editor
from persistlint.fixes.refusal import RefusalError
from persistlint.fixes.scripts import scripted, unsafe
from persistlint.regexes import regex
from persistlint.rule import RuleContext, rule
from persistlint.schema.changes import CreateTable
from persistlint.schema.script import Script

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.diagnostic import Diagnostic, Fix
    from persistlint.schema.definitions import Column, Table
    from persistlint.source import SourceFile

_STATES = ("status", "state")
_STRING = regex(r"'([^'\\]*)'")
_TIMES = frozenset(["timestamptz", "timestamp", "datetime", "date"])
_LEFT_AGAIN = frozenset(["paused", "unsubscribed", "suspended", "blocked", "locked", "snoozed", "disabled", "muted"])


@rule("missing-state-check", on=Script, changes=(CreateTable,), severity=Severity.INFO, default=False)
def missing_state_check(script: Script, context: RuleContext) -> Iterator[Diagnostic]:
    """Report every time that a state promises and nothing asks for."""
    for table in script.created:
        state = next((column for name in _STATES if (column := table.column(name)) is not None), None)
        if state is None:
            continue
        values = _values(script, table, state, context.file)
        for column in table.columns:
            name = column.name.removesuffix("_at")
            value = values.get(name)
            type = column.type.name if column.type is not None else ""
            if name == column.name or value is None or name in _LEFT_AGAIN or type not in _TIMES:
                continue
            is_told = any(check.mentions(state.name) for check in table.checks(column.name))
            if table.requires(column.name) or is_told or not script.is_made(column):
                continue
            yield context.report(
                column.name_range,
                f"A row can be `{value}` without `{column.name}`.",
                help=f"`CHECK ({state.name} <> '{value}' OR {column.name} IS NOT NULL)`.",
                remedy=scripted(script, _fix, script, state, column, value, context),
            )


def _values(script: Script, table: Table, state: Column, file: SourceFile) -> dict[str, str]:
    """The values of a state that a CHECK of the file or an enum lists, as they are written, by their small letters."""
    checks = (check.range for check in table.checks(state.name) if check.range in table.range)
    words = [word for range in checks for word in _STRING.findall(file.text(range))]
    type = state.type.name if state.type is not None else ""
    return {word.lower(): word for word in (*words, *script.final.enums.get(type, ()))}


def _fix(script: Script, state: Column, column: Column, value: str, context: RuleContext) -> tuple[Fix, ...]:
    if script.dialect == "mysql":
        raise RefusalError("MySQL takes no check of two columns behind one of them")
    names = [context.file.text(each.name_range) for each in (state, column)]
    condition = f"{names[0]} <> '{value}' OR {names[1]} IS NOT NULL"
    return unsafe(script, "Ask for it", *Editor(script, context.file).checked(column, condition))
