"""
## What it finds

`ALGORITHM=COPY`, `LOCK=SHARED` or `LOCK=EXCLUSIVE` in an `ALTER TABLE` of MySQL or MariaDB.

## Why it matters

The server copies the whole table, and all writes to it wait until that is done.

## Example

```sql dialect=mysql
ALTER TABLE stores ADD COLUMN city VARCHAR(80) NULL, ALGORITHM=COPY;
```

```sql dialect=mysql
ALTER TABLE stores ADD COLUMN city VARCHAR(80) NULL, ALGORITHM=INSTANT;
```

## Fix

Ask for `ALGORITHM=INSTANT`, or `ALGORITHM=INPLACE, LOCK=NONE`: then the statement fails where it would have to block.
The fix asks for `INPLACE` or `NONE`; it is unsafe, for the statement fails where it must copy.

## When not to use it

It is off by default, for some changes can only be made by a copy.

## References

- [MySQL: online DDL operations](https://dev.mysql.com/doc/refman/8.4/en/innodb-online-ddl-operations.html)
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from persistlint.diagnostic import Edit, Severity
from persistlint.fixes.scripts import find, unsafe
from persistlint.regexes import regex
from persistlint.rule import RuleContext, rule
from persistlint.schema.changes import AlterTable
from persistlint.schema.script import Script

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.diagnostic import Diagnostic, Fix
    from persistlint.source import Range

_BLOCKING = {"ALGORITHM": ("COPY",), "LOCK": ("SHARED", "EXCLUSIVE")}

_VALUE = regex(rb"(?:ALGORITHM|LOCK)\s*=?\s*(\w+)\s*\Z", re.IGNORECASE)


@rule("mysql-copy-algorithm", on=Script, severity=Severity.WARNING, default=False)
def mysql_copy_algorithm(script: Script, context: RuleContext) -> Iterator[Diagnostic]:
    """Report every change of a table that asks for a copy or a lock, once for both."""
    reported: set[Range] = set()
    for change in script.of(AlterTable):
        words = [word for word in change.words if word != "="]
        if len(words) != 2 or words[1] not in _BLOCKING.get(words[0], ()) or change.is_on_new:
            continue
        if change.statement.range in reported:
            continue
        reported.add(change.statement.range)
        yield context.report(
            change.range,
            f"`{words[0]}={words[1]}` blocks writes to `{change.table}` until the change is done.",
            help="Ask for `ALGORITHM=INSTANT`, or `ALGORITHM=INPLACE, LOCK=NONE`.",
            fixes=_fix(script, change, words[0], context),
        )


def _fix(script: Script, change: AlterTable, option: str, context: RuleContext) -> tuple[Fix, ...]:
    value = find(context.file, change.range, _VALUE, 1)
    better = "INPLACE" if option == "ALGORITHM" else "NONE"
    return unsafe(script, f"Ask for {option}={better}", Edit(value, better)) if value is not None else ()
