"""
## What it finds

A comment `persistlint: ignore[…]` that suppresses nothing.

The rule that it names reports nothing there, or it names no rule between its brackets, or it is an `ignore-file` after
the first statement, where it has no effect. A suppression of a rule that did not run is left alone.

## Why it matters

A suppression that outlives its reason hides the next problem on that line.

## Example

```python
total = 0  # persistlint: ignore[]
```

```python
total = 0
```

## Fix

The name, or the comment if nothing else is in it, is removed. The fix is safe.

## When not to use it

Ignore the rule where one code base is checked with several sets of rules, and a suppression serves only one of them.

## References

- [Ruff, `unused-noqa`](https://docs.astral.sh/ruff/rules/unused-noqa/)
- [ESLint, `--report-unused-disable-directives`](https://eslint.org/docs/latest/use/command-line-interface)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.diagnostic import Applicability, Diagnostic, Edit, Fix, Severity
from persistlint.facts import Suppression, SuppressionDefect
from persistlint.rule import RuleContext, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

_REMOVE = "Remove it, so that it does not hide the next problem here."


@rule(
    "unused-suppression",
    on=Suppression,
    severity=Severity.WARNING,
    languages=("python", "javascript", "typescript", "go", "sql", "shell"),
)
def unused_suppression(suppression: Suppression, context: RuleContext) -> Iterator[Diagnostic]:
    """Report a suppression that is known but does nothing."""
    match suppression.defect:
        case SuppressionDefect.UNUSED if suppression.name:
            message, help = f"This comment suppresses `{suppression.name}`, which reports nothing here.", _REMOVE
        case SuppressionDefect.UNUSED:
            message, help = "This comment suppresses every rule, and none reports anything here.", _REMOVE
        case SuppressionDefect.EMPTY:
            message, help = "This comment names no rule, so it suppresses nothing.", "Name the rule, or remove it."
        case SuppressionDefect.MISPLACED:
            message = "This `ignore-file` stands after the first statement, where it has no effect."
            help = "Move it to the top of the file, or use `ignore` on the line that is meant."
        case SuppressionDefect.UNKNOWN:
            return
    fix = Fix("Remove the suppression", (Edit(suppression.removal, ""),), Applicability.SAFE)
    yield context.report(suppression.range, message, help=help, fixes=(fix,))
