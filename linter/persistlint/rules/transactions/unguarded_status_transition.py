"""
## What it finds

An `UPDATE` as SQL that sets a status (`status`, `state`) without asking in its condition what the status was.

Silent where the same transaction locked a row of the table before (`SELECT … FOR UPDATE`).

## Why it matters

Two workers can both take the same job, and a cancelled order can become a paid one: the last to write wins.

## Example

```js
const { Pool } = require("pg");
const pool = new Pool();

async function complete(id) {
  await pool.query("UPDATE jobs SET status = 'done' WHERE id = $1", [id]);
}
```

```js
const { Pool } = require("pg");
const pool = new Pool();

async function complete(id) {
  await pool.query("UPDATE jobs SET status = 'done' WHERE id = $1 AND status = 'running'", [id]);
}
```

```python
import psycopg

def complete(connection: psycopg.Connection, job_id):
    connection.execute("UPDATE jobs SET status = 'done' WHERE id = %s", (job_id,))
```

```python
import psycopg

def complete(connection: psycopg.Connection, job_id):
    connection.execute("UPDATE jobs SET status = 'done' WHERE id = %s AND status = 'running'", (job_id,))
```

```go
package jobs

import "database/sql"

func Complete(db *sql.DB, id int64) error {
        _, err := db.Exec("UPDATE jobs SET status = 'done' WHERE id = $1", id)
        return err
}
```

```go
package jobs

import "database/sql"

func Complete(db *sql.DB, id int64) error {
        _, err := db.Exec("UPDATE jobs SET status = 'done' WHERE id = $1 AND status = 'running'", id)
        return err
}
```

## Fix

Name the status that it may come from in the condition, and look at the count of rows.

## When not to use it

Where one process alone changes the status.

## References

- [PostgreSQL: read committed isolation](https://www.postgresql.org/docs/current/transaction-iso.html#XACT-READ-COMMITTED)
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from persistlint.diagnostic import Diagnostic, Severity
from persistlint.facts import EffectKind, Procedure, Sign
from persistlint.paths import is_generated, is_migration, is_test
from persistlint.regexes import regex
from persistlint.rule import RuleContext, rule
from persistlint.sql.outline import outline

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.facts import Effect


_STATUS = regex(r"(?:.*_)?(?:status|state|phase)", re.IGNORECASE)


@rule(
    "unguarded-status-transition",
    on=Procedure,
    severity=Severity.INFO,
    default=False,
    skips=(is_test, is_migration, is_generated),
    signs=(Sign.CHANGE,),
)
def unguarded_status_transition(fact: Procedure, context: RuleContext) -> Iterator[Diagnostic]:
    """Report every status that is overwritten whatever it was."""
    for effect in fact.effects:
        found = outline(effect.sql) if effect.kind is EffectKind.WRITE and effect.sql and not effect.via else None
        if found is None or found.verb != "UPDATE":
            continue
        column = next((name for name in found.columns if _STATUS.fullmatch(name)), None)
        if column is not None and column not in found.conditions and not _is_locked(effect, fact):
            yield context.report(
                effect.range,
                f"`{column}` is overwritten whatever it was before.",
                help=f"Name the `{column}` that it may come from in the condition.",
            )


def _is_locked(effect: Effect, procedure: Procedure) -> bool:
    """Whether the transaction read the table with a lock before, so that the status which it saw still holds."""
    before = (other for other in procedure.effects if other.range.start < effect.range.start)
    return effect.transaction is not None and any(
        other.lock and other.table == effect.table and other.transaction == effect.transaction for other in before
    )
