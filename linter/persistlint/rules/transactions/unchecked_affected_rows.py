"""
## What it finds

An `UPDATE` or `DELETE` as SQL whose result nobody looks at, so that nobody learns that it changed no row. In Go that
is one that goes to `_` as well.

## Why it matters

The row may have been deleted meanwhile, or the key is wrong: the caller is told that it worked.

## Example

```js
const { Pool } = require("pg");
const pool = new Pool();

async function rename(id, name) {
  await pool.query("UPDATE users SET name = $1 WHERE id = $2", [name, id]);
}
```

```js
const { Pool } = require("pg");
const pool = new Pool();

async function rename(id, name) {
  const result = await pool.query("UPDATE users SET name = $1 WHERE id = $2", [name, id]);
  if (result.rowCount === 0) throw new Error("no such user");
}
```

```python
import psycopg

def rename(connection: psycopg.Connection, user_id, name):
    connection.execute("UPDATE users SET name = %s WHERE id = %s", (name, user_id))
    connection.commit()
```

```python
import psycopg

def rename(connection: psycopg.Connection, user_id, name):
    cursor = connection.execute("UPDATE users SET name = %s WHERE id = %s", (name, user_id))
    if cursor.rowcount == 0:
        raise LookupError(user_id)
    connection.commit()
```

## Fix

Look at the count of rows that the statement gives.

## When not to use it

Where a row that is not there is as good as one that was changed.

## References

- [node-postgres: result.rowCount](https://node-postgres.com/apis/result)
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from persistlint.diagnostic import Diagnostic, Severity
from persistlint.facts import Effect, EffectKind, Procedure, Sign, Use
from persistlint.paths import is_generated, is_migration, is_test
from persistlint.regexes import regex
from persistlint.rule import RuleContext, rule

if TYPE_CHECKING:
    from collections.abc import Iterator


_BY_KEY = regex(r"\s*(?:UPDATE|DELETE)\b.*\bWHERE\s+(?:\w+\.)?(?:\w+_)?id\s*=(?!\s*ANY\b)", re.IGNORECASE | re.DOTALL)
_BLANK = regex(rb"(?<!\w)_\s*,\s*\w+\s*:?=\s*$")
_LONGEST = 200  # bytes of names before a call


@rule(
    "unchecked-affected-rows",
    on=Procedure,
    severity=Severity.INFO,
    default=False,
    skips=(is_test, is_migration, is_generated),
    signs=(Sign.CHANGE,),
)
def unchecked_affected_rows(fact: Procedure, context: RuleContext) -> Iterator[Diagnostic]:
    """Report every change of a row by its key whose result is dropped."""
    for effect in fact.effects:
        behind = context.file.content[effect.range.end : fact.range.end]
        is_left = _is_dropped(effect) or _goes_nowhere(effect, context)
        if is_left and _BY_KEY.match(effect.sql) and b"rowcount" not in behind:  # PEP 249
            yield context.report(
                effect.range,
                "Nobody learns whether this changed a row.",
                help="Look at the count of rows that it gives.",
            )


def _is_dropped(effect: Effect) -> bool:
    return effect.kind is EffectKind.WRITE and effect.use in (Use.DROPPED, Use.DISCARDED) and not effect.via


def _goes_nowhere(effect: Effect, context: RuleContext) -> bool:
    """Go: whether only the error of a write is kept: `_, err := db.Exec(…)`."""
    if context.file.language != "go" or effect.kind is not EffectKind.WRITE or effect.via:
        return False
    before = context.file.content[max(effect.range.start - _LONGEST, 0) : effect.range.start]
    return _BLANK.search(before) is not None
