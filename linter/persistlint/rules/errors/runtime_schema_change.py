"""
## What it finds

A change of the schema (`ALTER`, `DROP`, a `CREATE` that fails where it is there already) in code that is no migration
and no set-up.

Silent for a temporary table that the function makes itself.

## Why it matters

Nobody reviews it as a migration, it runs once in each process, and there is no way back.

## Example

```python
import sqlite3

def upgrade(path):
    connection = sqlite3.connect(path)
    connection.execute("ALTER TABLE notes ADD COLUMN pinned INTEGER")
    connection.commit()
```

```python
import sqlite3

def create_tables(path):
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE IF NOT EXISTS notes (id INTEGER PRIMARY KEY)")
    connection.commit()
```

```js
const { Pool } = require("pg");
const pool = new Pool();

async function addPinned() {
  await pool.query("ALTER TABLE notes ADD COLUMN pinned boolean");
}
```

```js
const { Pool } = require("pg");
const pool = new Pool();

async function createTables() {
  await pool.query("CREATE TABLE IF NOT EXISTS notes (id bigint PRIMARY KEY)");
}
```

```go
package store

import "database/sql"

func Upgrade(db *sql.DB) error {
        _, err := db.Exec("ALTER TABLE notes ADD COLUMN pinned BOOLEAN")
        return err
}
```

```go
package store

import "database/sql"

func Prepare(db *sql.DB) error {
        _, err := db.Exec("CREATE TABLE IF NOT EXISTS notes (id BIGINT PRIMARY KEY)")
        return err
}
```

## Fix

Move it to a migration.

## When not to use it

In tools whose work it is to change schemas.

## References

- [Evolutionary database design](https://martinfowler.com/articles/evodb.html)
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from persistlint.diagnostic import Diagnostic, Severity
from persistlint.facts import EffectKind, Procedure, Sign
from persistlint.paths import is_generated, is_migration, is_test
from persistlint.regexes import regex
from persistlint.rule import RuleContext, rule

if TYPE_CHECKING:
    from collections.abc import Iterator


_SETS_UP = regex(r"migrat|setup|set_up|init|create_?(?:all|table|schema)|install|bootstrap", re.IGNORECASE)
_MAKES_TEMPORARY = regex(r"\s*CREATE\s+(?:(?:GLOBAL|LOCAL)\s+)?TEMP(?:ORARY)?\b", re.IGNORECASE)
_CHANGES = regex(
    r"\s*(?:(?:ALTER|DROP|RENAME)\b|CREATE\s+(?:(?:UNIQUE|UNLOGGED)\s+)?(?:TABLE|INDEX|SCHEMA|TYPE)\s+(?!IF\s+NOT\b))",
    re.IGNORECASE,
)


@rule(
    "runtime-schema-change",
    on=Procedure,
    severity=Severity.INFO,
    default=False,
    skips=(is_test, is_migration, is_generated),
    signs=(Sign.CHANGE,),
)
def runtime_schema_change(fact: Procedure, context: RuleContext) -> Iterator[Diagnostic]:
    """Report every change of the schema outside of migrations."""
    if _SETS_UP.search(context.file.path) or _SETS_UP.search(fact.name):
        return
    temporary: set[str] = set()
    for effect in fact.effects:
        if effect.kind is not EffectKind.SCHEMA:
            continue
        if _MAKES_TEMPORARY.match(effect.sql):
            temporary.add(effect.table)
        if not effect.via and _CHANGES.match(effect.sql) and effect.table not in temporary:
            yield context.report(
                effect.range,
                "The schema is changed here, outside of any migration.",
                help="Move it to a migration.",
            )
