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
The fix asks for `INPLACE` or `NONE`, unless the change is one that must copy: another type or collation. It is unsafe,
for the statement fails where it must copy for another reason.

## When not to use it

It is off by default, for some changes can only be made by a copy.

## References

- [MySQL: online DDL operations](https://dev.mysql.com/doc/refman/8.4/en/innodb-online-ddl-operations.html)
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from persistlint.diagnostic import Edit, Severity
from persistlint.fixes.editor import find
from persistlint.fixes.refusal import RefusalError
from persistlint.fixes.scripts import scripted, unsafe
from persistlint.regexes import regex
from persistlint.rule import RuleContext, rule
from persistlint.schema.changes import AlterTable, ChangeType
from persistlint.schema.script import Script

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.diagnostic import Diagnostic, Fix
    from persistlint.source import Range

_BLOCKING = {"ALGORITHM": ("COPY",), "LOCK": ("SHARED", "EXCLUSIVE")}

_CHARACTERS = regex(rb"\b(?:COLLATE|CHARACTER\s+SET|CHARSET)\b", re.IGNORECASE)
_VALUE = regex(rb"(?:ALGORITHM|LOCK)\s*=?\s*(\w+)\s*\Z", re.IGNORECASE)


@rule("mysql-copy-algorithm", on=Script, severity=Severity.WARNING, default=False, momentary=True)
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
            remedy=scripted(script, _fix, script, change, words[0], context),
        )


def _fix(script: Script, change: AlterTable, option: str, context: RuleContext) -> tuple[Fix, ...]:
    value = find(context.file, change.range, _VALUE, 1)
    better = "INPLACE" if option == "ALGORITHM" else "NONE"
    changed = [each for each in script.of(ChangeType) if each.statement is change.statement]
    characters = find(context.file, change.statement.range, _CHARACTERS)
    must_copy = characters is not None or not all(map(_is_longer_text, changed))
    if value is None or must_copy:
        raise RefusalError("another type or collation takes a copy")
    return unsafe(script, f"Ask for {option}={better}", Edit(value, better))


def _is_longer_text(change: ChangeType) -> bool:
    """Whether a column stays a text of variable length, which alone gets another type without a copy."""
    column = change.before.column(change.name) if change.before is not None else None
    return column is not None and column.type is not None and column.type.name == change.type.name == "varchar"
