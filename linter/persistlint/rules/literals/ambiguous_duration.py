"""
## What it finds

A duration whose unit nothing tells, or whose name says another unit than the one it is taken for.

In Go a plain number where a `time.Duration` is expected counts nanoseconds. In Python `timedelta(30)` is days. And
where a name says its unit, that must be the unit which the function takes: `setTimeout` takes milliseconds,
`time.sleep` seconds, `time.Duration(x)` nanoseconds until it is multiplied by a unit.

## Why it matters

A program that waits a thousand times as long or as short as was meant does not fail: it hangs, or it hammers the
database.

## Example

```python
import time

def wait(delay_ms):
    time.sleep(delay_ms)
```

```python
import time

def wait(delay_ms):
    time.sleep(delay_ms / 1000)
```

```js
export const wait = (check, delaySeconds) => setTimeout(check, delaySeconds);
```

```js
export const wait = (check, delaySeconds) => setTimeout(check, delaySeconds * 1000);
```

```ts
export const wait = (check: () => void, delaySeconds: number) => setTimeout(check, delaySeconds);
```

```ts
export const wait = (check: () => void, delaySeconds: number) => setTimeout(check, delaySeconds * 1000);
```

```go
package poll

import "time"

func wait() { time.Sleep(500) }
```

```go
package poll

import "time"

func wait() { time.Sleep(500 * time.Millisecond) }
```

## Fix

Write the unit: `500 * time.Millisecond`, `timedelta(days=30)`, `delay_ms / 1000`.

## When not to use it

Nothing speaks against it.

## References

- [Go: time.Duration](https://pkg.go.dev/time#Duration)
- [Staticcheck SA1004: suspiciously small untyped constant in time.Sleep](https://staticcheck.dev/docs/checks/#SA1004)
- [Python: timedelta](https://docs.python.org/3/library/datetime.html#datetime.timedelta)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.diagnostic import Severity
from persistlint.facts import Duration
from persistlint.paths import is_test
from persistlint.rule import RuleContext, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.diagnostic import Diagnostic


@rule("ambiguous-duration", on=Duration, severity=Severity.WARNING)
def ambiguous_duration(fact: Duration, context: RuleContext) -> Iterator[Diagnostic]:
    """Report a duration whose unit is doubtful."""
    if is_test(context.file.path):
        return
    text = context.file.text(fact.range)
    if fact.unit:
        message = f"`{text}` is in {fact.unit} by its name, and `{fact.taker}` takes it for {fact.taken}."
        help = f"Convert it to {fact.taken}, or give it the name of its unit."
    else:
        message = f"`{text}` has no unit, and `{fact.taker}` takes it for {fact.taken}."
        help = _HELP.get(context.file.language, "Write the unit beside it.").format(text, fact.taken)
    yield context.report(fact.range, message, help=help)


_HELP = {
    "go": "Multiply it by its unit, as in `{} * time.Second`.",
    "python": "Pass it by keyword: `{1}={0}`.",
}
