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
from persistlint.facts import HopKind, JsonAccess
from persistlint.paths import is_test
from persistlint.rule import RuleContext, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.diagnostic import Diagnostic


@rule("chained-get", on=JsonAccess, severity=Severity.WARNING, languages=("python",))
def chained_get(fact: JsonAccess, context: RuleContext) -> Iterator[Diagnostic]:
    """Report a `.get(…)` without a default whose result is used at once."""
    if is_test(context.file.path) or not any(hop.cause is HopKind.GET for hop in fact.failing):
        return
    yield context.report(fact.range, "chained")
