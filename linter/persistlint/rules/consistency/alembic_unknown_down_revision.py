"""
## What it finds

A revision of Alembic whose `down_revision` names a revision that no file of the project has. Looked for are the files
beside it, and all those below the directory with `env.py`.

## Why it matters

Alembic cannot build the history: every command fails with "Can't locate revision" or a `KeyError`, those of all other
revisions too.

## Example

```python path=alembic/versions/a1_base.py beside
revision = "a1"
down_revision = None
```

```python path=alembic/versions/b2_rooms.py
revision = "b2"
down_revision = "9f"
```

```python path=alembic/versions/b2_rooms.py
revision = "b2"
down_revision = "a1"
```

## Fix

Name a revision that is there, or bring back the file that is missing.

## When not to use it

Where revisions come from an installed package by `version_locations`, ignore the line that names one of them.

## References

- [Alembic: tutorial](https://alembic.sqlalchemy.org/en/latest/tutorial.html)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.diagnostic import Severity
from persistlint.facts import Revision
from persistlint.rule import RuleContext, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.diagnostic import Diagnostic


@rule("alembic-unknown-down-revision", on=Revision, severity=Severity.ERROR, languages=("python",))
def alembic_unknown_down_revision(revision: Revision, context: RuleContext) -> Iterator[Diagnostic]:
    """Report every parent that is not there."""
    for parent, place in revision.unknown:
        yield context.report(
            place,
            f"No file of the project is the revision `{parent}`, so that Alembic cannot build the history.",
            help="Name a revision that is there, or bring back the file that is missing.",
        )
