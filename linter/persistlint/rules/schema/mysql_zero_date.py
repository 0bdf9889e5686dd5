"""
## What it finds

A default of `'0000-00-00'` in SQL for MySQL.

## Why it matters

With the SQL mode that is the default from 5.7 on, MySQL refuses it; where it is accepted, it is a date that no program
can read.

## Example

```sql dialect=mysql
CREATE TABLE terms (id INT PRIMARY KEY, ends_on DATE NOT NULL DEFAULT '0000-00-00');
```

```sql dialect=mysql
CREATE TABLE terms (id INT PRIMARY KEY, ends_on DATE NULL);
```

## Fix

Let the column be NULL where there is no date. The fix makes NULL the default of a column that may be NULL; it is
unsafe, for a program has to expect it.

## When not to use it

It is off by default, for old schemas are full of it.

## References

- [MySQL: NO_ZERO_DATE](https://dev.mysql.com/doc/refman/8.4/en/sql-mode.html#sqlmode_no_zero_date)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.diagnostic import Edit, Severity
from persistlint.fixes.refusal import RefusalError
from persistlint.fixes.scripts import scripted, unsafe
from persistlint.rule import RuleContext, rule
from persistlint.schema.script import COLUMNS, Script

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.diagnostic import Diagnostic, Fix
    from persistlint.schema.definitions import Column
    from persistlint.source import Range


@rule("mysql-zero-date", on=Script, changes=COLUMNS, severity=Severity.WARNING, default=False)
def mysql_zero_date(script: Script, context: RuleContext) -> Iterator[Diagnostic]:
    """Report every default that is no date."""
    if script.dialect != "mysql":
        return
    for _, column, _final in script.columns():
        default = column.default.words[:1] if column.default is not None else ()
        if column.default is not None and any(word.strip("'\"").startswith("0000-00-00") for word in default):
            yield context.report(
                column.default.range,
                f"`{column.name}` gets a date that is none, which MySQL refuses by default.",
                help="Let it be NULL where there is no date.",
                remedy=scripted(script, _fix, script, column, column.default.range),
            )


def _fix(script: Script, column: Column, default: Range) -> tuple[Fix, ...]:
    """NULL in the place of the date. Raises `RefusalError`."""
    if column.is_required:
        raise RefusalError("the column has to have a value, and nothing here tells which")
    return unsafe(script, "Use NULL", Edit(default, "NULL"))
