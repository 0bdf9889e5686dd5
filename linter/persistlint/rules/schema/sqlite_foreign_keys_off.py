"""
## What it finds

A program that makes tables with foreign keys in SQLite and opens its database without `PRAGMA foreign_keys = ON`.

Of several connections the first is reported. Silent where the file speaks of foreign keys in any other way (an option,
a data source name), for a script that makes the tables and closes the database again, for databases in memory, for
tests and examples, and for drivers that switch them on by themselves (better-sqlite3, `node:sqlite`).

## Why it matters

SQLite reads `REFERENCES` and checks nothing, for each connection has to switch foreign keys on. Rows refer to others
that were never there, `ON DELETE CASCADE` deletes nothing, and nobody hears of it.

## Example

```python
import sqlite3

def open_database(path):
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE IF NOT EXISTS users (id INTEGER PRIMARY KEY)")
    connection.execute("CREATE TABLE IF NOT EXISTS posts (user_id INTEGER NOT NULL REFERENCES users (id))")
    return connection
```

```python
import sqlite3

def open_database(path):
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("CREATE TABLE IF NOT EXISTS users (id INTEGER PRIMARY KEY)")
    connection.execute("CREATE TABLE IF NOT EXISTS posts (user_id INTEGER NOT NULL REFERENCES users (id))")
    return connection
```

```go
package store

import (
        "database/sql"

        _ "github.com/mattn/go-sqlite3"
)

const schema = "CREATE TABLE posts (id INTEGER PRIMARY KEY, user_id INTEGER NOT NULL REFERENCES users (id))"

func Open() (*sql.DB, error) {
        return sql.Open("sqlite3", "app.db")
}
```

```go
package store

import (
        "database/sql"

        _ "github.com/mattn/go-sqlite3"
)

const schema = "CREATE TABLE posts (id INTEGER PRIMARY KEY, user_id INTEGER NOT NULL REFERENCES users (id))"

func Open() (*sql.DB, error) {
        return sql.Open("sqlite3", "app.db?_foreign_keys=on")
}
```

## Fix

Switch foreign keys on as the first thing on every connection. The fix does so in Python where the file opens one
connection; it is unsafe, for what did not fail before fails then, and rows that refer to nothing stay as they are:
`PRAGMA foreign_key_check` finds them.

## When not to use it

Where the SQLite in use was built with foreign keys switched on.

## References

- [SQLite: enabling foreign key support](https://www.sqlite.org/foreignkeys.html#fk_enable)
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from persistlint.diagnostic import Applicability, Edit, Fix, Severity
from persistlint.facts import UncheckedReferences
from persistlint.fixes.refusal import RefusalError, remedied
from persistlint.rule import RuleContext, rule
from persistlint.source import Range

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.diagnostic import Diagnostic
    from persistlint.fixes.program import Program

_WAITED = r"\b(?:await|async\s+with)\s+{}\b"  # what opens such a one is no connection yet


@rule("sqlite-foreign-keys-off", on=UncheckedReferences, severity=Severity.WARNING)
def sqlite_foreign_keys_off(fact: UncheckedReferences, context: RuleContext) -> Iterator[Diagnostic]:
    """Report the first connection that checks none of the foreign keys that the file declares."""
    yield context.report(
        fact.range,
        f"SQLite checks no foreign key of `{fact.tables[0]}` here, for nothing switches them on.",
        help="Send `PRAGMA foreign_keys = ON` first on every connection.",
        remedy=remedied(context.program, _fix, fact),
    )


def _fix(program: Program, fact: UncheckedReferences) -> tuple[Fix, ...]:
    """The statement behind the one that connects. Raises `RefusalError`."""
    if program.source.language != "python":
        raise RefusalError("it is made in Python alone")
    frame = program.frame(fact.range)
    if not fact.variable or frame is None or not program.is_alone(frame.statement):
        raise RefusalError("the file does not open just one connection, by a statement of its own")
    text = program.source.text(Range(0, len(program.source.content)))
    if re.search(_WAITED.format(re.escape(fact.variable)), text):
        raise RefusalError("the connection is awaited")
    end, quote = program.line_end(frame.statement.range.end), program.quote
    indentation = program.indentation(frame.statement.range.start)
    line = f"\n{indentation}{fact.variable}.execute({quote}PRAGMA foreign_keys = ON{quote})"
    return (Fix("Switch foreign keys on", (Edit(Range(end, end), line),), Applicability.UNSAFE),)
