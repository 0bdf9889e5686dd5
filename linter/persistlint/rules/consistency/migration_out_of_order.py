"""
## What it finds

A migration that is not on the default branch of the remote yet, and whose name puts it before one that is. What was
merged is asked of git, without the network: the commit where the branch that is checked out left `origin/HEAD`. Where
nobody knows that branch, nothing is reported: `git remote set-head origin --auto` makes it known, and in CI a clone
with its history (`fetch-depth: 0`).

## Why it matters

A database on which the later one has run gets this one behind it, one that is made anew before it, so that the two may
come out different. golang-migrate never runs it where the later one has run, and Flyway and goose refuse to.

## Example

```sql path=migrations/002_doors.sql merged
CREATE TABLE doors (id bigint PRIMARY KEY);
```

```sql path=migrations/001_rooms.sql dialect=postgres
CREATE TABLE rooms (id bigint PRIMARY KEY);
```

```sql path=migrations/003_rooms.sql dialect=postgres
CREATE TABLE rooms (id bigint PRIMARY KEY);
```

## Fix

Give it a number or a time behind the last one that is merged.

## When not to use it

Where the runner takes migrations in any order and none depends on another.

## References

- [Flyway: out of order](https://documentation.red-gate.com/fd/flyway-out-of-order-setting-277579011.html)
- [goose: hybrid versioning](https://github.com/pressly/goose#hybrid-versioning)
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from persistlint.diagnostic import Related, Severity
from persistlint.facts import Merging
from persistlint.phrases import DEFAULT_BRANCH
from persistlint.rule import RuleContext, rule
from persistlint.source import Range

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.diagnostic import Diagnostic


@rule(
    "migration-out-of-order",
    on=Merging,
    severity=Severity.WARNING,
    default=False,
    languages=("sql", "javascript", "typescript"),
)
def migration_out_of_order(migration: Merging, context: RuleContext) -> Iterator[Diagnostic]:
    """Report a new migration that comes before merged ones."""
    if not migration.overtaken_by:
        return
    last = Path(migration.overtaken_by[-1])
    name = last.name if _is_named(last) else f"{last.parent.name}/{last.name}"
    yield context.report(
        migration.range,
        f"`{name}` is on {DEFAULT_BRANCH} already and comes behind this one: where it has run, this comes too late.",
        help="Give this one a number or a time behind it.",
        related=(Related(Range(0, 0), "the last one that is merged", last.as_posix()),),
    )


def _is_named(path: Path) -> bool:
    """Whether the name of a file itself says which migration it is, and not that of its folder."""
    return any(character.isdigit() for character in path.name)
