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
from persistlint.facts import JsonParse
from persistlint.paths import is_test
from persistlint.rule import RuleContext, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.diagnostic import Diagnostic


@rule("json-clone", on=JsonParse, severity=Severity.INFO, default=False, languages=("python", "javascript", "typescript"))
def json_clone(fact: JsonParse, context: RuleContext) -> Iterator[Diagnostic]:
    """Report a copy that is made by encoding and decoding."""
    if is_test(context.file.path) or fact.copied is None:
        return
    yield context.report(fact.range, "clone")
