"""
## What it finds

`ENGINE=MyISAM`, `MEMORY`, `ARCHIVE`, `CSV` or `MERGE` in `CREATE TABLE` and `ALTER TABLE`.

## Why it matters

These engines ignore foreign keys without a word and have no transactions: what was written stays when the rest is
rolled back.

## Example

```sql dialect=mysql
CREATE TABLE visits (id BIGINT PRIMARY KEY) ENGINE=MyISAM;
```

```sql dialect=mysql
CREATE TABLE visits (id BIGINT PRIMARY KEY) ENGINE=InnoDB;
```

## Fix

Use InnoDB. The fix writes it; it is unsafe, for a table in memory is on disk then.

## When not to use it

It is off by default, for a cache in `MEMORY` may be meant.

## References

- [MySQL: alternative storage engines](https://dev.mysql.com/doc/refman/8.4/en/storage-engines.html)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.diagnostic import Edit, Severity
from persistlint.fixes.scripts import scripted, unsafe
from persistlint.rule import RuleContext, rule
from persistlint.schema.changes import AlterTable, CreateTable
from persistlint.schema.script import Script
from persistlint.source import Range

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.diagnostic import Diagnostic

_ENGINES = frozenset(["MYISAM", "MEMORY", "HEAP", "ARCHIVE", "CSV", "MERGE", "MRG_MYISAM"])


@rule("mysql-engine-without-foreign-keys", on=Script, severity=Severity.WARNING, default=False)
def mysql_engine_without_foreign_keys(script: Script, context: RuleContext) -> Iterator[Diagnostic]:
    """Report every table whose engine keeps neither references nor transactions."""
    for change in script.forward:
        if isinstance(change, CreateTable):
            words, range = change.definition.options, change.range
        elif isinstance(change, AlterTable) and change.words[:1] == ("ENGINE",):
            words, range = change.words, change.range
        else:
            continue
        at = words.index("ENGINE") if "ENGINE" in words else len(words)
        engine = next((word for word in words[at + 1 : at + 3] if word != "="), "")
        if engine.upper() in _ENGINES:
            place = _place(range, context, engine)
            yield context.report(
                place,
                f"`{engine}` keeps no foreign keys and has no transactions.",
                help="Use InnoDB.",
                remedy=scripted(script, unsafe, script, "Use InnoDB", *[Edit(place, "InnoDB")] * (place != range)),
            )


def _place(range: Range, context: RuleContext, engine: str) -> Range:
    """The name of the engine, near the end of the statement."""
    at = context.file.content.lower().rfind(engine.lower().encode(), range.start, range.end)
    return Range(at, at + len(engine)) if at >= 0 else range
