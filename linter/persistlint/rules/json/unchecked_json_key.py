"""
## What it finds

A key that is taken with `[…]` out of the body of a request, or straight out of a response, with nothing that says what
a missing one means.

The line is reported once, with all its keys, and every key once per function. Left alone are keys that are tested for,
a `try` that catches `KeyError`, a response whose status nobody looks at, which is what to mend first, bodies that went
through a validator or a schema, and functions whose decorator checks what they are called with.

## Why it matters

A client that leaves a field out gets an error 500 and no word on which field it was. That it was the client's mistake
can only be seen in the log of the server.

## Example

```python
from flask import Flask, jsonify, request

app = Flask(__name__)

@app.post("/orders")
def create_order():
    return jsonify({"sku": request.json["sku"]})
```

```python
from flask import Flask, abort, jsonify, request

app = Flask(__name__)

@app.post("/orders")
def create_order():
    order = request.get_json()
    if "sku" not in order:
        abort(400, "sku is missing")
    return jsonify({"sku": order["sku"]})
```

## Fix

Test for the keys and answer with status 400, or check the body as a whole against a schema. For a response, use
`.get(…)`, or catch `KeyError` and say in a new error what the service left out.

## When not to use it

Where a handler for `KeyError` answers with status 400 for the whole application, ignore the rule.

## References

- [Flask: Request.get_json](https://flask.palletsprojects.com/en/stable/api/#flask.Request.get_json)
- [Pydantic: models](https://docs.pydantic.dev/latest/concepts/models/)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.diagnostic import Severity
from persistlint.facts import JsonKeys, JsonOrigin
from persistlint.paths import is_script
from persistlint.rule import RuleContext, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.diagnostic import Diagnostic

_HELP = {
    JsonOrigin.REQUEST: "Test for the key and answer with status 400, or check the whole body against a schema.",
    JsonOrigin.RESPONSE: "Use `.get(…)`, or catch `KeyError` and say what the service left out.",
}


@rule("unchecked-json-key", on=JsonKeys, severity=Severity.WARNING, languages=("python",), skips=(is_script,))
def unchecked_json_key(fact: JsonKeys, context: RuleContext) -> Iterator[Diagnostic]:
    """Report keys of a body that are taken for granted."""
    *others, last = (f"`{key}`" for key in fact.keys)
    keys = f"{', '.join(others)} or {last} is" if others else f"{last} is"
    yield context.report(
        fact.range,
        f"Nothing here says what it means where {keys} missing from {fact.origin.value}.",
        help=_HELP.get(fact.origin, _HELP[JsonOrigin.REQUEST]),
    )
