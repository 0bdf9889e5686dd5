"""One run over some files: read, check and fix them, and gather what there is to report. One bad file stops nothing."""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING

from persistlint.discovery import Failure
from persistlint.engine import Report, check
from persistlint.reading import ReadError, read_file
from persistlint.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from persistlint.diagnostic import Diagnostic
    from persistlint.settings import Settings
    from persistlint.source import SourceFile


@dataclass(frozen=True)
class Result:
    """The diagnostics of one file, in source order."""

    source: SourceFile
    diagnostics: tuple[Diagnostic, ...]


@dataclass
class Run:
    """What came out. `results` are the files that have diagnostics, `files` counts all that were checked, `fixed`
    the fixes that were written, `suppressed` the diagnostics that got a comment, `known` those that a baseline knows;
    the last two are not among the results."""

    results: list[Result] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)
    files: int = 0
    fixed: int = 0
    suppressed: int = 0
    known: int = 0

    @property
    def diagnostics(self) -> list[Diagnostic]:
        """All diagnostics, file by file."""
        return [diagnostic for result in self.results for diagnostic in result.diagnostics]

    def add(self, other: Run) -> None:
        """Add what came out of another run."""
        self.results += other.results
        self.failures += other.failures
        self.files += other.files
        self.fixed += other.fixed

    def keep(self, wanted: Callable[[SourceFile, Diagnostic], bool]) -> None:
        """Drop the diagnostics that are not wanted."""
        kept = (
            Result(result.source, tuple(item for item in result.diagnostics if wanted(result.source, item)))
            for result in self.results
        )
        self.results = [result for result in kept if result.diagnostics]

    def check(self, source: SourceFile, settings: Settings) -> None:
        """Check one file that was read."""
        self._add(source, self._report(source, settings))

    def check_files(
        self, paths: Iterable[Path], settings_for: Callable[[Path], Settings], *, fix: bool = False
    ) -> None:
        """Read and check files one by one; with `fix`, write back what the safe fixes make of them."""
        for path in paths:
            settings = settings_for(path)
            try:
                source = read_file(path, settings.dialect)
            except ReadError as error:
                self.failures.append(Failure(path.as_posix(), str(error)))
                continue
            report = self._report(source, settings)
            if fix and any(diagnostic.fixes for diagnostic in report.diagnostics):
                source, report = self._fix(path, source, settings, report)
            self._add(source, report)

    def _add(self, source: SourceFile, report: Report) -> None:
        self.files += 1
        self.failures.extend(Failure(source.path, error) for error in report.errors)
        if report.diagnostics:
            self.results.append(Result(source, report.diagnostics))

    def _report(self, source: SourceFile, settings: Settings) -> Report:
        try:
            return check(source, settings)
        except Exception as error:  # a defect of persistlint, which must not hide what other files hold
            return Report((), (f"internal error: {type(error).__name__}: {error}",))

    def _fix(self, path: Path, source: SourceFile, settings: Settings, report: Report) -> tuple[SourceFile, Report]:
        from persistlint.fixes.converge import converge  # only a file with a fix pays for them
        from persistlint.fixes.write import WriteError, write

        fixed, count = converge(source, lambda source: self._report(source, settings).diagnostics)
        if not count:
            return source, report
        try:
            write(path, source, fixed.content)
        except WriteError as error:
            self.failures.append(Failure(source.path, str(error)))
            return source, report
        self.fixed += count
        return fixed, self._report(fixed, settings)
