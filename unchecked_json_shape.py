"""
## What it finds

TODO.

## Why it matters

TODO

## Example

## Fix

TODO

## When not to use it

TODO

## References

- TODO
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.diagnostic import Severity
from persistlint.facts import JsonShape
from persistlint.paths import is_test
from persistlint.rule import RuleContext, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.diagnostic import Diagnostic


@rule("unchecked-json-shape", on=JsonShape, severity=Severity.INFO, default=False, languages=("python", "typescript"))
def unchecked_json_shape(fact: JsonShape, context: RuleContext) -> Iterator[Diagnostic]:
    """Report decoded JSON that is declared to be of a type."""
    if is_test(context.file.path):
        return
    yield context.report(fact.range, "shape")
