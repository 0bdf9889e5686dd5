"""
## What it finds

A change of the schema from code (`ALTER`, `CREATE`, `DROP`, a migration operation) whose handler takes every error and
goes on.

Silent for statements that say themselves when there is nothing to do (`IF NOT EXISTS`), and where the handler looks at
the error, raises it or returns something, or where a handler around it raises in the end.

## Why it matters

"Duplicate column" is what the author had in mind. The handler also takes "database is locked", "no such table" and a
lost connection, and the application starts on a schema that it does not know.

## Example

```python
import sqlite3

def migrate(connection):
    try:
        connection.execute("ALTER TABLE notes ADD COLUMN pinned INTEGER NOT NULL DEFAULT 0")
    except sqlite3.OperationalError:
        pass
```

```python
def migrate(connection):
    columns = {row[1] for row in connection.execute("PRAGMA table_info(notes)")}
    if "pinned" not in columns:
        connection.execute("ALTER TABLE notes ADD COLUMN pinned INTEGER NOT NULL DEFAULT 0")
```

```js
const Database = require("better-sqlite3");
const db = new Database("notes.db");

try {
  db.exec("ALTER TABLE notes ADD COLUMN pinned INTEGER NOT NULL DEFAULT 0");
} catch {
  console.log("already there");
}
```

```js
const Database = require("better-sqlite3");
const db = new Database("notes.db");

const columns = db.pragma("table_info(notes)").map((column) => column.name);
if (!columns.includes("pinned")) {
  db.exec("ALTER TABLE notes ADD COLUMN pinned INTEGER NOT NULL DEFAULT 0");
}
```

```go
package store

import (
        "database/sql"
        "log"
)

func Migrate(db *sql.DB) {
        if _, err := db.Exec("ALTER TABLE notes ADD COLUMN pinned BOOLEAN"); err != nil {
                log.Print(err)
        }
}
```

```go
package store

import "database/sql"

func Migrate(db *sql.DB) error {
        _, err := db.Exec("ALTER TABLE notes ADD COLUMN IF NOT EXISTS pinned BOOLEAN")
        return err
}
```

## Fix

Ask the schema first, or take the one error that is meant and raise every other.

## When not to use it

In tools that try a change to learn whether the database can do it.

## References

- [CWE-390: detection of error condition without action](https://cwe.mitre.org/data/definitions/390.html)
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from persistlint.diagnostic import Diagnostic, Related, Severity
from persistlint.facts import EffectKind, Handled, Sign
from persistlint.paths import is_generated, is_test
from persistlint.regexes import regex
from persistlint.rule import RuleContext, rule

if TYPE_CHECKING:
    from collections.abc import Iterator


# It says itself when there is nothing to do, or it sets what the server does and no table.
_HARMLESS = regex(
    r"\bIF\s+(?:NOT\s+)?EXISTS\b|\A\s*ALTER\s+(?:ROLE|USER|DATABASE|SYSTEM)\b.*\bSET\b", re.IGNORECASE | re.DOTALL
)


@rule(
    "swallowed-ddl-error",
    on=Handled,
    severity=Severity.ERROR,
    languages=("python", "javascript", "typescript", "go", "shell", "sql"),
    skips=(is_test, is_generated),
    signs=(Sign.CHANGE,),
)
def swallowed_ddl_error(fact: Handled, context: RuleContext) -> Iterator[Diagnostic]:
    """Report a handler that hides a failed change of the schema."""
    if not fact.only_logs:
        return
    changes = [
        effect for effect in fact.effects if effect.kind is EffectKind.SCHEMA and not _HARMLESS.search(effect.sql)
    ]
    if changes:
        yield context.report(
            fact.range,
            "Where this change of the schema fails for any reason, the program goes on as if it were made.",
            help="Ask the schema first whether the change is needed, and let its errors through.",
            related=(Related(changes[0].range, "the change of the schema"),),
        )
