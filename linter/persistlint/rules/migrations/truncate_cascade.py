"""
## What it finds

`TRUNCATE … CASCADE` in a script that goes forward.

## Why it matters

Every table with a foreign key to it is emptied as well, and every table with a foreign key to those.

## Example

```sql dialect=postgres
TRUNCATE customers CASCADE;
```

```sql dialect=postgres
DELETE FROM customers WHERE created_at < '2020-01-01';
```

## Fix

Name every table that is to be emptied, without `CASCADE`: PostgreSQL refuses where one is missing. The fix leaves
`CASCADE` out; it is unsafe, for the statement may then fail.

## When not to use it

In a script that resets a development database, ignore the file.

## References

- [PostgreSQL: TRUNCATE](https://www.postgresql.org/docs/current/sql-truncate.html)
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
from persistlint.schema.changes import Truncate
from persistlint.schema.script import Script

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.diagnostic import Diagnostic, Fix

_CASCADE = regex(rb"\s+CASCADE\Z", re.IGNORECASE)


@rule("truncate-cascade", on=Script, changes=(Truncate,), severity=Severity.WARNING, momentary=True)
def truncate_cascade(script: Script, context: RuleContext) -> Iterator[Diagnostic]:
    """Report every TRUNCATE that empties tables which nobody named."""
    for change in script.of(Truncate):
        if change.is_cascade and not change.is_on_new:
            yield context.report(
                change.range,
                f"`CASCADE` empties every table that refers to `{change.table}` as well.",
                help="Name the tables that are to be emptied.",
                remedy=scripted(script, _fix, script, change, context),
            )


def _fix(script: Script, change: Truncate, context: RuleContext) -> tuple[Fix, ...]:
    """Without the word, unless the database would refuse that, as far as is known."""
    written = find(context.file, change.statement.range, _CASCADE)
    is_needed = any(each.is_needed for each in script.of(Truncate) if each.statement is change.statement)
    if written is None or is_needed:
        raise RefusalError("other tables refer to it, so that PostgreSQL would refuse")
    return unsafe(script, "Leave out CASCADE", Edit(written, ""))
