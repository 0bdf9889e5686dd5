"""
## What it finds

A revision of Alembic with an id that an earlier file of the project has as well, mostly a copy of that file.

## Why it matters

Alembic takes one of the two and only warns of the other, which is then never applied.

## Example

```python path=alembic/versions/a1_rooms.py beside
revision = "a1"
down_revision = None
```

```python path=alembic/versions/b2_doors.py
revision = "a1"
down_revision = None
```

```python path=alembic/versions/b2_doors.py
revision = "b2"
down_revision = "a1"
```

## Fix

Give it an id of its own, and let it come after the other one.

## When not to use it

There is no reason to ignore it.

## References

- [Alembic: tutorial](https://alembic.sqlalchemy.org/en/latest/tutorial.html)
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from persistlint.diagnostic import Related, Severity
from persistlint.facts import Revision
from persistlint.rule import RuleContext, rule
from persistlint.source import Range

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.diagnostic import Diagnostic


@rule("alembic-duplicate-revision", on=Revision, severity=Severity.ERROR, languages=("python",))
def alembic_duplicate_revision(revision: Revision, context: RuleContext) -> Iterator[Diagnostic]:
    """Report a revision whose id is taken."""
    if not revision.twin:
        return
    yield context.report(
        revision.range,
        f"`{Path(revision.twin).name}` is the revision `{revision.id}` as well: Alembic applies one of the two.",
        help="Give it an id of its own, and let it come after the other one.",
        related=(Related(Range(0, 0), "the other one", revision.twin),),
    )
