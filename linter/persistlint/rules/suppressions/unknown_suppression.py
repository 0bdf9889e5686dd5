"""
## What it finds

A comment `persistlint: ignore[…]` that names something which is no rule and no group of rules.

## Why it matters

A misspelt name suppresses nothing, and a name that stayed behind after a rule was renamed misleads whoever reads it.

## Example

```python
total = 0  # persistlint: ignore[no-such-rule]
```

```python
total = 0
```

## Fix

The name, or the comment if nothing else is in it, is removed. The fix is safe.

## When not to use it

Ignore the rule while a code base is checked with several versions of persistlint, of which some do not know a rule yet.

## References

- [Pylint, `unknown-option-value`](https://pylint.readthedocs.io/en/stable/user_guide/messages/warning/unknown-option-value.html)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.diagnostic import Applicability, Diagnostic, Edit, Fix, Severity
from persistlint.facts import Suppression, SuppressionDefect
from persistlint.rule import RuleContext, rule

if TYPE_CHECKING:
    from collections.abc import Iterator


@rule(
    "unknown-suppression",
    on=Suppression,
    severity=Severity.WARNING,
    languages=("python", "javascript", "typescript", "go", "sql", "shell"),
)
def unknown_suppression(suppression: Suppression, context: RuleContext) -> Iterator[Diagnostic]:
    """Report a name in a suppression that nobody knows."""
    if suppression.defect is not SuppressionDefect.UNKNOWN:
        return
    help = "Correct the name, or remove it; `persistlint rules` lists them all."
    if suppression.suggestion:
        help = f"Did you mean `{suppression.suggestion}`?"
    message = f"`{suppression.name}` is no rule and no group of rules, so nothing is suppressed by it."
    fix = Fix("Remove the suppression", (Edit(suppression.removal, ""),), Applicability.SAFE)
    yield context.report(suppression.range, message, help=help, fixes=(fix,))
