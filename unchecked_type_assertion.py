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
from persistlint.facts import JsonAssertion
from persistlint.paths import is_test
from persistlint.rule import RuleContext, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.diagnostic import Diagnostic


@rule("unchecked-type-assertion", on=JsonAssertion, severity=Severity.WARNING, languages=("go",))
def unchecked_type_assertion(fact: JsonAssertion, context: RuleContext) -> Iterator[Diagnostic]:
    """Report a type assertion on decoded JSON without `ok`."""
    if is_test(context.file.path):
        return
    yield context.report(fact.range, "assertion")
