"""Applying the fixes of diagnostics until none is left: one may be in the way of another, or make it due."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from persistlint.diagnostic import Applicability, Diagnostic, Fix
from persistlint.fixes.apply import apply

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from persistlint.source import SourceFile

ROUNDS = 10  # fixes that undo each other would go on for ever


def converge(
    source: SourceFile, diagnose: Callable[[SourceFile], Sequence[Diagnostic]], *, unsafe: bool = False
) -> tuple[SourceFile, int]:
    """Apply the first fix of every diagnostic that may be applied, diagnose anew, and so on until nothing changes.

    Returns the fixed file and how many fixes were applied. Only safe fixes are applied, except with `unsafe`.
    """
    count = 0
    for _ in range(ROUNDS):
        found = (applicable(diagnostic, unsafe=unsafe) for diagnostic in diagnose(source))
        content, applied = apply(source.content, [fix for fix in found if fix])
        if content == source.content:
            break
        source = replace(source, content=content)
        count += applied
    return source, count


def applicable(diagnostic: Diagnostic, *, unsafe: bool = False) -> Fix | None:
    """The fix of a diagnostic that would be applied: the first safe one, or the first of all with `unsafe`."""
    fixes = (fix for fix in diagnostic.fixes if unsafe or fix.applicability is Applicability.SAFE)
    return next(fixes, None)
