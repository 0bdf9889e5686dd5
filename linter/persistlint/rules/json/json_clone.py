"""
## What it finds

A copy that is made by encoding a value and decoding it again: `JSON.parse(JSON.stringify(value))`,
`json.loads(json.dumps(value))`.

The rule is off by default. A replacer, a reviver or any other argument says that more is meant than a copy, and is left
alone.

## Why it matters

What JSON cannot hold is lost on the way: dates become text, `undefined` and functions go, `Map` and `Set` become `{}`,
tuples become lists and the keys of dictionaries become strings. It also takes several times as long.

## Example

```python
import json

def draft_of(order: dict) -> dict:
    return json.loads(json.dumps(order))
```

```python
import copy

def draft_of(order: dict) -> dict:
    return copy.deepcopy(order)
```

```js
export const draftOf = (order) => JSON.parse(JSON.stringify(order));
```

```js
export const draftOf = (order) => structuredClone(order);
```

```ts
export const draftOf = <T>(order: T): T => JSON.parse(JSON.stringify(order));
```

```ts
export const draftOf = <T>(order: T): T => structuredClone(order);
```

## Fix

`structuredClone(value)` and `copy.deepcopy(value)` keep what JSON drops. `structuredClone` refuses functions and the
proxies of Vue and MobX, which are to be unwrapped first: where a file uses a library that makes such proxies, there is
no fix. The fix calls them; it is unsafe, for what JSON dropped is kept then.

## When not to use it

Where the copy is meant to be just what JSON holds of the value.

## References

- [MDN: structuredClone](https://developer.mozilla.org/en-US/docs/Web/API/Window/structuredClone)
- [Python: copy.deepcopy](https://docs.python.org/3/library/copy.html#copy.deepcopy)
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from persistlint.diagnostic import Applicability, Edit, Fix, Severity
from persistlint.facts import JsonParse
from persistlint.fixes.imports import python_module
from persistlint.regexes import regex
from persistlint.rule import RuleContext, rule
from persistlint.source import Range

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.diagnostic import Diagnostic
    from persistlint.fixes.program import Program
    from persistlint.source import SourceFile

_PROXIES = regex(  # what a library gives that watches values, which `structuredClone` refuses
    rb"""\b(?:from|require\()\s*['"](?:@?vue\b|pinia|mobx|valtio|immer|@ngneat/|svelte|alpinejs)"""
    rb"""|\b(?:Alpine|Vue)\.|\bthis\.\$|\$(?:store|dispatch|refs)\b|\b(?:mapState|observable|produce)\("""
)
_AWAITED = r"(?<![\w.$]){0}\s*(?::[^=;]*)?=\s*(?:\(\s*)?await\b|\[\s*{0}\s*(?:,[^=;]*)?\]\s*=\s*await\b"
_SAYS_JSON = regex(r"json|serial", re.IGNORECASE)
_HELP = {
    "python": "`copy.deepcopy(value)` keeps what JSON drops.",
    "javascript": "`structuredClone(value)` keeps dates, maps, sets and cycles; unwrap proxies of Vue and MobX first.",
}


@rule(
    "json-clone", on=JsonParse, severity=Severity.INFO, default=False, languages=("python", "javascript", "typescript")
)
def json_clone(fact: JsonParse, context: RuleContext) -> Iterator[Diagnostic]:
    """Report a copy that is made by way of JSON."""
    if fact.copied is None:
        return
    yield context.report(
        fact.range,
        f"`{context.text(fact.copied)}` is copied by way of JSON, which drops what JSON cannot hold.",
        help=_HELP.get(context.file.language, _HELP["javascript"]),
        fixes=_fix(fact, fact.copied, context),
    )


def _fix(fact: JsonParse, copied: Range, context: RuleContext) -> tuple[Fix, ...]:
    """The copy that the language has, where nothing in the file makes proxies of values."""
    program, value = context.program, context.file.text(copied)
    if program is None or not program.is_clean(fact.range) or context.file.path.endswith((".vue", ".svelte")):
        return ()
    if context.file.language != "python" and _makes_proxies(context.file):
        return ()
    if _is_meant(program, fact, value):
        return ()
    needed = python_module(program, "copy") if context.file.language == "python" else ("structuredClone", ())
    if needed is None:
        return ()
    function = f"{needed[0]}.deepcopy" if context.file.language == "python" else needed[0]
    edit = Edit(fact.range, f"{function}({value})")
    return (Fix(f"Use {function}", (edit, *needed[1]), Applicability.UNSAFE),)


@lru_cache(maxsize=8)  # every copy of a file may ask for it
def _makes_proxies(source: SourceFile) -> bool:
    return _PROXIES.search(source.content) is not None


def _is_meant(program: Program, fact: JsonParse, value: str) -> bool:
    """Whether just what JSON holds is asked for: the copy is compared with its original, its line says so, or what is
    copied was waited for and may be a row of an ORM, which JSON makes plain."""
    function = program.function_around(fact.range)
    if function is not None and re.search(_AWAITED.format(re.escape(value)), program.source.text(function.range)):
        return True
    before = program.source.text(Range(program.line_start(fact.range.start), fact.range.start))
    return program.count_beside(fact.range, value) > 1 or _SAYS_JSON.search(before) is not None
