"""
## What it finds

A new revision of Alembic that comes after one which another revision on the default branch of the remote comes after as
well, by now. The branch is asked of git as it was when somebody fetched it last, without the network. Where nobody
knows that branch, nothing is reported: `git remote set-head origin --auto` makes it known, and in CI a clone with its
history (`fetch-depth: 0`).

## Why it matters

Each branch has one head, and what is merged has two: `alembic upgrade head` refuses to run, and nobody sees it before.

## Example

```python path=alembic/versions/a1_rooms.py merged
revision = "a1"
down_revision = None
```

```python path=alembic/versions/b2_doors.py ahead
revision = "b2"
down_revision = "a1"
```

```python path=alembic/versions/c3_keys.py
revision = "c3"
down_revision = "a1"
```

```python path=alembic/versions/b2_doors.py
revision = "b2"
down_revision = "a1"
```

## Fix

Bring the branch up to date, and let the revision come after the head that is there then.

## When not to use it

Where branches are meant to meet in a revision that merges them.

## References

- [Alembic: working with branches](https://alembic.sqlalchemy.org/en/latest/branches.html)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.diagnostic import Severity
from persistlint.facts import Fork
from persistlint.phrases import DEFAULT_BRANCH
from persistlint.rule import RuleContext, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.diagnostic import Diagnostic


@rule("alembic-not-on-base-head", on=Fork, severity=Severity.WARNING, default=False, languages=("python",))
def alembic_not_on_base_head(fork: Fork, context: RuleContext) -> Iterator[Diagnostic]:
    """Report a revision that will be a second head."""
    yield context.report(
        fork.range,
        f"`{fork.child}` on {DEFAULT_BRANCH} comes after `{fork.parent}` too: with `{fork.id}` there are two heads.",
        help="Bring the branch up to date, and let this revision come after the head that is there then.",
    )
