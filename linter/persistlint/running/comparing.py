"""What was found, held against a baseline: what a check and an editor leave out, and `baseline` writes anew."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from persistlint.configuration.config import absolute, settings_for
from persistlint.fingerprint import fingerprint
from persistlint.records import dataclass
from persistlint.rules import group_of
from persistlint.running.baseline import Comparison, Entry, compare

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from persistlint.configuration.config import Overrides
    from persistlint.diagnostic import Diagnostic
    from persistlint.running.run import Run
    from persistlint.source import SourceFile

MOST_SHOWN = 10  # stale entries


@dataclass(frozen=True)
class Scope:
    """What a run looked at: `roots` are the paths that it was given, `files` those that it checked, both absolute."""

    folder: Path  # of the baseline
    roots: tuple[Path, ...]
    files: frozenset[Path]
    overrides: Overrides

    def covers(self, source: SourceFile) -> bool:
        """Whether a file that was checked is one of those that the baseline is for."""
        return absolute(Path(source.path)) in self.files

    def has(self, entry: Entry) -> bool:
        """Whether the run would have found what an entry stands for."""
        path = self.path(entry)
        if path in self.files:
            return group_of(entry.rule) is None or entry.rule in settings_for(path, self.overrides).rules
        return self.is_gone(entry) and any(path.is_relative_to(root) for root in self.roots)

    def is_gone(self, entry: Entry) -> bool:
        """Whether the file of an entry is no more."""
        return not self.path(entry).exists()

    def path(self, entry: Entry) -> Path:
        """The file of an entry."""
        return absolute(self.folder / entry.path)


class Known:
    """The entries of a baseline, for one file at a time: `folder` is that of the baseline."""

    def __init__(self, folder: Path, entries: Iterable[Entry]) -> None:
        self.folder = folder
        self._entries: dict[tuple[str, str], list[Entry]] = {}
        for entry in entries:
            self._entries.setdefault((entry.rule, entry.fingerprint), []).append(entry)

    def alike(self, found: Iterable[Entry]) -> list[Entry]:
        """Those that may know anything of what was found."""
        keys = dict.fromkeys((entry.rule, entry.fingerprint) for entry in found)
        return [entry for key in keys for entry in self._entries.get(key, ())]


def leave_out_known(run: Run, known: Iterable[Entry], scope: Scope, today: date) -> list[str]:
    """Drop from a run what a baseline knows in its scope and whose day has not passed; return warnings about entries
    that are due, and about those that know nothing any more."""
    comparison = compare_run(run, known, scope)
    verdicts = [_is_left_out(entry, today) for _, entry in comparison.found]
    run.known += sum(verdicts)
    following = iter(verdicts)
    run.keep(lambda source, diagnostic: not (scope.covers(source) and next(following)))
    warnings = []
    for found, entry in comparison.found:
        if entry and _is_due(entry, today):
            reason = f": {entry.reason}" if entry.reason else ""
            warnings.append(f"{found.path}: `{entry.rule}` was in the baseline until {entry.until}{reason}")
    stale = [entry for entry in comparison.left if scope.has(entry)]
    warnings += [
        f"{entry.path}: `{entry.rule}` is in the baseline, but it is mended: {entry.message}"
        for entry in stale[:MOST_SHOWN]
    ]
    if stale:
        count = "1 entry of the baseline is" if len(stale) == 1 else f"{len(stale)} entries of the baseline are"
        warnings.append(f"{count} stale; `persistlint baseline --prune` takes them out")
    return warnings


def without_known(
    source: SourceFile, diagnostics: Sequence[Diagnostic], known: Known, overrides: Overrides, today: date
) -> tuple[Diagnostic, ...]:
    """The diagnostics of one file that a baseline does not know, or not any more."""
    path = absolute(Path(source.path))
    scope = Scope(known.folder, (path,), frozenset({path}), overrides)
    found = [_entry(source, diagnostic, scope.folder) for diagnostic in diagnostics]
    compared = _compare(known.alike(found), found, scope).found
    return tuple(
        diagnostic
        for diagnostic, (_, entry) in zip(diagnostics, compared, strict=True)
        if not _is_left_out(entry, today)
    )


def _is_left_out(entry: Entry | None, today: date) -> bool:
    return entry is not None and not _is_due(entry, today)


def _is_due(entry: Entry, today: date) -> bool:
    return entry.until is not None and entry.until < today


def scope_of(run: Run, baseline: Path, roots: Sequence[Path], files: Iterable[Path], overrides: Overrides) -> Scope:
    """The scope of a run over `files` below `roots`; a file that failed was not looked at."""
    failed = {absolute(Path(failure.path)) for failure in run.failures}
    checked = frozenset(map(absolute, files)) - failed
    return Scope(absolute(baseline).parent, tuple(map(absolute, roots)), checked, overrides)


def compare_run(run: Run, known: Iterable[Entry], scope: Scope) -> Comparison:
    """Hold every diagnostic of a run in the scope against the entries of a baseline, in the order of
    `run.diagnostics`."""
    found = [
        _entry(result.source, diagnostic, scope.folder)
        for result in run.results
        if scope.covers(result.source)
        for diagnostic in result.diagnostics
    ]
    return _compare(known, found, scope)


def _compare(known: Iterable[Entry], found: Sequence[Entry], scope: Scope) -> Comparison:
    return compare(known, found, lambda entry: scope.has(entry) or scope.is_gone(entry))


def _entry(source: SourceFile, diagnostic: Diagnostic, folder: Path) -> Entry:
    path = Path(os.path.relpath(absolute(Path(source.path)), folder)).as_posix()
    return Entry(path, diagnostic.rule, fingerprint(source, diagnostic), diagnostic.message)
