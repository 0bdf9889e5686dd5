"""
## What it finds

A value that JSON cannot hold, given to an encoder that is told nothing about it: `BigInt`, `Map`, `Set` and `Error`,
the request and response of a handler, which refer to each other; in Python datetimes, `Decimal`, `UUID`, sets, bytes
and `NaN`.

The value is found in the object or list that is encoded, through variables, and by its declared type. A replacer,
`default=` and `cls=` say what is to be done and are left alone, and so are encoders that know these types (orjson).

## Why it matters

Some of them end in an error in the moment something is to be stored or sent. The others say nothing: a `Map` with a
thousand entries becomes `{}`, and `NaN` becomes text that no other program reads.

## Example

```python
import json
from datetime import datetime

def snapshot(order):
    return json.dumps({"id": order.id, "at": datetime.now()})
```

```python
import json
from datetime import datetime

def snapshot(order):
    return json.dumps({"id": order.id, "at": datetime.now().isoformat()})
```

```js
export function report(tags) {
  return JSON.stringify({ tags: new Map(tags) });
}
```

```js
export function report(tags) {
  return JSON.stringify({ tags: Object.fromEntries(new Map(tags)) });
}
```

```ts
export function block(height: bigint, hash: string): string {
  return JSON.stringify({ hash, height });
}
```

```ts
export function block(height: bigint, hash: string): string {
  return JSON.stringify({ hash, height: height.toString() });
}
```

## Fix

Turn the value into one that JSON has: text for numbers that are too large and for times, a list for a set, an object
for a map; or tell the encoder, with a replacer or with `default=`. The fix does so for sets and maps of JavaScript
where they stand, and passes `default=str` in Python; it is unsafe, for readers get text.

## When not to use it

Where a `toJSON` is added to `BigInt` for the whole program, ignore the rule.

## References

- [MDN: JSON.stringify](https://developer.mozilla.org/en-US/docs/Web/JavaScript/Reference/Global_Objects/JSON/stringify#description)
- [Python: json, encoders and decoders](https://docs.python.org/3/library/json.html#encoders-and-decoders)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.diagnostic import Applicability, Edit, Fix, Severity
from persistlint.facts import JsonEncode
from persistlint.rule import RuleContext, rule
from persistlint.source import Range

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.diagnostic import Diagnostic

_HELP = {
    "a BigInt": "Turn it into text with `.toString()`, or pass a replacer that does.",
    "a Map": "Turn it into an object with `Object.fromEntries(…)`.",
    "a Set": "Turn it into a list with `[...set]`.",
    "an Error": "Take what is to be known of it: `{ name: error.name, message: error.message }`.",
    "a set": "Turn it into a list with `sorted(…)`, or pass `default=list`.",
    "bytes": "Decode it, or write it as base64.",
    "NaN": "Use `None` in its place, and pass `allow_nan=False` so that none gets through.",
    "a datetime": "Write it with `.isoformat()`, or pass `default=str`.",
    "a date": "Write it with `.isoformat()`, or pass `default=str`.",
}


@rule(
    "unsafe-json-stringify", on=JsonEncode, severity=Severity.WARNING, languages=("python", "javascript", "typescript")
)
def unsafe_json_stringify(fact: JsonEncode, context: RuleContext) -> Iterator[Diagnostic]:
    """Report the first part of a value that JSON cannot hold."""
    effect = f"makes `{fact.becomes}` of it" if fact.becomes else "fails on it"
    default = "Take what is to be stored of it, as text, numbers, lists and objects."
    yield context.report(
        fact.range,
        f"`{context.text(fact.part)}` is {fact.kind}, and `{fact.function}` {effect}.",
        help=_HELP.get(fact.kind, "Write it as text, or pass `default=str`." if fact.kind in _AS_TEXT else default),
        fixes=_fix(fact, context),
    )


def _fix(fact: JsonEncode, context: RuleContext) -> tuple[Fix, ...]:
    """The list of a set and the object of a map where they stand, `default=str` for what is well written as text."""
    part, call = context.file.text(fact.part), context.file.text(fact.range)
    if fact.kind in ("a Map", "a Set") and fact.part in fact.range:
        text = f"Object.fromEntries({part})" if fact.kind == "a Map" else f"[...{part}]"
        return (Fix("Write it as JSON has it", (Edit(fact.part, text),), Applicability.UNSAFE),)
    is_python = fact.function == "json.dumps" and (fact.kind in _AS_TEXT or fact.kind in ("a datetime", "a date"))
    is_bare = "default" not in call and "cls" not in call and not call.rstrip(") \n\t").endswith(",")
    if not is_python or not is_bare:
        return ()
    end = fact.range.end - 1
    return (Fix("Write it as text", (Edit(Range(end, end), ", default=str"),), Applicability.UNSAFE),)


_AS_TEXT = ("a Decimal", "a UUID", "a timedelta", "a Path")
