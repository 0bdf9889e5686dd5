"""
## What it finds

JSON that comes from outside or was stored, and is decoded with nothing to catch text that is none.

Text from outside is the body of a request or a field of it (a form, the query, a header, a cookie), a message, what
another service or a language model answered, a cache or the browser's storage, an environment variable, a column of a
row. A handler counts where it catches the right error; a `finally` alone does not, and neither does a `catch` whose own
block decodes. Left alone are constants, what was encoded just before, files, what a module decodes when it is loaded,
unless it was stored, text of which something has said that it is JSON, what a function like `tryCatch` is given, and a
`then` whose chain ends in a `catch`; and so are the scripts of a project, where an error that nobody catches ends the
run before the eyes of whoever started it.

What one function decodes of what the program itself stored is one report. Text of a row is a warning where it is
decoded row by row, and a broken one takes the others with it, and else a note: the program wrote it itself. An answer
whose status nobody looks at is left to `unchecked-response-status`.

## Why it matters

A broken frame, a truncated row or an empty body ends the request, the worker or the listener, and the error that is
seen speaks of a position in a text and not of where the text came from.

## Example

```python
import json

from django.http import JsonResponse

def webhook(request):
    event = json.loads(request.body)
    return JsonResponse({"received": event.get("type")})
```

```python
import json

from django.http import HttpResponseBadRequest, JsonResponse

def webhook(request):
    try:
        event = json.loads(request.body)
    except ValueError:
        return HttpResponseBadRequest("the body is no JSON")
    return JsonResponse({"received": event.get("type")})
```

```js
export function settings() {
  return JSON.parse(localStorage.getItem("settings"));
}
```

```js
export function settings() {
  try {
    return JSON.parse(localStorage.getItem("settings"));
  } catch {
    return null;
  }
}
```

```ts
import { redis } from "./redis";

export async function session(key: string) {
  const raw = await redis.get(key);
  return raw === null ? null : JSON.parse(raw);
}
```

```ts
import { redis } from "./redis";

export async function session(key: string) {
  const raw = await redis.get(key);
  try {
    return raw === null ? null : JSON.parse(raw);
  } catch (error) {
    throw new Error(`the session ${key} is broken`, { cause: error });
  }
}
```

## Fix

Catch the error where the text is decoded, and say what a broken one means: an answer with status 400, a default, a
message that is set aside, or a new error that names the source and keeps the old one as its cause. The fix writes
the last: a `try` around the statement in Python, where another error of it is not caught, and around the decoding alone
in JavaScript, where nothing in the statement comes before that. In a view of Flask, FastAPI or Django, and where a
handler of JavaScript has a `res`, it answers with the status 400. It is unsafe, for another error comes out then.

## When not to use it

Where a framework turns every error into the right answer, and that is meant, ignore the line with the reason beside it.

## References

- [Python: json.JSONDecodeError](https://docs.python.org/3/library/json.html#json.JSONDecodeError)
- [MDN: JSON.parse](https://developer.mozilla.org/en-US/docs/Web/JavaScript/Reference/Global_Objects/JSON/parse#exceptions)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.diagnostic import Related, Severity
from persistlint.facts import JsonOrigin, JsonParse
from persistlint.fixes.catching import caught_parse
from persistlint.fixes.refusal import remedied
from persistlint.paths import is_script
from persistlint.rule import RuleContext, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.diagnostic import Diagnostic

# Of these nothing tells that the text comes from outside, or that no caller looks after it.
_UNKNOWN = (None, JsonOrigin.TEXT, JsonOrigin.PARAMETER, JsonOrigin.UNKNOWN)
_HELP = {
    "python": "Catch `ValueError` around the call, and say what a broken text means.",
    "javascript": "Catch the error around the call, and say what broken text means or throw one with that `cause`.",
}


@rule(
    "unsafe-json-parse",
    on=JsonParse,
    severity=Severity.WARNING,
    languages=("python", "javascript", "typescript"),
    skips=(is_script,),
)
def unsafe_json_parse(fact: JsonParse, context: RuleContext) -> Iterator[Diagnostic]:
    """Report text from outside that is decoded with nothing to catch a failure."""
    if fact.is_guarded or fact.origin in _UNKNOWN or (fact.is_top_level and fact.origin is not JsonOrigin.STORAGE):
        return
    if fact.origin is None or fact.origin.is_trusted:
        return
    is_own_row = fact.origin is JsonOrigin.ROWS and not fact.is_repeated
    yield context.report(
        fact.range,
        f"`{fact.function}` decodes {fact.origin.value}, and nothing here catches text that is no JSON.",
        help=_HELP.get(context.file.language, _HELP["javascript"]),
        severity=Severity.INFO if is_own_row else None,
        related=tuple(Related(other, "this one too") for other in fact.others),
        remedy=remedied(context.program, caught_parse, fact),
    )
