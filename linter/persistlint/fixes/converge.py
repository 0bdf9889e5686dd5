"""Applying the fixes of diagnostics until none is left: one may be in the way of another, or make it due."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from persistlint.diagnostic import Applicability, Diagnostic, Fix, NewFile, Severity
from persistlint.fixes.apply import apply
from persistlint.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from persistlint.source import SourceFile

ROUNDS = 100  # a fix that is due again after each one would go on for as long


def converge(
    source: SourceFile,
    diagnose: Callable[[SourceFile], Sequence[Diagnostic]],
    *,
    unsafe: bool = False,
    breaks: Callable[[SourceFile, SourceFile], bool] = lambda before, after: False,
) -> tuple[SourceFile, int]:
    """Apply the first fix of every diagnostic that may be applied, diagnose anew, and so on until nothing changes.

    Returns the fixed file and how many fixes were applied. Only safe fixes are applied, except with `unsafe`. A fix
    that brings a diagnostic which no other fix takes away again, but a note in the place of something graver, or of
    which `breaks` says, given the file before and after, that it breaks it, is left out; the others are applied without
    it.
    """
    found = diagnose(source)
    is_lenient = True
    while True:
        rounds = _Rounds(diagnose, breaks, unsafe, is_lenient)
        fixed, left, count = rounds.run(source, found)
        if not is_lenient or not rounds.brought(found, left):
            return fixed, count
        is_lenient = False  # a fix that was to follow did not


def applicable(diagnostic: Diagnostic, *, unsafe: bool = False) -> Fix | None:
    """The fix of a diagnostic that would be applied: the first safe one, or the first of all with `unsafe`."""
    fixes = (fix for fix in diagnostic.fixes if unsafe or fix.applicability is Applicability.SAFE)
    return next(fixes, None)


def created(diagnostic: Diagnostic, *, unsafe: bool = False) -> tuple[NewFile, ...]:
    """The new files that the fix of a diagnostic which would be applied makes."""
    fix = applicable(diagnostic, unsafe=unsafe)
    return fix.creates if fix is not None else ()


_Step = tuple["SourceFile", "Sequence[Diagnostic]", int]


@dataclass(frozen=True)
class _Rounds:
    """How fixes are applied; where it `is_lenient`, they may bring diagnostics that have a fix themselves."""

    diagnose: Callable[[SourceFile], Sequence[Diagnostic]]
    breaks: Callable[[SourceFile, SourceFile], bool]
    unsafe: bool
    is_lenient: bool

    def run(self, source: SourceFile, found: Sequence[Diagnostic]) -> _Step:
        """The file after all rounds, what is found in it then, and how many fixes were applied."""
        count = 0
        seen = {source.content}
        for _ in range(ROUNDS):
            step = self._step(source, found)
            if step is None or step[0].content in seen:  # fixes that undo each other would go on for ever
                break
            source, found, applied = step
            seen.add(source.content)
            count += applied
        return source, found, count

    def _step(self, source: SourceFile, found: Sequence[Diagnostic]) -> _Step | None:
        """The file after one round of fixes; None where nothing changes."""
        fixes = [fix for fix in (applicable(diagnostic, unsafe=self.unsafe) for diagnostic in found) if fix]
        whole = self._attempt(source, found, fixes)
        if whole is not None or len(fixes) < 2:
            return whole
        alone = [(fix, step) for fix in fixes if (step := self._attempt(source, found, [fix])) is not None]
        return self._attempt(source, found, [fix for fix, _ in alone]) or next((step for _, step in alone), None)

    def _attempt(self, source: SourceFile, found: Sequence[Diagnostic], chosen: list[Fix]) -> _Step | None:
        content, applied = apply(source.content, chosen)
        if content == source.content:
            return None
        fixed = replace(source, content=content)
        if self.breaks(source, fixed):
            return None
        left = self.diagnose(fixed)
        new = self.brought(found, left)
        is_mended = self.is_lenient and all(
            applicable(diagnostic, unsafe=self.unsafe) for diagnostic in left if diagnostic.rule in new
        )
        return (fixed, left, applied) if not new or is_mended else None

    def brought(self, found: Sequence[Diagnostic], left: Sequence[Diagnostic]) -> Counter[str]:
        """How often each rule reports something that it did not before. No note counts where something graver went:
        what explained a number may stand some lines further off now."""
        before, after = (self._rules(each) for each in (found, left))
        graver, still = (self._rules([d for d in each if d.severity is not Severity.INFO]) for each in (found, left))
        is_better = still.total() < graver.total() and not still - graver
        return Counter() if is_better else after - before

    def _rules(self, diagnostics: Sequence[Diagnostic]) -> Counter[str]:
        """How often each rule reports something that no new file mends, which is made when the rounds are over."""
        return Counter(diagnostic.rule for diagnostic in diagnostics if not created(diagnostic, unsafe=self.unsafe))
