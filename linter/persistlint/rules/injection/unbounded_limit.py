"""
## What it finds

A query whose number of rows comes straight from a request: `LIMIT` with a bound or spliced value, `limit` and `take` of
a query builder, the end of a slice of a query of Django. A value is left alone where it is clamped (`min`, `Math.min`),
compared with a number or a list before, declared with a maximum (`Query(le=100)`), or where a schema looks at the
request first.

## Why it matters

Whoever asks for a billion rows gets all of the table: the database reads it, the program holds it in memory, and one
request is enough to make both slow for everybody.

## Example

```python
from flask import request

def listing(cursor):
    limit = int(request.args.get("limit", 50))
    cursor.execute("SELECT id, name FROM orders ORDER BY id LIMIT %s", (limit,))
    return cursor.fetchall()
```

```python
from flask import request

def listing(cursor):
    limit = min(int(request.args.get("limit", 50)), 1000)
    cursor.execute("SELECT id, name FROM orders ORDER BY id LIMIT %s", (limit,))
    return cursor.fetchall()
```

```ts
import type { Request } from "express";
import type { Pool } from "pg";

export function listing(pool: Pool, req: Request) {
  const limit = Number(req.query.limit) || 50;
  return pool.query("SELECT id, name FROM orders ORDER BY id LIMIT $1", [limit]);
}
```

```ts
import type { Request } from "express";
import type { Pool } from "pg";

export function listing(pool: Pool, req: Request) {
  const limit = Math.min(Number(req.query.limit) || 50, 1000);
  return pool.query("SELECT id, name FROM orders ORDER BY id LIMIT $1", [limit]);
}
```

```go
package store

import (
        "database/sql"
        "net/http"
        "strconv"
)

func Listing(db *sql.DB, r *http.Request) (*sql.Rows, error) {
        limit, err := strconv.Atoi(r.URL.Query().Get("limit"))
        if err != nil {
                return nil, err
        }
        return db.Query("SELECT id, name FROM orders ORDER BY id LIMIT $1", limit)
}
```

```go
package store

import (
        "database/sql"
        "net/http"
        "strconv"
)

func Listing(db *sql.DB, r *http.Request) (*sql.Rows, error) {
        limit, err := strconv.Atoi(r.URL.Query().Get("limit"))
        if err != nil || limit > 1000 {
                limit = 1000
        }
        return db.Query("SELECT id, name FROM orders ORDER BY id LIMIT $1", limit)
}
```

## Fix

Clamp the number to at least one row and at most as many as a page ever needs. The fix takes a thousand, in Python and
JavaScript; it is unsafe, for whoever asked for more gets less then.

## When not to use it

Where only the program itself and people who may read everything anyway send such requests.

## References

- [CWE-770: allocation of resources without limits](https://cwe.mitre.org/data/definitions/770.html)
- [OWASP API4: unrestricted resource consumption](https://owasp.org/API-Security/editions/2023/en/0xa4-unrestricted-resource-consumption/)
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from persistlint.diagnostic import Severity
from persistlint.facts import Limit
from persistlint.fixes.clamping import clamped
from persistlint.paths import is_test
from persistlint.rule import RuleContext, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.diagnostic import Diagnostic


@rule("unbounded-limit", on=Limit, severity=Severity.WARNING, default=False, skips=(is_test,))
def unbounded_limit(limit: Limit, context: RuleContext) -> Iterator[Diagnostic]:
    """Report a number of rows that a request says without a bound."""
    yield context.report(
        limit.range,
        f"`{context.text(limit.range)}` is how many rows the query gives, and a request may ask for any number.",
        help="Clamp it to the most that a page needs.",
        remedy=partial(clamped, limit, context.file),
    )
