"""
## What it finds

`SET name = <placeholder>` or `SET LOCAL name TO <placeholder>`, sent to PostgreSQL by a driver that binds on the
server.

## Why it matters

PostgreSQL accepts no parameter in `SET`: the statement fails with a syntax error at `$1`. It is most often met where a
tenant or user is set for row level security, and the tempting way out is to interpolate the value, which hands that
setting to whoever controls it.

## Example

```python
import asyncpg

async def enter(connection: asyncpg.Connection, tenant: str) -> None:
    await connection.execute("SET LOCAL app.tenant = $1", tenant)
```

```python
import asyncpg

async def enter(connection: asyncpg.Connection, tenant: str) -> None:
    await connection.execute("SELECT set_config('app.tenant', $1, true)", tenant)
```

```ts
import type { PoolClient } from "pg";

export function enter(client: PoolClient, tenant: string) {
  return client.query("SET LOCAL app.tenant = $1", [tenant]);
}
```

```ts
import type { PoolClient } from "pg";

export function enter(client: PoolClient, tenant: string) {
  return client.query("SELECT set_config('app.tenant', $1, true)", [tenant]);
}
```

```go
package store

import (
        "context"

        "github.com/jackc/pgx/v5"
)

func Enter(ctx context.Context, tx pgx.Tx, tenant string) error {
        _, err := tx.Exec(ctx, "SET LOCAL app.tenant = $1", tenant)
        return err
}
```

```go
package store

import (
        "context"

        "github.com/jackc/pgx/v5"
)

func Enter(ctx context.Context, tx pgx.Tx, tenant string) error {
        _, err := tx.Exec(ctx, "SELECT set_config('app.tenant', $1, true)", tenant)
        return err
}
```

## Fix

Call `set_config(name, value, is_local)`, which takes parameters; its third argument is `true` for `SET LOCAL`. The fix
does so; it is unsafe, for the value must be text then.

## When not to use it

Nothing is reported for drivers that put values into the text themselves (psycopg2, pg-promise), where it works.

## References

- [PostgreSQL: `set_config`](https://www.postgresql.org/docs/current/functions-admin.html#FUNCTIONS-ADMIN-SET)
- [PostgreSQL: `SET`](https://www.postgresql.org/docs/current/sql-set.html)
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from persistlint.diagnostic import Diagnostic, Severity
from persistlint.facts import Hole, Origin, Query, Sign
from persistlint.fixes.refusal import remedied
from persistlint.fixes.set_config import called_set_config
from persistlint.regexes import regex
from persistlint.rule import RuleContext, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

_SET = regex(
    r"(?:\s|/\*(?:[^*]|\*(?!/))*+\*/|--[^\n]*+\n)*+SET\s+(?:(?P<scope>LOCAL|SESSION)\s+)?"
    r"(?:(?P<special>ROLE|TIME\s+ZONE|AUTHORIZATION)|(?P<name>[\w.\"]+)\s*(?:=|\bTO\b))\s*'?",
    re.IGNORECASE,
)
_NUMBERED = regex(r"\$\d")
_SETTINGS = {"ROLE": "role", "TIME ZONE": "TimeZone", "AUTHORIZATION": "session_authorization"}


@rule("unbindable-set", on=Query, severity=Severity.ERROR, signs=(Sign.PLACEHOLDER_IN_SET,))
def unbindable_set(query: Query, context: RuleContext) -> Iterator[Diagnostic]:
    """Report a `SET` whose value is a bind parameter."""
    if query.library is None or query.library.dialect not in ("postgres", None) or query.library.binds == "client":
        return
    for text in query.texts:
        head, hole = (*text.parts, None, None)[:2]
        match = _SET.fullmatch(head) if isinstance(head, str) else None
        if match is None or not isinstance(hole, Hole) or hole.origin is not Origin.BOUND:
            continue
        name = _SETTINGS[" ".join(match["special"].upper().split())] if match["special"] else match["name"]
        is_numbered = _NUMBERED.search(context.file.text(hole.range)) is not None
        if query.library.dialect is None and "." not in name and not is_numbered:
            continue  # MySQL has variables of its own, and takes parameters
        local = "true" if (match["scope"] or "").upper() == "LOCAL" else "false"
        yield context.report(
            hole.range,
            f"`SET {name}` takes no bind parameter, so PostgreSQL refuses this statement.",
            help=f"Send `SELECT set_config('{name}', <placeholder>, {local})` instead.",
            remedy=remedied(context.program, called_set_config, hole.range, name, local == "true"),
        )
        return
