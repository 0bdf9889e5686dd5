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
from persistlint.facts import JsonKeys
from persistlint.paths import is_test
from persistlint.rule import RuleContext, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.diagnostic import Diagnostic


@rule("unchecked-json-key", on=JsonKeys, severity=Severity.WARNING, languages=("python",))
def unchecked_json_key(fact: JsonKeys, context: RuleContext) -> Iterator[Diagnostic]:
    """Report keys of a body that are taken for granted."""
    if is_test(context.file.path):
        return
    yield context.report(fact.range, "key")
