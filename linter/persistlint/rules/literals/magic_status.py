"""
## What it finds

An HTTP status code as a bare number, where the language has a name for it.

That is `http.StatusNotFound` in Go (with Fiber and fasthttp their own), and `HTTPStatus.NOT_FOUND` in Python. Everybody
knows 200, so it is left alone, but in a file of Go that has the names of other codes. JavaScript and TypeScript have no
such names of their own, so there a code is reported where the file imports an enumeration of them, or where it is asked
for several times, the file is none of a front end, and the code none that all who write servers know (200, 400, 401,
403, 404, 500). Classes of codes (`>= 500`) have no names and are left alone, and so are tests and examples.
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

Write the name that the help of the diagnostic gives. The fix does so, and imports what it needs. Where Python code
passes the code on, it is unsafe, for a member of an enumeration may be shown by its name. So it is where it makes a
constant in JavaScript, for a project may want the enumeration of a library instead.

## When not to use it

Where everybody who reads the code knows the codes by heart.

## References

- [RFC 9110: status codes](https://www.rfc-editor.org/rfc/rfc9110#name-status-codes)
- [Python: http.HTTPStatus](https://docs.python.org/3/library/http.html#http.HTTPStatus)
- [Go: net/http constants](https://pkg.go.dev/net/http#pkg-constants)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.diagnostic import Applicability, Edit, Fix, Severity
from persistlint.facts import Calculation, NumberRole, Quantity, Sign
from persistlint.fixes.constants import known_constant, new_constant
from persistlint.fixes.imports import go_package, python_member
from persistlint.paths import NOT_PRODUCT, is_front_end
from persistlint.rule import RuleContext, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.diagnostic import Diagnostic
    from persistlint.facts import Number
    from persistlint.fixes.imports import Needed


@rule("magic-status", on=Calculation, severity=Severity.INFO, skips=NOT_PRODUCT, signs=(Sign.STATUS,))
def magic_status(fact: Calculation, context: RuleContext) -> Iterator[Diagnostic]:
    """Report every bare status code that has a name."""
    for number in fact.numbers:
        if number.quantity is Quantity.STATUS and number.name:
            text = context.file.text(number.range)
            is_known = "." in number.name  # a member of something, not a constant that is to be made
            if not is_known and is_front_end(context.file.path):
                continue
            yield context.report(
                number.range,
                f"The status code `{text}` is a bare number.",
                help=f"Write `{number.name}`." if is_known else f"Make it a constant: `{number.name} = {text}`.",
                fixes=_fix(number, context),
            )


def _fix(number: Number, context: RuleContext) -> tuple[Fix, ...]:
    """The name, and the import or the constant that it needs."""
    program, text = context.program, context.file.text(number.range)
    root, _, member = number.name.partition(".")
    needed: Needed | None = (number.name, ())
    if program is None or not program.is_clean(number.range):
        return ()
    if context.file.language == "python":
        needed = python_member(program, "http", root)
    elif context.file.language == "go":
        needed = go_package(program, "net/http") if root == "http" else (root, ())
    elif not member:
        known = known_constant(program, root, text, number.range)
        declaration = None if known else new_constant(program, root, text, number.range)
        needed = (known, ()) if known else (root, (declaration,)) if declaration is not None else None
    if needed is None:
        return ()
    name = f"{needed[0]}.{member}" if member and context.file.language in ("python", "go") else needed[0]
    is_passed_on = context.file.language == "python" and number.role not in (NumberRole.COMPARISON, NumberRole.CASE)
    is_new = context.file.language in ("javascript", "typescript") and bool(needed[1])
    applicability = Applicability.UNSAFE if is_passed_on or is_new else Applicability.SAFE
    return (Fix(f"Write {name}", (*needed[1], Edit(number.range, name)), applicability),)
