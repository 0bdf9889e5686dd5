"""
## What it finds

A column of the type `timestamp` (without time zone) in PostgreSQL, in a new table or added to one.

A schema that another database makes as well, by its types, is left alone. A project of eight such columns or more, in
which next to none says its time zone, keeps a convention, and so does one of Prisma, which writes and reads them in
UTC. It is reported once, in the first of its scripts.

## Why it matters

The type holds what a clock on some wall showed. `now()` is converted by the time zone of the session that writes, so
two servers write different moments for the same one, and nobody can tell later which it was.

## Example

```sql dialect=postgres
CREATE TABLE visits (id bigint PRIMARY KEY, started_at timestamp NOT NULL);
```

```sql dialect=postgres
CREATE TABLE visits (id bigint PRIMARY KEY, started_at timestamptz NOT NULL);
```

## Fix

Use `timestamptz`, which holds a moment and takes the same space. The fix does so; it is unsafe, for a program gets
moments of another time zone then.

## When not to use it

Where wall-clock time is meant (an opening hour, a flight plan), ignore the line. Where everything is UTC by a
convention that all writers keep, switch the rule off.

## References

- [PostgreSQL wiki: don't use timestamp](https://wiki.postgresql.org/wiki/Don%27t_Do_This#Don.27t_use_timestamp_.28without_time_zone.29)
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from persistlint.diagnostic import Severity
from persistlint.fixes.editor import ELSEWHERE, find
from persistlint.fixes.refusal import RefusalError
from persistlint.fixes.scripts import modelled, retyped, scripted
from persistlint.regexes import regex
from persistlint.rule import RuleContext, rule
from persistlint.schema.changes import AddColumn, CreateTable
from persistlint.schema.script import COLUMNS, Script

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.diagnostic import Diagnostic, Fix
    from persistlint.schema.definitions import Column, DataType

_MANY = 8  # columns without a time zone: a convention, unless others have one
_TO_ONE = 9  # columns without one for each that has one
_TIMESTAMP = regex(rb"\Atimestamp(\s*\(\s*\d\s*\))?(?:\s+without\s+time\s+zone)?", re.IGNORECASE)


@rule("timestamp-without-time-zone", on=Script, changes=COLUMNS, severity=Severity.WARNING)
def timestamp_without_time_zone(script: Script, context: RuleContext) -> Iterator[Diagnostic]:
    """Report every column that holds a moment without saying which."""
    if script.dialect != "postgres":
        return
    found = [
        (column, column.type)
        for _, column, final in script.columns()
        if column.type is not None and _is_naive(column.type) and _is_naive(final.type)
    ]
    if not found or script.is_shared:
        return
    others = _convention(script)
    if others:
        found = found[:1] if script.is_first else []
    besides = f", here and in the {others} other columns of the project that are like it" if others else ""
    for column, type in found:
        yield context.report(
            type.range,
            f"`{column.name}` does not say which moment it is: the time zone of the writer is lost.",
            help=f"Use {script.runner.timestamptz or '`timestamptz`'}{besides}.",
            remedy=scripted(script, _fix, script, column, type, context, is_usual=others > 0),
        )


def _is_naive(type: DataType | None) -> bool:
    return type is not None and type.name == "timestamp"


def _convention(script: Script) -> int:
    """How many other columns of the project have no time zone either, where nearly all have none; 0 where it has not
    decided so."""
    types = [column.type for table in script.final.tables.values() for column in table.columns]
    naive = sum(_is_naive(type) for type in types)
    aware = sum(type is not None and type.name == "timestamptz" for type in types)
    is_many = naive > 1 if script.runner.says_utc else naive >= _MANY
    return naive - 1 if is_many and aware * _TO_ONE <= naive else 0


def _fix(script: Script, column: Column, type: DataType, context: RuleContext, *, is_usual: bool) -> tuple[Fix, ...]:
    """The other type in the definition of a column; an old one keeps what it holds. A default that tells the time of
    another zone without saying which would be taken for the time of the session."""
    default = column.default
    if is_usual:
        raise RefusalError("the other columns of the project would have to change with it")
    if default is not None and ("timezone" in default.calls or "zone" in default.words):
        raise RefusalError("its default is the time of another zone, which would be taken for that of the session")
    is_own = any(type.range in change.range for change in (*script.of(CreateTable), *script.of(AddColumn)))
    word = find(context.file, type.range, _TIMESTAMP)
    if not is_own or word is None:
        raise RefusalError(ELSEWHERE)
    precision = find(context.file, type.range, _TIMESTAMP, 1)
    text = f"timestamptz{context.file.text(precision) if precision is not None else ''}"
    return modelled(
        script, "Use timestamptz", retyped(context.file, word, text if type.text.islower() else text.upper())
    )
