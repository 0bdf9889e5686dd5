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
from persistlint.facts import JsonErrorIgnored
from persistlint.paths import is_test
from persistlint.rule import RuleContext, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.diagnostic import Diagnostic


@rule("ignored-json-error", on=JsonErrorIgnored, severity=Severity.ERROR, languages=("go",))
def ignored_json_error(fact: JsonErrorIgnored, context: RuleContext) -> Iterator[Diagnostic]:
    """Report the error of decoding or encoding that is dropped."""
    if is_test(context.file.path):
        return
    yield context.report(fact.range, "error")
