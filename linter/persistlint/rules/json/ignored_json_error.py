"""
## What it finds

The error of decoding or encoding JSON that is dropped: the call stands alone, its error goes to `_`, it is overwritten,
or what was decoded is used before anything looks at it.

Left alone is what cannot fail, a value of a type that is declared in the file and made of booleans, integers, strings
and lists of them; what is written to the client of a request, who is gone where that fails; and an error that is
dropped on purpose (`_`) where the variable holds a default already, where its first use is a test for nil or of an
empty field, where another error is returned anyway, where a comment on the line says why, or where a value of another
file's type is encoded. What else is dropped on purpose is a warning, for somebody has thought of it.

## Why it matters

What was not decoded is a zero value, and it goes on as if it were data: an empty name, a price of 0, no permissions at
all or every one of them.

## Example

```go
package orders

import "encoding/json"

type Order struct{ Total int }

func Total(body []byte) int {
        var o Order
        json.Unmarshal(body, &o)
        return o.Total
}
```

```go
package orders

import "encoding/json"

type Order struct{ Total int }

func Total(body []byte) (int, error) {
        var o Order
        if err := json.Unmarshal(body, &o); err != nil {
                return 0, err
        }
        return o.Total, nil
}
```

## Fix

Return the error with what it is about, `fmt.Errorf("order %s: %w", id, err)`, or handle it before the result is used.
The fix returns it where the function returns an error; it is unsafe, for a caller did not see it before.

## When not to use it

Where a broken text means the same as an empty one, give the variable that value first, or ignore the line with the
reason beside it.

## References

- [Go: encoding/json](https://pkg.go.dev/encoding/json#Unmarshal)
- [errcheck](https://github.com/kisielk/errcheck) and [errchkjson](https://github.com/breml/errchkjson)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.diagnostic import Related, Severity
from persistlint.facts import JsonErrorIgnored
from persistlint.fixes.decoding import returned_error
from persistlint.rule import RuleContext, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.diagnostic import Diagnostic


@rule("ignored-json-error", on=JsonErrorIgnored, severity=Severity.ERROR, languages=("go",))
def ignored_json_error(fact: JsonErrorIgnored, context: RuleContext) -> Iterator[Diagnostic]:
    """Report an error of decoding or encoding that nothing looks at in time."""
    if fact.used is not None:
        message = f"What `{fact.function}` decodes is used before anything looks at its error."
    elif fact.encodes:
        message = f"The error of `{fact.function}` is dropped, and what could not be encoded goes on as nothing."
    else:
        message = f"The error of `{fact.function}` is dropped, and what could not be decoded goes on as a zero value."
    used = () if fact.used is None else (Related(fact.used, "it is used here"),)
    yield context.report(
        fact.range,
        message,
        help="Return the error, or handle it, before the result is used.",
        severity=Severity.WARNING if fact.is_deliberate else None,
        related=used,
        fixes=returned_error(context.program, fact) if context.program is not None else (),
    )
