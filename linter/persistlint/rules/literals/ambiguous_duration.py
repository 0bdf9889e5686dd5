"""
## What it finds

A duration whose unit nothing tells, or whose name says another unit than the one it is taken for.

In Go a plain number where a `time.Duration` is expected counts nanoseconds. In Python `timedelta(30)` is days, which
nobody doubts behind a date (`today + timedelta(1)`). And where a name says its unit, that must be the unit which the
function takes: `setTimeout` takes milliseconds, `time.sleep` seconds, `time.Duration(x)` nanoseconds until it is
multiplied by a unit.

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

Write the unit: `500 * time.Millisecond`, `timedelta(days=30)`, `delay_ms / 1000`. The fix names the argument in Python,
and offers the units in Go, which are unsafe, as converting is: they change how long it waits.

## When not to use it

Nothing speaks against it.

## References

- [Go: time.Duration](https://pkg.go.dev/time#Duration)
- [Staticcheck SA1004: suspiciously small untyped constant in time.Sleep](https://staticcheck.dev/docs/checks/#SA1004)
- [Python: timedelta](https://docs.python.org/3/library/datetime.html#datetime.timedelta)
"""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING

from persistlint.diagnostic import Applicability, Edit, Fix, Severity
from persistlint.facts import Duration
from persistlint.paths import is_migration, is_test
from persistlint.regexes import regex
from persistlint.rule import RuleContext, rule
from persistlint.source import Range

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.diagnostic import Diagnostic

_NO_POSITIONAL = regex(rb"\s*(?:\)|,\s*(?:\)|\w+\s*=[^=]))")
_NUMBER = regex(r"\d+")
_TAKEN = regex(rb"\)?[ \t]*\*[ \t]*(time\.\w+)")
_CONVERSION = regex(rb"time\.Duration\($")
_IN_MILLISECONDS = {"milliseconds": 1, "seconds": 1000, "minutes": 60_000, "hours": 3_600_000, "days": 86_400_000}
_MILLISECONDS = 100  # from here on nobody means seconds
_NANOSECONDS = 1_000_000  # and from here on, the unit that it has: as milliseconds it would be a quarter of an hour
_FURTHEST = 200  # bytes


# Django writes `timedelta(0, 60)` into its migrations.
@rule("ambiguous-duration", on=Duration, severity=Severity.WARNING, skips=(is_test, is_migration))
def ambiguous_duration(fact: Duration, context: RuleContext) -> Iterator[Diagnostic]:
    """Report a duration whose unit is doubtful."""
    text = context.file.text(fact.range)
    fixes = _named(fact, text, context) if context.file.language == "python" else _with_unit(fact, text, context)
    if fact.unit:
        fixes = _converted(fact, context)
        message = f"`{text}` is in {fact.unit} by its name, and `{fact.taker}` takes it for {fact.taken}."
        help = f"Convert it to {fact.taken}, or give it the name of its unit."
    else:
        message = f"`{text}` has no unit, and `{fact.taker}` takes it for {fact.taken}."
        help = _HELP.get(context.file.language, "Write the unit beside it.").format(text, fact.taken, _units(text)[0])
    yield context.report(fact.range, message, help=help, fixes=fixes)


def _named(fact: Duration, text: str, context: RuleContext) -> tuple[Fix, ...]:
    """The name of the argument, where none without a name follows."""
    behind = context.file.content[fact.range.end : fact.range.end + _FURTHEST]
    if _NO_POSITIONAL.match(behind) is None:
        return ()
    return (Fix(f"Write {fact.taken}={text}", (_insert(fact.range.start, f"{fact.taken}="),), Applicability.SAFE),)


def _with_unit(fact: Duration, text: str, context: RuleContext) -> tuple[Fix, ...]:
    """Go's units, the likely one first, and the one that it has now last."""
    content = context.file.content
    has_neighbour = content[: fact.range.start].rstrip().endswith(b",") or content.startswith(b",", fact.range.end)
    times = "*" if has_neighbour else " * "  # as gofmt spaces it
    edits = ((unit, _insert(fact.range.end, f"{times}time.{unit}")) for unit in _units(text))
    return tuple(
        Fix(f"Write {text} * time.{unit}", (edit,), Applicability.UNSAFE) for unit, edit in edits if "+" not in text
    )


def _units(text: str) -> tuple[str, ...]:
    """The units that a number may be in, the likely one first."""
    product = prod(int(number) for number in _NUMBER.findall(text.replace("_", "")))
    if product >= _NANOSECONDS:
        return ("Nanosecond", "Millisecond", "Second")
    likely = ("Millisecond", "Second") if product >= _MILLISECONDS else ("Second", "Millisecond")
    return (*likely, "Nanosecond")


def _converted(fact: Duration, context: RuleContext) -> tuple[Fix, ...]:
    """The unit that its name says, in the place of the one that it is taken for."""
    content, title = context.file.content, f"Convert it to {fact.taken}"
    if context.file.language == "go":
        unit = "24 * time.Hour" if fact.unit == "days" else f"time.{fact.unit[:-1].capitalize()}"
        taken = _TAKEN.match(content, fact.range.end)
        if taken is not None:
            return (Fix(title, (Edit(Range(*taken.span(1)), unit),), Applicability.UNSAFE),)
        closing = _CONVERSION.search(content[max(0, fact.range.start - _FURTHEST) : fact.range.start])
        if closing is None or content[fact.range.end : fact.range.end + 1] != b")":
            return ()
        return (Fix(title, (_insert(fact.range.end + 1, f" * {unit}"),), Applicability.UNSAFE),)
    factor = _IN_MILLISECONDS.get(fact.unit, 0) / _IN_MILLISECONDS.get(fact.taken, 1)
    if not factor or int(max(factor, 1 / factor)) != max(factor, 1 / factor):
        return ()
    text = f" * {int(factor)}" if factor > 1 else f" / {int(1 / factor)}"
    return (Fix(title, (_insert(fact.range.end, text),), Applicability.UNSAFE),)


def _insert(at: int, text: str) -> Edit:
    return Edit(Range(at, at), text)


_HELP = {
    "go": "Multiply it by its unit, as in `{0} * time.{2}`.",
    "python": "Pass it by keyword: `{1}={0}`.",
}
