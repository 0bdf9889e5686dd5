"""
## What it finds

`CHARACTER SET utf8` or `utf8mb3` as that of a table in SQL for MySQL: in `CREATE TABLE`, and in `ALTER TABLE`.

## Why it matters

It has room for three bytes of a character. One with four, as an emoji or a rarer Chinese character is, makes the
`INSERT` fail, or is lost where the mode is not strict.

## Example

```sql dialect=mysql
CREATE TABLE notes (id BIGINT PRIMARY KEY, body TEXT) DEFAULT CHARSET=utf8;
```

```sql dialect=mysql
CREATE TABLE notes (id BIGINT PRIMARY KEY, body TEXT) DEFAULT CHARSET=utf8mb4;
```

## Fix

Use `utf8mb4`. There is no automatic fix: the collation that stands beside it changes with it, and keys become longer.

## When not to use it

It is off by default, for old schemas have it everywhere.

## References

- [MySQL: the `utf8mb3` character set](https://dev.mysql.com/doc/refman/8.4/en/charset-unicode-utf8mb3.html)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.diagnostic import Severity
from persistlint.rule import RuleContext, rule
from persistlint.schema.changes import AlterTable, CreateTable
from persistlint.schema.script import Script

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.diagnostic import Diagnostic

_NARROW = frozenset(["UTF8", "UTF8MB3"])


@rule("mysql-utf8mb3", on=Script, severity=Severity.WARNING, default=False)
def mysql_utf8mb3(script: Script, context: RuleContext) -> Iterator[Diagnostic]:
    """Report every table that has no room for all characters."""
    if script.dialect != "mysql":
        return
    for change in script.forward:
        if isinstance(change, CreateTable):
            words = change.definition.options
        elif isinstance(change, AlterTable):
            words = change.words
        else:
            continue
        if _charset(words) in _NARROW:
            yield context.report(
                change.range,
                f"`{_charset(words).lower()}` has no room for characters of four bytes, such as emoji.",
                help="Use `utf8mb4`.",
            )


def _charset(words: tuple[str, ...]) -> str:
    """The character set that options of a table name, in capitals."""
    for index, word in enumerate(words):
        if word == "CHARSET" or words[index : index + 2] == ("CHARACTER", "SET"):
            behind = words[index + 1 :] if word == "CHARSET" else words[index + 2 :]
            return next((each.strip("'\"").upper() for each in behind if each != "="), "")
    return ""
