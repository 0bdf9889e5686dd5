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
from persistlint.facts import HopKind, JsonAccess, JsonOrigin
from persistlint.paths import is_test
from persistlint.rule import RuleContext, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.diagnostic import Diagnostic


@rule("unsafe-json-access", on=JsonAccess, severity=Severity.WARNING)
def unsafe_json_access(fact: JsonAccess, context: RuleContext) -> Iterator[Diagnostic]:
    """Report the first step of a chain that fails where the step before it leads to nothing."""
    if is_test(context.file.path) or fact.origin is JsonOrigin.UNKNOWN or not fact.failing:
        return
    causes = {hop.cause for hop in fact.failing}
    if HopKind.INDEX in causes or HopKind.GET in causes:
        return
    yield context.report(fact.range, "access")
