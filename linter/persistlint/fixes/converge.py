"""Applying the fixes of diagnostics until none is left: one may be in the way of another, or make it due."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from persistlint.diagnostic import Applicability, Diagnostic, Fix
from persistlint.fixes.apply import apply

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from persistlint.source import SourceFile

ROUNDS = 10  # fixes that undo each other would go on for ever


def converge(
    source: SourceFile,
    diagnose: Callable[[SourceFile], Sequence[Diagnostic]],
    *,
    unsafe: bool = False,
    breaks: Callable[[SourceFile, SourceFile], bool] = lambda before, after: False,
) -> tuple[SourceFile, int]:
    """Apply the first fix of every diagnostic that may be applied, diagnose anew, and so on until nothing changes.

    Returns the fixed file and how many fixes were applied. Only safe fixes are applied, except with `unsafe`. A fix
    that brings a new diagnostic, or of which `breaks` says, given the file before and after, that it breaks it, is left
    out; the others are applied without it.
    """
    count = 0
    found = diagnose(source)
    for _ in range(ROUNDS):
        fixes = [fix for fix in (applicable(diagnostic, unsafe=unsafe) for diagnostic in found) if fix]
        step = _step(source, found, fixes, diagnose, breaks)
        if step is None:
            break
        source, found, applied = step
        count += applied
    return source, count


def applicable(diagnostic: Diagnostic, *, unsafe: bool = False) -> Fix | None:
    """The fix of a diagnostic that would be applied: the first safe one, or the first of all with `unsafe`."""
    fixes = (fix for fix in diagnostic.fixes if unsafe or fix.applicability is Applicability.SAFE)
    return next(fixes, None)


_Step = tuple["SourceFile", "Sequence[Diagnostic]", int]


def _step(
    source: SourceFile,
    found: Sequence[Diagnostic],
    fixes: list[Fix],
    diagnose: Callable[[SourceFile], Sequence[Diagnostic]],
    breaks: Callable[[SourceFile, SourceFile], bool],
) -> _Step | None:
    """The file after one round of fixes, with what is found in it then; None where nothing changes."""

    def attempt(chosen: list[Fix]) -> _Step | None:
        content, applied = apply(source.content, chosen)
        if content == source.content:
            return None
        fixed = replace(source, content=content)
        if breaks(source, fixed):
            return None
        left = diagnose(fixed)
        return None if _rules(left) - _rules(found) else (fixed, left, applied)

    whole = attempt(fixes)
    if whole is not None or len(fixes) < 2:
        return whole
    sound = [fix for fix in fixes if attempt([fix]) is not None]
    return attempt(sound) or next(filter(None, (attempt([fix]) for fix in sound)), None)


def _rules(diagnostics: Sequence[Diagnostic]) -> Counter[str]:
    return Counter(diagnostic.rule for diagnostic in diagnostics)
