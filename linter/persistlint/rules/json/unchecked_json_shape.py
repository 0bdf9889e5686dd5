"""
## What it finds

Decoded JSON that is declared to be of a type, with nothing that looks whether it is: `JSON.parse(text) as Order`,
`const order: Order = await response.json()`, `cast(Order, json.loads(text))`.

A value that goes to a schema, a validator or a type guard afterwards is left alone. The rule is off by default: many
programs trust their other half.

## Why it matters

A declaration of that kind is a promise that nobody keeps. The compiler believes it from there on, and so what is
missing is found where it is used, and never where it came in.

## Example

```python
import json
from typing import TypedDict, cast

class Order(TypedDict):
    total: int

def total(text: str) -> int:
    order = cast(Order, json.loads(text))
    return order["total"]
```

```python
import json

from pydantic import BaseModel

class Order(BaseModel):
    total: int

def total(text: str) -> int:
    return Order.model_validate(json.loads(text)).total
```

```ts
interface Order { total: number }

export function total(text: string): number {
  const order = JSON.parse(text) as Order;
  return order.total;
}
```

```ts
import { z } from "zod";

const Order = z.object({ total: z.number() });

export function total(text: string): number {
  return Order.parse(JSON.parse(text)).total;
}
```

## Fix

Let something look at the value where it comes in: a schema (zod, Pydantic, ajv, jsonschema), or a type guard.

## Options

The names of the configuration tell of functions of the project: what those under `json` return is decoded JSON.

```toml
[names]
json = ["load_settings", "fetchJson"]
```

## When not to use it

Where both sides of an interface are made from one description of it.

## References

- [Zod](https://zod.dev) and [Pydantic](https://docs.pydantic.dev)
- [TypeScript: type predicates](https://www.typescriptlang.org/docs/handbook/2/narrowing.html#using-type-predicates)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.diagnostic import Severity
from persistlint.facts import JsonShape
from persistlint.rule import RuleContext, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.diagnostic import Diagnostic

_HELP = {
    "python": "Let it be looked at where it comes in, with `model_validate` of Pydantic or against a JSON schema.",
    "typescript": "Let it be looked at where it comes in, with `parse` of a schema or a type guard.",
}


@rule("unchecked-json-shape", on=JsonShape, severity=Severity.INFO, default=False, languages=("python", "typescript"))
def unchecked_json_shape(fact: JsonShape, context: RuleContext) -> Iterator[Diagnostic]:
    """Report decoded JSON that is declared to be of a type."""
    yield context.report(
        fact.range,
        f"Decoded JSON is taken for `{fact.type}`, and nothing looks whether it is one.",
        help=_HELP[context.file.language],
    )
