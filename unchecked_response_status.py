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
from persistlint.facts import JsonResponse
from persistlint.paths import is_test
from persistlint.rule import RuleContext, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.diagnostic import Diagnostic


@rule("unchecked-response-status", on=JsonResponse, severity=Severity.WARNING)
def unchecked_response_status(fact: JsonResponse, context: RuleContext) -> Iterator[Diagnostic]:
    """Report a body that is decoded without a look at the status."""
    if is_test(context.file.path):
        return
    yield context.report(fact.range, "status")
