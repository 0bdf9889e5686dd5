"""
## What it finds

An HTTP status code as a bare number, where the language has a name for it.

That is `http.StatusNotFound` in Go and `HTTPStatus.NOT_FOUND` in Python. JavaScript and TypeScript have no such names
of their own, so there a code is reported where the file imports an enumeration of them, or, 200 aside, where it stands
several times. Classes of codes (`>= 500`) have no names and are left alone, and so are tests and examples.

## Why it matters

A name is read at once and can be searched for; `409` and `410` differ by one key.

## Example

```python
def is_limited(response):
    return response.status_code == 429
```

```python
from http import HTTPStatus

def is_limited(response):
    return response.status_code == HTTPStatus.TOO_MANY_REQUESTS
```

```js
import { StatusCodes } from "http-status-codes";

export const isGone = (response) => response.status === 410;
```

```js
import { StatusCodes } from "http-status-codes";

export const isGone = (response) => response.status === StatusCodes.GONE;
```

```ts
import { HttpStatus } from "@nestjs/common";

export const isGone = (response: Response) => response.status === 410;
```

```ts
import { HttpStatus } from "@nestjs/common";

export const isGone = (response: Response) => response.status === HttpStatus.GONE;
```

```go
package store

import "net/http"

func isGone(response *http.Response) bool { return response.StatusCode == 410 }
```

```go
package store

import "net/http"

func isGone(response *http.Response) bool { return response.StatusCode == http.StatusGone }
```

## Fix

Write the name that the help of the diagnostic gives.

## When not to use it

Where everybody who reads the code knows the codes by heart.

## References

- [RFC 9110: status codes](https://www.rfc-editor.org/rfc/rfc9110#name-status-codes)
- [Python: http.HTTPStatus](https://docs.python.org/3/library/http.html#http.HTTPStatus)
- [Go: net/http constants](https://pkg.go.dev/net/http#pkg-constants)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.diagnostic import Severity
from persistlint.facts import Calculation, Quantity
from persistlint.paths import is_product
from persistlint.rule import RuleContext, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.diagnostic import Diagnostic


@rule("magic-status", on=Calculation, severity=Severity.INFO)
def magic_status(fact: Calculation, context: RuleContext) -> Iterator[Diagnostic]:
    """Report every bare status code that has a name."""
    if not is_product(context.file.path):
        return
    for number in fact.numbers:
        if number.quantity is Quantity.STATUS and number.name:
            text = context.file.text(number.range)
            is_known = "." in number.name  # a member of something, not a constant that is to be made
            yield context.report(
                number.range,
                f"The status code `{text}` is a bare number.",
                help=f"Write `{number.name}`." if is_known else f"Make it a constant: `{number.name} = {text}`.",
            )
