"""
## What it finds

`.get("key")` without a default, whose result is used at once: `.get(…)`, `[…]` or a method of strings behind it.

Left alone are keys that a test before it says are there, a `try` that catches the error, and objects whose `get` is no
lookup in a dictionary: clients, sessions, caches, query sets, the configuration.

## Why it matters

`get` was written so that a missing key is no error. It gives `None` then, and the next step fails on it: an
`AttributeError` that speaks of `NoneType` and names no key.

## Example

```python
def city(payload):
    return payload.get("company").get("address").get("city")
```

```python
def city(payload):
    company = payload.get("company") or {}
    address = company.get("address") or {}
    return address.get("city")
```

## Fix

Write `(payload.get("company") or {})`, which also survives a key whose value is `null`, as `get("company", {})` does
not. Where the key has to be there, write `payload["company"]`, whose error names it. The fix writes the first; it is
unsafe, for what is missing goes on as None.

## When not to use it

Where the dictionaries are the program's own and always complete, square brackets say so better.

## References

- [Python: dict.get](https://docs.python.org/3/library/stdtypes.html#dict.get)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.diagnostic import Severity
from persistlint.facts import HopKind, JsonAccess
from persistlint.fixes.steps import lasting_gets
from persistlint.rule import RuleContext, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.diagnostic import Diagnostic

_OF_TEXTS = frozenset([
    "casefold", "encode", "endswith", "isalnum", "isalpha", "isdecimal", "isdigit", "isnumeric", "isspace", "lower",
    "lstrip", "replace", "rsplit", "rstrip", "split", "splitlines", "startswith", "strip", "upper",
])  # fmt: skip


@rule("chained-get", on=JsonAccess, severity=Severity.WARNING, languages=("python",))
def chained_get(fact: JsonAccess, context: RuleContext) -> Iterator[Diagnostic]:
    """Report the first `.get(…)` of a chain whose None the next step fails on."""
    hop = next((hop for hop in fact.failing if hop.cause is HopKind.GET), None)
    if hop is None:
        return
    get = fact.hops[fact.hops.index(hop) - 1]
    given, used = context.text(get.range), context.text(hop.range)
    default = '""' if hop.kind is HopKind.MEMBER and hop.name in _OF_TEXTS else "{}"
    yield context.report(
        fact.range,
        f"`{given}` gives None where there is no such key, and `{used}` fails on that.",
        help=f"Write `(….get(key) or {default})`, or take a key that has to be there with `[key]`, whose error names"
        " it.",
        fixes=lasting_gets(context.program, fact) if context.program is not None else (),
    )
