"""
## What it finds

A type assertion `v.(T)` with a single result on decoded JSON: on a variable of type `any`, `map[string]any` or `[]any`
that something was decoded into, or on a parameter that is taken for one of the containers that decoding gives.

The second result, a type switch, an earlier assertion of the same value and a function that recovers from panics all
count. Values out of a `sync.Pool` or a `context.Context`, whose type the program itself decides, are left alone.

## Why it matters

The assertion panics where the JSON is of another shape, and a panic ends more than the request: in a goroutine without
a `recover` it ends the program.

## Example

```go
package people

import "encoding/json"

func City(body []byte) (string, error) {
        var person map[string]any
        if err := json.Unmarshal(body, &person); err != nil {
                return "", err
        }
        return person["city"].(string), nil
}
```

```go
package people

import (
        "encoding/json"
        "errors"
)

func City(body []byte) (string, error) {
        var person map[string]any
        if err := json.Unmarshal(body, &person); err != nil {
                return "", err
        }
        city, ok := person["city"].(string)
        if !ok {
                return "", errors.New("city is no string")
        }
        return city, nil
}
```

## Fix

Take the second result and say what another type means, or decode into a struct, which checks the types of all fields at
once. The fix does the first where the function returns an error; it is unsafe, for it may have been sure to be right.

## When not to use it

In programs that may well end with a panic, as a script does.

## References

- [Go: type assertions](https://go.dev/ref/spec#Type_assertions)
- [forcetypeassert](https://github.com/gostaticanalysis/forcetypeassert)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.diagnostic import Severity
from persistlint.facts import JsonAssertion
from persistlint.fixes.decoding import checked_assertion
from persistlint.rule import RuleContext, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.diagnostic import Diagnostic


@rule("unchecked-type-assertion", on=JsonAssertion, severity=Severity.WARNING, languages=("go",))
def unchecked_type_assertion(fact: JsonAssertion, context: RuleContext) -> Iterator[Diagnostic]:
    """Report a type assertion on decoded JSON without a second result."""
    value = context.text(fact.value)
    yield context.report(
        fact.range,
        f"`.({fact.type})` panics where `{value}` holds anything else, and JSON can hold anything.",
        help=f"Take the second result, `value, ok := {value}.({fact.type})`, or decode into a struct.",
        fixes=checked_assertion(context.program, fact) if context.program is not None else (),
    )
