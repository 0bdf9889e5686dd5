"""
## What it finds

The body of a response that is decoded in a function that never looks at the status: `fetch`, `requests`, `httpx`,
`aiohttp`, `net/http`.

Reading the status anywhere in the function counts, and so does handing the response on, to a function or to the caller,
and asking the body how the request went (`body.status`, `body.error`, `body.code`). A file that decodes five responses
or more in this way, and next to none in another, is left alone: that is a convention of its project, mostly one by
which the body says how the request went.
Libraries that raise an error by themselves (axios, ky, `urlopen`, a client that is told `raise_for_status`) are left
alone, as is a body that goes straight into a schema, which an error does not pass.

## Why it matters

A server that is down, a token that has expired and a limit that is reached answer with JSON too. Without the status,
that answer is taken for the data, and what fails is some field that is missing in it, far from the cause.

## Example

```python
import requests

def rate(currency):
    response = requests.get("https://rates.example/latest", params={"currency": currency})
    return response.json()
```

```python
import requests

def rate(currency):
    response = requests.get("https://rates.example/latest", params={"currency": currency})
    response.raise_for_status()
    return response.json()
```

```js
export async function rate(currency) {
  const response = await fetch(`/rates/${currency}`);
  return response.json();
}
```

```js
export async function rate(currency) {
  const response = await fetch(`/rates/${currency}`);
  if (!response.ok) throw new Error(`HTTP ${response.status}`);
  return response.json();
}
```

```ts
export const rate = (currency: string): Promise<unknown> =>
  fetch(`/rates/${currency}`).then((response) => response.json());
```

```ts
export const rate = (currency: string): Promise<unknown> =>
  fetch(`/rates/${currency}`).then((response) => {
    if (!response.ok) throw new Error(`HTTP ${response.status}`);
    return response.json();
  });
```

```go
package rates

import (
        "encoding/json"
        "net/http"
)

type rate struct{ Value float64 }

func Rate(url string) (r rate, err error) {
        response, err := http.Get(url)
        if err != nil {
                return r, err
        }
        defer response.Body.Close()
        err = json.NewDecoder(response.Body).Decode(&r)
        return r, err
}
```

```go
package rates

import (
        "encoding/json"
        "fmt"
        "net/http"
)

type rate struct{ Value float64 }

func Rate(url string) (r rate, err error) {
        response, err := http.Get(url)
        if err != nil {
                return r, err
        }
        defer response.Body.Close()
        if response.StatusCode != http.StatusOK {
                return r, fmt.Errorf("rates: %s", response.Status)
        }
        err = json.NewDecoder(response.Body).Decode(&r)
        return r, err
}
```

## Fix

Look at the status before the body is read, and raise an error that carries it. The fix does so before the body is
decoded; it is unsafe, for a body with an error may have been wanted.

## When not to use it

Where the service answers with status 200 whatever happens and says in the body how it went, ignore the line with the
reason beside it.

## References

- [MDN: checking that the fetch was successful](https://developer.mozilla.org/en-US/docs/Web/API/Fetch_API/Using_Fetch#checking_response_status)
- [Requests: errors and exceptions](https://requests.readthedocs.io/en/latest/user/quickstart/#errors-and-exceptions)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.diagnostic import Related, Severity
from persistlint.facts import JsonResponse
from persistlint.fixes.decoding import checked_status
from persistlint.rule import RuleContext, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.diagnostic import Diagnostic

_HELP = {
    "python": "Call `raise_for_status()` on the response before its body is read.",
    "go": "Compare `StatusCode` with `http.StatusOK` before the body is read.",
    "javascript": "Throw an error where `response.ok` is false, before the body is read.",
}


@rule("unchecked-response-status", on=JsonResponse, severity=Severity.WARNING)
def unchecked_response_status(fact: JsonResponse, context: RuleContext) -> Iterator[Diagnostic]:
    """Report a body that is decoded where nothing looks at the status."""
    is_apart = fact.request not in fact.range
    yield context.report(
        fact.range,
        "The body is decoded whatever the status is: it may well be that of an error.",
        help=_HELP.get(context.file.language, _HELP["javascript"]),
        related=(Related(fact.request, "the request is sent here"),) if is_apart else (),
        fixes=checked_status(context.program, fact) if context.program is not None else (),
    )
