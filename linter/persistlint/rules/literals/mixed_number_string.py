"""
## What it finds

A conditional that gives text made of a number on one way and a number on the other, or a function that returns both.

`toFixed`, an f-string with a format, `Sprintf` and `strconv` make text. What is only shown is left alone: a value that
goes straight into a template, a concatenation, a component or another function, and functions whose names say that they
format or display. So are functions that declare that they return both.

## Why it matters

`"12.50" + 1` is `"12.501"`, `"9" > "10"` is true, and a column or an API that holds numbers gets text for some rows.
It goes wrong only for the values that take the other way, mostly an empty month.

## Example

```python
def average(total, count):
    return f"{total / count:.2f}" if count else 0
```

```python
def average(total, count):
    return round(total / count, 2) if count else 0
```

```js
export const average = (total, count) => (count > 0 ? (total / count).toFixed(2) : 0);
```

```js
export const average = (total, count) => (count > 0 ? Number((total / count).toFixed(2)) : 0);
```

```ts
export function average(total: number, count: number) {
  if (!count) return 0;
  return (total / count).toFixed(2);
}
```

```ts
export function average(total: number, count: number): number {
  if (!count) return 0;
  return Number((total / count).toFixed(2));
}
```

```go
package report

import "fmt"

func average(total, count float64) any {
        if count == 0 {
                return 0
        }
        return fmt.Sprintf("%.2f", total/count)
}
```

```go
package report

import "math"

func average(total, count float64) float64 {
        if count == 0 {
                return 0
        }
        return math.Round(total/count*100) / 100
}
```

## Fix

Make both ways numbers and format where the value is shown, or make both text. The fix makes the text a number again; it
is unsafe, for what shows it may want text.

## When not to use it

Where values are only ever shown.

## References

- [MDN: Number.prototype.toFixed](https://developer.mozilla.org/docs/Web/JavaScript/Reference/Global_Objects/Number/toFixed)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.diagnostic import Applicability, Edit, Fix, Related, Severity
from persistlint.facts import MixedResult
from persistlint.paths import NOT_PRODUCT
from persistlint.regexes import regex
from persistlint.rule import RuleContext, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.diagnostic import Diagnostic

_HELP = {
    "python": "Round it where a number is wanted: `round(x, 2)`.",
    "go": "Give both the same type.",
}

_ROUNDED = regex(r"""f(["'])\{([^{}!:"']+):\.(\d+)f\}\1""")
_FIXED = regex(r"\.toFixed\(\d*\)\s*\Z")


@rule("mixed-number-string", on=MixedResult, severity=Severity.WARNING, skips=NOT_PRODUCT)
def mixed_number_string(fact: MixedResult, context: RuleContext) -> Iterator[Diagnostic]:
    """Report a value that is text or a number."""
    number = context.file.text(fact.number)
    who = f"`{fact.function}` returns text" if fact.function else "This is text"
    yield context.report(
        fact.range,
        f"{who} on one way and the number `{number}` on another.",
        help=_HELP.get(context.file.language, "Make the text a number again: `Number(x.toFixed(2))`."),
        related=(Related(fact.text, "this is text"), Related(fact.number, "this is a number")),
        fixes=_fix(fact, context),
    )


def _fix(fact: MixedResult, context: RuleContext) -> tuple[Fix, ...]:
    """A number again, rounded as the text was."""
    text = context.file.text(fact.text)
    if context.file.language == "python":
        rounded = _ROUNDED.fullmatch(text)
        number = f"round({rounded[2]}, {rounded[3]})" if rounded is not None else ""
    else:
        number = f"Number({text})" if _FIXED.search(text) and context.file.language != "go" else ""
    return (Fix("Make it a number", (Edit(fact.text, number),), Applicability.UNSAFE),) if number else ()
