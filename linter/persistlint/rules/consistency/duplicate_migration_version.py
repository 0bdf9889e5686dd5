"""
## What it finds

Two migrations of a folder with one version, where their runner tells them apart by it: Flyway, goose, golang-migrate,
dbmate, sqlx and others. The second one in the order of names is reported, as a warning where nobody knows the runner
and both begin with one number.

## Why it matters

Flyway and golang-migrate refuse to run. Others run one of the two, and take the other for done. Where the whole name
counts, the rest of it decides which comes first, and nobody chose that.

## Example

```sql path=db/migration/V7__colors.sql beside
CREATE TABLE colors (code text PRIMARY KEY);
```

```sql dialect=postgres path=db/migration/V7__shapes.sql
CREATE TABLE shapes (code text PRIMARY KEY);
```

```sql dialect=postgres path=db/migration/V8__shapes.sql
CREATE TABLE shapes (code text PRIMARY KEY);
```

## Fix

Give one of them the next free version.

## When not to use it

There is hardly a reason to ignore it.

## References

- [Flyway: versioned migrations](https://documentation.red-gate.com/fd/versioned-migrations-273973333.html)
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from persistlint.diagnostic import Related, Severity
from persistlint.paths import is_migration
from persistlint.rule import RuleContext, rule
from persistlint.schema.script import Script
from persistlint.source import Range

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.diagnostic import Diagnostic


@rule("duplicate-migration-version", on=Script, severity=Severity.ERROR)
def duplicate_migration_version(script: Script, context: RuleContext) -> Iterator[Diagnostic]:
    """Report a migration whose version another one has as well."""
    if not script.twin or not script.statements:
        return
    first, is_known = script.statements[0], bool(script.runner.name)
    if not is_known and (not _is_step(script.path) or _is_part(script.path, script.twin)):
        return
    yield context.report(
        Range(first.range.start, first.range.start + len(first.words[0])),
        f"The version {script.version} belongs to another migration as well."
        if is_known
        else f"Another migration begins with the number {script.version} as well: the rest of the name orders them.",
        help="Give one of them the next free version.",
        severity=None if is_known else Severity.WARNING,
        related=(Related(Range(0, 0), "the other one", script.twin),),
    )


def _is_step(path: str) -> bool:
    """Whether a file is a migration by its folder, and no rows to begin with."""
    return is_migration(path) and "seed" not in path.lower()


def _is_part(path: str, other: str) -> bool:
    """Whether one migration goes on where the other ends, by their names: `1_users` and `1_users_rows`, or `2/1_users`
    and `3/1_orders`."""
    one, two = (Path(each).absolute() for each in (path, other))
    return one.parent != two.parent or one.stem.startswith(two.stem) or two.stem.startswith(one.stem)
