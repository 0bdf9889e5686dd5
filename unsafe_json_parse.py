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
from persistlint.facts import JsonOrigin, JsonParse
from persistlint.paths import is_test
from persistlint.rule import RuleContext, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.diagnostic import Diagnostic


@rule("unsafe-json-parse", on=JsonParse, severity=Severity.WARNING, languages=("python", "javascript", "typescript"))
def unsafe_json_parse(fact: JsonParse, context: RuleContext) -> Iterator[Diagnostic]:
    """Report text from outside that is decoded with nothing to catch a failure."""
    if is_test(context.file.path) or fact.is_guarded or fact.is_top_level or fact.origin is None:
        return
    if fact.origin.is_trusted or fact.origin in (JsonOrigin.TEXT, JsonOrigin.PARAMETER, JsonOrigin.UNKNOWN):
        return
    yield context.report(
        fact.range,
        f"`{fact.function}` fails on text that is no JSON, and nothing here catches it; the text is {fact.origin.value}.",
        help="Catch the failure where it happens, and say what is to be done then.",
    )
