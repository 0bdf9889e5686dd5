"""
## What it finds

The element of a list that is taken by its number and used, with nothing that tells that the list has one: in decoded
JSON, in the rows of a query, in the answer of another service.

A test of the length, or of the element, that goes for it on every way to the access counts, and so do `?.`, a default,
a `try` that catches the right error, and a loop over the list. A statement that gives one row whatever the tables hold
is known by its text: an aggregate without groups, `SELECT EXISTS (…)`, an `INSERT … VALUES … RETURNING`; where the
text is not known, by the columns `count` and `exists`. The scripts of a project, where an error
that nobody catches ends the run before the eyes of whoever started it, are left alone.

## Why it matters

A search without a hit, a row that somebody deleted and a service that has nothing to say are ordinary. Taken for
granted, they end in an `IndexError`, a `TypeError` or a panic.

## Example

```python
def newest(connection):
    cursor = connection.cursor()
    cursor.execute("SELECT id, name FROM users ORDER BY created_at DESC")
    rows = cursor.fetchall()
    return rows[0]["name"]
```

```python
def newest(connection):
    cursor = connection.cursor()
    cursor.execute("SELECT id, name FROM users ORDER BY created_at DESC")
    rows = cursor.fetchall()
    return rows[0]["name"] if rows else None
```

```js
const { Pool } = require("pg");

const pool = new Pool();
exports.emailOf = async (id) => {
  const { rows } = await pool.query("SELECT email FROM users WHERE id = $1", [id]);
  return rows[0].email;
};
```

```js
const { Pool } = require("pg");

const pool = new Pool();
exports.emailOf = async (id) => {
  const { rows } = await pool.query("SELECT email FROM users WHERE id = $1", [id]);
  if (rows.length === 0) throw new Error(`no user ${id}`);
  return rows[0].email;
};
```

```ts
import { redis } from "./redis";

interface Cart { items: { sku: string }[] }

export function firstSku(cart: string): string {
  return (JSON.parse(cart) as Cart).items[0].sku;
}
```

```ts
import { redis } from "./redis";

interface Cart { items: { sku: string }[] }

export function firstSku(cart: string): string | undefined {
  return (JSON.parse(cart) as Cart).items[0]?.sku;
}
```

```go
package answers

import "encoding/json"

type answer struct {
        Choices []struct{ Text string }
}

func Text(body []byte) (string, error) {
        var a answer
        if err := json.Unmarshal(body, &a); err != nil {
                return "", err
        }
        return a.Choices[0].Text, nil
}
```

```go
package answers

import (
        "encoding/json"
        "errors"
)

type answer struct {
        Choices []struct{ Text string }
}

func Text(body []byte) (string, error) {
        var a answer
        if err := json.Unmarshal(body, &a); err != nil {
                return "", err
        }
        if len(a.Choices) == 0 {
                return "", errors.New("no answer")
        }
        return a.Choices[0].Text, nil
}
```

## Fix

Say what an empty list means: test its length first and leave with an answer of your own, or take the element with `?.`
and a default. The fix writes `?.` in JavaScript, returns None in Python, and in Go an error where the function returns
one; it is unsafe, for what is missing goes on as that.

## Options

The names of the configuration tell of functions of the project: what those under `json` return is decoded JSON.

```toml
[names]
json = ["load_settings", "fetchJson"]
```

## When not to use it

Where a constraint of the database says that there is a row, the `OrThrow` and `scalar_one` of an ORM say so in the
code; where there is none of its kind, ignore the line with the reason beside it.

## References

- [TypeScript: noUncheckedIndexedAccess](https://www.typescriptlang.org/tsconfig/#noUncheckedIndexedAccess)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.diagnostic import Severity
from persistlint.facts import HopKind, JsonAccess, JsonOrigin
from persistlint.fixes.steps import checked_element, optional_steps
from persistlint.paths import is_script
from persistlint.rule import RuleContext, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.diagnostic import Diagnostic, Fix
    from persistlint.facts import JsonHop
    from persistlint.fixes.program import Program

_HELP = {
    "python": "Test that it is not empty first, or catch `IndexError`, and say what an empty one means.",
    "go": "Compare its `len` first, and say what an empty one means.",
    "javascript": "Test its `length` first, or write `?.` behind the element, and say what an empty one means.",
}


@rule("unsafe-index-access", on=JsonAccess, severity=Severity.WARNING, skips=(is_script,))
def unsafe_index_access(fact: JsonAccess, context: RuleContext) -> Iterator[Diagnostic]:
    """Report an element that is used with nothing to tell that there is one."""
    hop = next((hop for hop in fact.failing if hop.cause is HopKind.INDEX), None)
    if hop is None:
        return
    is_guess = fact.origin is JsonOrigin.UNKNOWN
    if is_guess and hop is fact.hops[-1]:
        return
    if hop.kind is HopKind.INDEX:
        message = f"Nothing here tells that there is such an element as `{_closed(context.text(fact.through(hop)))}`."
    else:
        element = context.text(fact.before(hop))
        message = f"`{element}` is the element of a list, and nothing here tells that the list has it."
    yield context.report(
        fact.range,
        message,
        help=_HELP.get(context.file.language, _HELP["javascript"]),
        severity=Severity.INFO if is_guess else None,
        fixes=_fix(context.program, fact, hop) if context.program is not None else (),
    )


def _closed(text: str) -> str:
    """The text of a part of an expression without the parentheses that are closed behind it."""
    open_ones = text.count("(") - text.count(")")
    leading = len(text) - len(text.lstrip("("))
    return text[max(0, min(open_ones, leading)) :]


def _fix(program: Program, fact: JsonAccess, hop: JsonHop) -> tuple[Fix, ...]:
    if program.source.language in ("javascript", "typescript"):
        return optional_steps(program, fact)
    return checked_element(program, fact, hop)
