"""
## What it finds

A migration that is numbered in another way than most of its folder: `007_…`, `20240131_…` and `20240131120000_…` beside
each other.

## Why it matters

Runners sort by the number or by the name. `20240131_…` comes before `20240131120000_…` of the same day, and behind
every `007_…` to come, so that the order in which they run is not the one in which they were written.

## Example

```sql path=migrations/001_colors.sql beside
CREATE TABLE colors (code text PRIMARY KEY);
```

```sql path=migrations/002_shapes.sql beside
CREATE TABLE shapes (code text PRIMARY KEY);
```

```sql path=migrations/20240131120000_sizes.sql
CREATE TABLE sizes (code text PRIMARY KEY);
```

```sql path=migrations/003_sizes.sql
CREATE TABLE sizes (code text PRIMARY KEY);
```

## Fix

Name new migrations as the others are. There is no automatic fix: one that has run must keep its name.

## When not to use it

It is off by default. Where a project went from numbers to dates at some time, all that came before is reported.

## References

- [golang-migrate: migrations](https://github.com/golang-migrate/migrate/blob/master/MIGRATIONS.md)
"""

from __future__ import annotations

import os
from collections import Counter
from functools import lru_cache
from typing import TYPE_CHECKING

from persistlint.diagnostic import Severity
from persistlint.regexes import regex
from persistlint.rule import RuleContext, rule
from persistlint.schema.script import Script
from persistlint.source import Range

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.diagnostic import Diagnostic

_FOLDERS = frozenset({"up.sql", "migration.sql"})  # of runners that have a folder for each migration
_NUMBER = regex(r"[VU]?(\d+)(?=[-_. ]|$)")
_SECONDS, _MILLISECONDS, _DAY, _MOMENT = 10, 13, 8, 14  # digits


@rule("migration-naming", on=Script, severity=Severity.INFO, default=False)
def migration_naming(script: Script, context: RuleContext) -> Iterator[Diagnostic]:
    """Report a migration whose name is not like those beside it."""
    own, usual = _scheme(script.path), _usual(script.siblings)
    if own and usual and own != usual:
        yield context.report(
            Range(0, 0),
            f"This migration is named by {own}, and most of those beside it by {usual}.",
            help=f"Name it by {usual} as well, unless a database has run it.",
        )


@lru_cache(maxsize=16)
def _usual(paths: tuple[str, ...]) -> str:
    """How most scripts of a folder are named; "" where no way is the most common."""
    found = Counter(scheme for path in paths if (scheme := _scheme(path)))
    first, second = [*found.most_common(2), ("", 0), ("", 0)][:2]
    return first[0] if first[1] > second[1] else ""


def _scheme(path: str) -> str:
    """How a script is named; "" for one without a number."""
    folder, name = os.path.split(path)  # of every file, and `Path` takes ten times as long
    match = _NUMBER.match(os.path.split(folder)[1] if name.lower() in _FOLDERS else name)
    if match is None:
        return ""
    digits = len(match.group(1))
    if digits == _MOMENT:
        return "a moment"
    if digits == _DAY:
        return "a day"
    return "an epoch" if digits in (_SECONDS, _MILLISECONDS) else "a number" if digits < _DAY else ""
