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
from persistlint.facts import JsonEncode
from persistlint.paths import is_test
from persistlint.rule import RuleContext, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.diagnostic import Diagnostic


@rule("unsafe-json-stringify", on=JsonEncode, severity=Severity.WARNING, languages=("python", "javascript", "typescript"))
def unsafe_json_stringify(fact: JsonEncode, context: RuleContext) -> Iterator[Diagnostic]:
    """Report a value that JSON cannot hold."""
    if is_test(context.file.path):
        return
    yield context.report(fact.range, "stringify")
