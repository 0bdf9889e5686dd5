"""
## What it finds

A revision of Alembic that nothing comes after, where another one is such a head already: mostly two revisions with the
same `down_revision`, made on two branches of the repository. The report is at the younger one, as their dates tell, or
else at the later name.

Silent where a revision has `branch_labels`: several heads are meant then.

## Why it matters

`alembic upgrade head` refuses to run: "Multiple head revisions are present". Nothing is applied, and the deployment
stops.

## Example

```python path=alembic/versions/a1_base.py beside
revision = "a1"
down_revision = None
```

```python path=alembic/versions/b2_left.py beside
revision = "b2"
down_revision = "a1"
```

```python path=alembic/versions/c3_right.py
revision = "c3"
down_revision = "a1"
```

```python path=alembic/versions/c3_right.py
revision = "c3"
down_revision = "b2"
```

## Fix

Let the younger revision come after the other one, or join them with `alembic merge heads`.

## When not to use it

Where `alembic upgrade heads` is what the deployment runs, switch the rule off.

## References

- [Alembic: working with branches](https://alembic.sqlalchemy.org/en/latest/branches.html)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.diagnostic import Severity
from persistlint.facts import Revision
from persistlint.rule import RuleContext, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.diagnostic import Diagnostic


@rule("alembic-multiple-heads", on=Revision, severity=Severity.ERROR, languages=("python",))
def alembic_multiple_heads(revision: Revision, context: RuleContext) -> Iterator[Diagnostic]:
    """Report every head but the first."""
    if not revision.rivals:
        return
    yield context.report(
        revision.parents,
        f"`{revision.id}` and `{revision.rivals[0]}` are both heads: `alembic upgrade head` applies nothing.",
        help=f"Let it come after `{revision.rivals[0]}`, or join the two with `alembic merge heads`.",
    )
