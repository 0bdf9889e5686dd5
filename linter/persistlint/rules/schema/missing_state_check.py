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
from persistlint.fixes.scripts import Editor, unsafe
from persistlint.rule import RuleContext, rule
from persistlint.schema.script import Script

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.diagnostic import Diagnostic, Fix
    from persistlint.schema.definitions import Column, Table

_STATES = ("status", "state")
_TIMES = frozenset(["timestamptz", "timestamp", "datetime", "date"])
_LEFT_AGAIN = frozenset(["paused", "unsubscribed", "suspended", "blocked", "locked", "snoozed", "disabled", "muted"])


@rule("missing-state-check", on=Script, severity=Severity.INFO, default=False)
def missing_state_check(script: Script, context: RuleContext) -> Iterator[Diagnostic]:
    """Report every time that a state promises and nothing asks for."""
    for table in script.created:
        state = next((column for name in _STATES if (column := table.column(name)) is not None), None)
        if state is None:
            continue
        values = _values(script, table, state)
        for column in table.columns:
            value = column.name.removesuffix("_at")
            type = column.type.name if column.type is not None else ""
            if value == column.name or value not in values or value in _LEFT_AGAIN or type not in _TIMES:
                continue
            is_told = any(check.mentions(state.name) for check in table.checks(column.name))
            if table.requires(column.name) or is_told or column.name_range not in table.range:
                continue
            yield context.report(
                column.name_range,
                f"A row can be `{value}` without `{column.name}`.",
                help=f"`CHECK ({state.name} <> '{value}' OR {column.name} IS NOT NULL)`.",
                fixes=_fix(script, state, column, value, context),
            )


def _values(script: Script, table: Table, state: Column) -> set[str]:
    """The values of a state that a CHECK or an enum lists."""
    words = {word for check in table.checks(state.name) for word in check.words if word.startswith("'")}
    type = state.type.name if state.type is not None else ""
    of_enum = script.final.enums.get(type, ())
    return {word.strip("'").lower() for word in words} | {value.lower() for value in of_enum}


def _fix(script: Script, state: Column, column: Column, value: str, context: RuleContext) -> tuple[Fix, ...]:
    if script.dialect == "mysql":
        return ()
    names = [context.file.text(each.name_range) for each in (state, column)]
    condition = f"{names[0]} <> '{value}' OR {names[1]} IS NOT NULL"
    return unsafe(script, "Ask for it", *Editor(script, context.file).checked(column, condition))
