"""
## What it finds

Text that SQL takes out of JSON and makes a number, a boolean, a time or a UUID of: `(payload->>'age')::int`,
`CAST(payload->>'total' AS numeric)`; and functions that take arrays alone, on a part of a JSON value.

It reads SQL files and the SQL in strings of code. Left alone is what stands in a `CASE`, or in an `IF` of a routine,
that tests what the JSON holds; a key of the JSON of a row (`to_jsonb(new)`), which is a column; and what an `INSERT` or
a call is given that reads no table, for there a wrong value is refused as it comes in. A condition in `WHERE` is no
guard: the database may evaluate the cast first.

## Why it matters

A missing key and a JSON `null` are no trouble, they become NULL. Any other text that is no such value ends the whole
statement in PostgreSQL, so that one row spoils every query over the table; in SQLite it quietly becomes 0.

## Example

```sql dialect=postgres
SELECT id FROM people WHERE (data->>'age')::int >= 18;
```

```sql dialect=postgres
SELECT id FROM people WHERE CASE WHEN jsonb_typeof(data->'age') = 'number' THEN (data->>'age')::int >= 18 END;
```

```python
def adults(connection):
    return connection.execute("SELECT id FROM people WHERE (data->>'age')::int >= 18").fetchall()
```

```python
def adults(connection):
    return connection.execute(
        "SELECT id FROM people WHERE CASE WHEN jsonb_typeof(data->'age') = 'number' THEN (data->>'age')::int >= 18 END"
    ).fetchall()
```

```js
exports.adults = (pool) => pool.query("SELECT id FROM people WHERE (data->>'age')::int >= 18");
```

```js
exports.names = (pool) => pool.query("SELECT data->>'name' FROM people");
```

```ts
import { sql } from "drizzle-orm";

export const total = sql`sum(CAST(payload->>'total' AS numeric))`;
```

```ts
import { sql } from "drizzle-orm";

export const total = sql`
  sum(CASE WHEN jsonb_typeof(payload->'total') = 'number' THEN (payload->>'total')::numeric END)`;
```

```go
package people

import "database/sql"

func Adults(db *sql.DB) (*sql.Rows, error) {
        return db.Query(`SELECT id FROM people WHERE (data->>'age')::int >= 18`)
}
```

```go
package people

import "database/sql"

func Named(db *sql.DB, name string) (*sql.Rows, error) {
        return db.Query(`SELECT id FROM people WHERE data->>'name' = $1`, name)
}
```

## Fix

Test in a `CASE` what the JSON holds, with `jsonb_typeof`, a pattern, or `pg_input_is_valid` of PostgreSQL 16. Better,
make a column of what is compared and counted, or add a `CHECK` that keeps other values out. The fix writes the `CASE`
around a cast to a number or a truth value in SQL files, where nothing is written, called or refused; it is unsafe, for
a number that is text becomes NULL. A fraction still stops a cast to a whole number.

## When not to use it

Where a `CHECK` of the table says of what type the value is, ignore the rule.

## References

- [PostgreSQL: JSON functions and operators](https://www.postgresql.org/docs/current/functions-json.html)
- [PostgreSQL: expression evaluation rules](https://www.postgresql.org/docs/current/sql-expressions.html#SYNTAX-EXPRESS-EVAL)
- [SQLite: CAST expressions](https://www.sqlite.org/lang_expr.html#castexpr)
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from persistlint.diagnostic import Applicability, Edit, Fix, Severity
from persistlint.facts import JsonCast
from persistlint.fixes.refusal import RefusalError, remedied
from persistlint.regexes import regex
from persistlint.rule import RuleContext, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.diagnostic import Diagnostic
    from persistlint.fixes.program import Program

_NUMBERS = {"json_type": "integer", "JSON_TYPE": "INTEGER"}  # what a number is there, else `number`
_CAST = regex(
    r"\(\s*([\w.\"]+(?:\s*->\s*'[^'\\]*')*)\s*->>\s*('[^'\\]*')\s*\)\s*::\s*"
    r"(int\d?|integer|bigint|smallint|numeric|decimal|float\d?|real|double\s+precision|bool(?:ean)?)",
    re.IGNORECASE,
)

_ARROW = regex(r"\s*->")
_DECLARED = regex(rb"\b(\w+)\"?\s+(jsonb?)\b")


@rule(
    "json-text-cast", on=JsonCast, severity=Severity.INFO, languages=("python", "javascript", "typescript", "go", "sql")
)
def json_text_cast(fact: JsonCast, context: RuleContext) -> Iterator[Diagnostic]:
    """Report a cast of text out of JSON that nothing guards."""
    effect = f"becomes {fact.becomes}" if fact.becomes else "stops the statement with an error"
    message = f"`{fact.expression}` can hold any text, and what is no `{fact.type}` {effect}."
    help = f"Test it in a `CASE` around the cast, as with `{fact.test}(…) = '{_NUMBERS.get(fact.test, 'number')}'`;"
    help += " `WHERE` may come later."
    if not fact.test:
        help = "Write `TRY_CAST`, or `SAFE_CAST` in BigQuery, which give NULL for such text."
    if fact.type == "array":
        message = f"`{fact.expression}` can hold anything, and this function stops the statement where it is no array."
        help = "Test it in a `CASE` around the call, with `jsonb_typeof(…) = 'array'`."
    yield context.report(fact.range, message, help=help, remedy=remedied(context.program, _fix, fact))


def _fix(program: Program, fact: JsonCast) -> tuple[Fix, ...]:
    """The test of PostgreSQL around a cast to a number or a truth value, where a statement asks for it. A program may
    store text. Raises `RefusalError`."""
    text = program.source.text(fact.range)
    cast = _CAST.fullmatch(text)
    if cast is None:
        raise RefusalError("only for a plain cast to a number or a truth value is there a short test")
    if fact.is_strict:
        raise RefusalError("the statement had better stop than write, pass on or test NULL")
    if program.source.language != "sql":
        raise RefusalError("the program may store it as text, which the test would make NULL")
    kind = "boolean" if cast[3].lower().startswith("bool") else "number"
    guarded = f"CASE WHEN {_type_of(program, cast[1], cast[2])} = '{kind}' THEN {text} END"
    return (Fix("Test it in a CASE", (Edit(fact.range, guarded),), Applicability.UNSAFE),)


def _type_of(program: Program, document: str, key: str) -> str:
    """What tells of which type a part of a document is. The function of `jsonb` takes no `json`, and that of `json` no
    `jsonb`: where the file does not say which it is, it is made `jsonb`."""
    name = _ARROW.split(document)[0].rpartition(".")[2].strip('"')
    kinds = _declared(program.source.lowered).get(name.encode(), set()) if name.islower() else set[str]()
    part = f"{document} -> {key}"
    return f"{next(iter(kinds))}_typeof({part})" if len(kinds) == 1 else f"jsonb_typeof(({part})::jsonb)"


@lru_cache(maxsize=2)  # every cast of a file asks for it
def _declared(content: bytes) -> dict[bytes, set[str]]:
    """The types of JSON that a file declares columns of, by their names; both in small letters."""
    found: dict[bytes, set[str]] = {}
    for name, kind in _DECLARED.findall(content):
        found.setdefault(name, set()).add(kind.decode())
    return found
