"""
## What it finds

Two or more steps into decoded JSON, a JSON column or the answer of another service, with nothing that tells that the
part in between is there.

A part counts as there after a test of any kind that goes for it on every way to the access, behind `?.`, with a
default, in a `try` that catches the right error, and once the value as a whole was handed to something that checks it
by its name: a schema, a validator, a type guard. Where TypeScript declares a type, only the keys that are optional in
it can be missing; in Go only pointers can. Left alone is what a page asks of its own server, at an address without a
host, through no client that was made for one, for both change together, and so are the scripts of a project, where an
error that nobody catches ends the run before the eyes of whoever started it.

## Why it matters

Whoever sends the JSON decides what is in it. The access ends with a `TypeError`, a `KeyError` or a panic that names
neither the service nor the field, in the middle of work that is half done.

## Example

```python
import requests

def temperature(city):
    response = requests.get("https://weather.example/current", params={"q": city})
    response.raise_for_status()
    weather = response.json()
    return weather["main"]["temperature"]
```

```python
import requests

def temperature(city):
    response = requests.get("https://weather.example/current", params={"q": city})
    response.raise_for_status()
    weather = response.json()
    return (weather.get("main") or {}).get("temperature")
```

```js
export async function owner(url) {
  const response = await fetch(url);
  if (!response.ok) throw new Error(response.statusText);
  const repository = await response.json();
  return repository.owner.login;
}
```

```js
export async function owner(url) {
  const response = await fetch(url);
  if (!response.ok) throw new Error(response.statusText);
  const repository = await response.json();
  return repository.owner?.login ?? null;
}
```

```ts
import { prisma } from "./prisma";

export async function color(id: string) {
  const user = await prisma.user.findUniqueOrThrow({ where: { id } });
  const settings = user.settings as any;
  return settings.theme.color;
}
```

```ts
import { z } from "zod";
import { prisma } from "./prisma";

const Settings = z.object({ theme: z.object({ color: z.string() }) });

export async function color(id: string) {
  const user = await prisma.user.findUniqueOrThrow({ where: { id } });
  return Settings.parse(user.settings).theme.color;
}
```

```go
package profiles

import "encoding/json"

type contact struct{ Email string }

type profile struct {
        Contact *contact
}

func Email(body []byte) (string, error) {
        var p profile
        if err := json.Unmarshal(body, &p); err != nil {
                return "", err
        }
        return p.Contact.Email, nil
}
```

```go
package profiles

import "encoding/json"

type contact struct{ Email string }

type profile struct {
        Contact *contact
}

func Email(body []byte) (string, error) {
        var p profile
        if err := json.Unmarshal(body, &p); err != nil {
                return "", err
        }
        if p.Contact == nil {
                return "", nil
        }
        return p.Contact.Email, nil
}
```

## Fix

Say what a missing part means. In JavaScript that is `?.` with a value behind `??`, in Python a default that survives
an explicit `null`, in Go a comparison with `nil`; a schema says it for all parts at once. The fix writes `?.` in
JavaScript, an empty list where one is needed, `(… or {}).get(…)` in Python where the value is only kept or returned,
and returns an error for a missing pointer in Go where the function returns one; it is unsafe, for what is missing goes
on as `undefined` or None.

## Options

The names of the configuration tell of functions of the project: what those under `json` return is decoded JSON.

```toml
[names]
json = ["load_settings", "fetchJson"]
```

## When not to use it

Where both sides of an interface are one's own and change together, a schema that both share is worth more than a test
in every place; ignore the rule there.

## References

- [MDN: optional chaining](https://developer.mozilla.org/en-US/docs/Web/JavaScript/Reference/Operators/Optional_chaining)
- [Zod](https://zod.dev) and [Pydantic](https://docs.pydantic.dev)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.diagnostic import Severity
from persistlint.facts import HopKind, JsonAccess, JsonOrigin
from persistlint.fixes.steps import checked_pointer, lasting_keys, optional_steps
from persistlint.paths import is_script
from persistlint.rule import RuleContext, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.diagnostic import Diagnostic, Fix
    from persistlint.facts import JsonHop
    from persistlint.fixes.program import Program

_OTHER_RULES = (HopKind.INDEX, HopKind.GET)  # unsafe-index-access, chained-get
_HELP = {
    "python": "Use `.get(…)` with a default, test for the key, catch `KeyError`, or check all of it against a schema.",
    "go": "Compare it with `nil` first, and say what it means that it is missing.",
    "javascript": "Write `?.` and say with `??` what stands in its place, or check all of it against a schema.",
}


@rule("unsafe-json-access", on=JsonAccess, severity=Severity.WARNING, skips=(is_script,))
def unsafe_json_access(fact: JsonAccess, context: RuleContext) -> Iterator[Diagnostic]:
    """Report the first step of a chain that fails where the part before it is missing."""
    if not fact.failing or fact.origin is JsonOrigin.UNKNOWN:
        return
    if any(hop.cause in _OTHER_RULES for hop in fact.failing):
        return
    hop = fact.failing[0]
    is_pattern = fact.before(hop) == hop.range
    fails = "the pattern that takes it apart" if is_pattern else f"`{context.text(hop.range)}`"
    yield context.report(
        fact.range,
        f"Nothing here tells that `{context.text(fact.before(hop))}` is there, and {fails} fails without it.",
        help=_HELP.get(context.file.language, _HELP["javascript"]),
        fixes=_fix(context.program, fact, hop) if context.program is not None else (),
    )


def _fix(program: Program, fact: JsonAccess, hop: JsonHop) -> tuple[Fix, ...]:
    if program.source.language in ("javascript", "typescript"):
        return optional_steps(program, fact)
    if program.source.language == "python":
        return lasting_keys(program, fact)
    return checked_pointer(program, fact, hop) if program.source.language == "go" else ()
