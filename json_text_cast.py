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
from persistlint.facts import JsonCast
from persistlint.paths import is_test
from persistlint.rule import RuleContext, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.diagnostic import Diagnostic


@rule("json-text-cast", on=JsonCast, severity=Severity.INFO, languages=("python", "javascript", "typescript", "go", "sql"))
def json_text_cast(fact: JsonCast, context: RuleContext) -> Iterator[Diagnostic]:
    """Report a cast of text out of JSON."""
    if is_test(context.file.path):
        return
    yield context.report(fact.range, "cast")
