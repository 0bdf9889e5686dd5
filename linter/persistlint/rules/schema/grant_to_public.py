"""
## What it finds

`GRANT … TO PUBLIC`, and in MySQL a grant to an account of every host (`'app'@'%'`) or to the anonymous one.

## Why it matters

Every role that can connect has the right then, also one that is made years later for something else. In MySQL the
password is all that stands between the account and everybody who reaches the server.

## Example

```sql dialect=postgres
GRANT SELECT ON invoices TO PUBLIC;
```

```sql dialect=postgres
GRANT SELECT ON invoices TO reporting;
```

## Fix

Grant it to the roles that need it, or to a role that they are members of. There is no automatic fix: only the project
knows who that is.

## When not to use it

It is off by default: extensions and lookup tables are often meant for everybody.

## References

- [PostgreSQL: `GRANT`](https://www.postgresql.org/docs/current/sql-grant.html)
- [MySQL: specifying account names](https://dev.mysql.com/doc/refman/8.4/en/account-names.html)
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from persistlint.diagnostic import Severity
from persistlint.regexes import regex
from persistlint.rule import RuleContext, rule
from persistlint.schema.changes import Grant
from persistlint.schema.script import Script

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.diagnostic import Diagnostic

_ANY_HOST = regex(rb"@\s*(?:'%'|\"%\"|`%`)|\bTO\s+(?:''|\"\"|``)", re.IGNORECASE)


@rule("grant-to-public", on=Script, changes=(Grant,), severity=Severity.WARNING, default=False)
def grant_to_public(script: Script, context: RuleContext) -> Iterator[Diagnostic]:
    """Report every right that everybody is given."""
    for change in script.of(Grant):
        if not change.is_grant:
            continue
        if "PUBLIC" in _receivers(change.words):
            yield context.report(
                change.range,
                "Every role that can connect gets this right.",
                help="Grant it to the roles that need it.",
            )
        elif script.dialect == "mysql" and _ANY_HOST.search(context.file.content, *_span(change)):
            yield context.report(
                change.range,
                "This account gets the right from every host.",
                help="Name the hosts that it connects from.",
            )


def _receivers(words: tuple[str, ...]) -> tuple[str, ...]:
    """The words behind the last TO."""
    places = [index for index, word in enumerate(words) if word == "TO"]
    return words[places[-1] :] if places else ()


def _span(change: Grant) -> tuple[int, int]:
    return change.range.start, change.range.end
