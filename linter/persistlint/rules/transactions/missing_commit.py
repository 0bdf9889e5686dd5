"""
## What it finds

Writes on a connection or session that the function opens itself and never commits; in Go those in a transaction
that it begins and rolls back, where no way through it commits.

Silent where it commits, where the connection is in autocommit mode, as that of SQLAlchemy before version 2 is, where
leaving its `with` block commits, and where
it is returned, stored or handed on.

## Why it matters

The driver opened a transaction with the first write. Closing the connection, or its garbage collection, rolls it back:
the writes are gone, without an error.

## Example

```python
import sqlite3

def add(path, name):
    connection = sqlite3.connect(path)
    connection.execute("INSERT INTO people (name) VALUES (?)", (name,))
    connection.close()
```

```python
import sqlite3

def add(path, name):
    connection = sqlite3.connect(path)
    connection.execute("INSERT INTO people (name) VALUES (?)", (name,))
    connection.commit()
    connection.close()
```

## Fix

Commit behind the last write, or write inside `with connection:`. The fix does the first; where a block makes a
connection or session of SQLAlchemy, it begins a transaction there, which the end of the block commits. It is unsafe,
for it may be that nothing was to be stored.

## When not to use it

Where the writes are meant to be rolled back, as in a dry run, say so with `rollback()`.

## References

- [PEP 249: connection.commit](https://peps.python.org/pep-0249/#commit)
- [SQLAlchemy: committing](https://docs.sqlalchemy.org/en/20/orm/session_basics.html#committing)
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from persistlint.diagnostic import Diagnostic, Severity
from persistlint.facts import Sign, Uncommitted
from persistlint.fixes.begun import begun_with_it
from persistlint.fixes.closing import committed
from persistlint.paths import is_generated, is_migration, is_test
from persistlint.rule import RuleContext, rule

if TYPE_CHECKING:
    from collections.abc import Iterator


@rule(
    "missing-commit",
    on=Uncommitted,
    severity=Severity.ERROR,
    languages=("python", "go"),
    skips=(is_test, is_migration, is_generated),
    signs=(Sign.CHANGE,),
)
def missing_commit(fact: Uncommitted, context: RuleContext) -> Iterator[Diagnostic]:
    """Report the last write of a connection that is never committed."""
    old = fact.handle.library.transactions.old if fact.handle.library is not None else ""
    if old and re.search(old, context.text(fact.range)):
        return
    yield context.report(
        fact.range,
        f"`{fact.handle.name}` is opened in this function and never committed, so what is written here is lost.",
        help="Commit behind the last write.",
        fixes=begun_with_it(context.program, fact.range, fact.handle) or committed(context.program, fact)
        if context.program is not None and context.file.language == "python"
        else (),
    )
