"""
## What it finds

A query in the body of a loop: one round trip for each turn.

Silent in a loop whose turns do not grow with the data: one that tries again, one that waits for work, one over a
constant.

## Why it matters

A hundred rows take a hundred round trips, and the time of each is mostly the way there and back.

## Example

```js
const { Pool } = require("pg");
const pool = new Pool();

async function names(ids) {
  const found = [];
  for (const id of ids) {
    found.push(await pool.query("SELECT name FROM users WHERE id = $1", [id]));
  }
  return found;
}
```

```js
const { Pool } = require("pg");
const pool = new Pool();

async function names(ids) {
  return pool.query("SELECT name FROM users WHERE id = ANY($1)", [ids]);
}
```

```python
import psycopg

def names(connection: psycopg.Connection, ids):
    found = []
    for user_id in ids:
        found.append(connection.execute("SELECT name FROM users WHERE id = %s", (user_id,)).fetchone())
    return found
```

```python
import psycopg

def names(connection: psycopg.Connection, ids):
    return connection.execute("SELECT name FROM users WHERE id = ANY(%s)", (ids,)).fetchall()
```

```go
package store

import "database/sql"

func Touch(db *sql.DB, ids []int64) error {
        for _, id := range ids {
                if _, err := db.Exec("UPDATE users SET seen = now() WHERE id = $1", id); err != nil {
                        return err
                }
        }
        return nil
}
```

```go
package store

import (
        "database/sql"

        "github.com/lib/pq"
)

func Touch(db *sql.DB, ids []int64) error {
        _, err := db.Exec("UPDATE users SET seen = now() WHERE id = ANY($1)", pq.Array(ids))
        return err
}
```

## Fix

Ask for all rows at once (`IN`, `= ANY`), or write them with one statement.

## When not to use it

Where the loop has few turns, or each query depends on the one before.

## References

- [Django: database access optimisation](https://docs.djangoproject.com/en/stable/topics/db/optimization/)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.diagnostic import Diagnostic, Severity
from persistlint.facts import EffectKind, Procedure, Sign
from persistlint.paths import is_generated, is_migration, is_test
from persistlint.rule import RuleContext, rule

if TYPE_CHECKING:
    from collections.abc import Iterator


@rule(
    "query-in-loop",
    on=Procedure,
    severity=Severity.INFO,
    default=False,
    skips=(is_test, is_migration, is_generated),
    signs=(Sign.LOOP,),
)
def query_in_loop(fact: Procedure, context: RuleContext) -> Iterator[Diagnostic]:
    """Report the first query of every loop."""
    seen: set[int] = set()
    for effect in fact.effects:
        # A loop of a helper is reported there.
        around = effect.place.loops[: effect.turns] if effect.via else effect.place.loops
        loops = [loop for loop in around if loop not in effect.place.short]
        if loops and effect.kind in (EffectKind.READ, EffectKind.WRITE) and loops[-1] not in seen:
            seen.add(loops[-1])
            yield context.report(
                effect.range,
                f"`{effect.method}` asks the database once for each turn of the loop.",
                help="Ask for all rows at once.",
            )
