"""One run over some files: read, check and fix them, and gather what there is to report. One bad file stops nothing."""

from __future__ import annotations

import posixpath
from collections import Counter
from dataclasses import field
from enum import Enum
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING

from persistlint.discovery import Failure
from persistlint.languages import language_of
from persistlint.reading import ReadError, read_again, read_file
from persistlint.records import dataclass
from persistlint.running.checking import Outcome, Task, report_on
from persistlint.running.workers import check_all
from persistlint.shelf import lend

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from persistlint.diagnostic import Diagnostic, NewFile
    from persistlint.engine import Report
    from persistlint.running.cache import Cache
    from persistlint.settings import Settings
    from persistlint.source import SourceFile


@dataclass(frozen=True)
class Stored:
    """A file that is read when somebody asks, for those of a large tree together do not fit into memory."""

    path: str
    dialect: str | None = None

    def read(self) -> SourceFile:
        """The file as it is now."""
        return read_again(self.path, language_of(self.path) or "", self.dialect)


@dataclass(frozen=True)
class Result:
    """The diagnostics of one file, in source order."""

    file: SourceFile | Stored
    diagnostics: tuple[Diagnostic, ...]

    @property
    def source(self) -> SourceFile:
        """The file."""
        return self.file.read() if isinstance(self.file, Stored) else self.file


class Fixing(Enum):
    """What becomes of fixes: nothing, they are written, or they are shown as a difference."""

    NONE = "none"
    WRITE = "write"
    SHOW = "show"


@dataclass(frozen=True)
class Fixed:
    """A file whose fixes were written or shown: how many, and of which rules. `made` are new files that some of them
    are."""

    path: str
    count: int
    rules: tuple[str, ...]
    made: tuple[str, ...] = ()


@dataclass
class Run:
    """What came out. `results` are the files that have diagnostics, `files` counts all that were checked, `fixed` are
    those whose fixes were written, `differences` what fixes would change, as unified diffs; `suppressed` are the
    diagnostics that got a comment, `known` those that a baseline knows; these two are not among the results.
    `consulted` are the marks of what else anything depends on (`Report.consulted`)."""

    results: list[Result] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)
    files: int = 0
    fixed: list[Fixed] = field(default_factory=list)
    differences: list[str] = field(default_factory=list)
    suppressed: int = 0
    known: int = 0
    consulted: set[str] = field(default_factory=set)
    shown: set[str] = field(default_factory=set)  # folders of which `differences` has a new file

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
            Result(result.file, tuple(item for item in result.diagnostics if wanted(result.source, item)))
            for result in self.results
        )
        self.results = [result for result in kept if result.diagnostics]

    def check(
        self, source: SourceFile, settings: Settings, *, fixing: Fixing = Fixing.NONE, unsafe: bool = False
    ) -> SourceFile:
        """Check one file that was read; return it as its fixes make it, of which nothing is written."""
        outcome, fixed = Outcome(report_on(source, settings)), source
        if fixing is not Fixing.NONE and _has_fixes(outcome):
            from persistlint.fixing import fix  # only a file with a fix pays for it

            fixed, count = fix(source, lambda source: report_on(source, settings).diagnostics, unsafe=unsafe)
            if count:
                outcome = self._note(source, fixed, count, outcome, settings, fixing)
        self._add(Task(source.path, settings), outcome, source if fixing is Fixing.SHOW else fixed)
        return fixed

    def check_files(
        self,
        paths: Iterable[str],
        settings_for: Callable[[str], Settings],
        *,
        fixing: Fixing = Fixing.NONE,
        unsafe: bool = False,
        jobs: int = 1,
        cluster: str | None = None,
        cache: Cache | None = None,
        advance: Callable[[], None] = lambda: None,
    ) -> None:
        """Read and check files, in up to `jobs` processes or on a `cluster`, but for those that `cache` knows, and fix
        them, with `unsafe` by the fixes too that a person should look at. `paths` have forward slashes. `advance` is
        called for every file that is done. What comes out is in the order of `paths`. Raises `ClusterError`."""
        tasks = [Task(path, settings_for(path)) for path in paths]
        known = cache.find(tasks) if cache else {}
        outcomes = {number: Outcome(report) for number, report in known.items()}
        new: dict[int, Outcome] = {}
        places = [number for number in range(len(tasks)) if number not in known]
        for _ in known:
            advance()
        try:
            with lend(cache):
                for number, outcome in check_all([tasks[place] for place in places], jobs, cluster if places else None):
                    new[places[number]] = outcome
                    advance()
        finally:
            if cache:
                cache.keep(tasks, new)
        outcomes |= new
        if fixing is not Fixing.NONE:
            fixable = [number for number in range(len(tasks)) if _has_fixes(outcomes[number])]
            for number in fixable:
                outcomes[number] = self._fix(tasks[number], outcomes[number], fixing, unsafe)
            for number in fixable if unsafe else ():  # a file that others follow is not changed any more
                outcomes[number] = self._create(tasks[number], outcomes[number], fixing, unsafe)
        for number, task in enumerate(tasks):
            self._add(task, outcomes[number])

    def _add(self, task: Task, outcome: Outcome, source: SourceFile | None = None) -> None:
        if outcome.failure:
            self.failures.append(Failure(task.path, outcome.failure))
            return
        self.files += 1
        report = outcome.report
        self.consulted.update(report.consulted.split())
        self.failures.extend(Failure(task.path, error) for error in report.errors)
        if report.diagnostics:
            self.results.append(Result(source or Stored(task.path, task.settings.dialect), report.diagnostics))

    def _fix(self, task: Task, outcome: Outcome, fixing: Fixing, unsafe: bool) -> Outcome:
        from persistlint.fixes.write import WriteError, write  # only a file with a fix pays for them
        from persistlint.fixing import fix

        path = Path(task.path)
        try:
            source = read_file(path, task.settings.dialect)
            fixed, count = fix(source, lambda source: report_on(source, task.settings).diagnostics, unsafe=unsafe)
            if not count:
                return outcome
            if fixing is Fixing.WRITE:
                write(path, source, fixed.content)
        except (ReadError, WriteError) as error:
            self.failures.append(Failure(task.path, str(error)))
            return outcome
        return self._note(source, fixed, count, outcome, task.settings, fixing)

    def _note(
        self, source: SourceFile, fixed: SourceFile, count: int, before: Outcome, settings: Settings, fixing: Fixing
    ) -> Outcome:
        """Take down what so many fixes make of a file; return what there is to report of it then."""
        if fixing is Fixing.SHOW:
            self.differences.append(_difference(source, fixed))
        after = report_on(fixed, settings)
        self.fixed.append(Fixed(source.path, count, _gone(before.report, after)))
        return before if fixing is Fixing.SHOW else Outcome(after)

    def _create(self, task: Task, outcome: Outcome, fixing: Fixing, unsafe: bool) -> Outcome:
        """Make the new files of the fixes for a file, one after the other, as the name of each depends on the one
        before. Of those in a folder only the first can be shown."""
        from persistlint.fixes.converge import created

        if not any(created(found, unsafe=unsafe) for found in outcome.report.diagnostics):
            return outcome
        from persistlint.fixes.write import WriteError, create
        from persistlint.surroundings import anew

        made: list[str] = []
        seen: set[tuple[str, ...]] = set()
        try:
            source = read_file(Path(task.path), task.settings.dialect)
            anew()  # files were written and made
            report = report_on(source, task.settings)
            while len(made) < _MOST_NEW:
                offered = (created(found, unsafe=unsafe) for found in report.diagnostics)
                files = next((new for new in offered if new and _texts(new) not in seen), ())
                if not files or (fixing is Fixing.SHOW and _folder(files[0], task.path) in self.shown):
                    break
                paths = {new.path_beside(task.path): new.text for new in files}
                made.append(next(iter(paths)))
                if fixing is Fixing.SHOW:
                    self.differences += [_addition(path, text) for path, text in paths.items()]
                    self.shown.add(_folder(files[0], task.path))
                    break
                create({Path(path): text for path, text in paths.items()})
                seen.add(_texts(files))  # once, also where what the file was made for is still reported
                anew()
                report = report_on(source, task.settings)
        except (ReadError, WriteError) as error:
            self.failures.append(Failure(task.path, str(error)))
            return outcome
        if made:
            self.fixed.append(Fixed(task.path, len(made), _gone(outcome.report, report), tuple(made)))
        return outcome if fixing is Fixing.SHOW else Outcome(report)


_MOST_NEW = 100  # files for one file


def _texts(files: tuple[NewFile, ...]) -> tuple[str, ...]:
    return tuple(new.text for new in files)


def _has_fixes(outcome: Outcome) -> bool:
    return any(diagnostic.fixes for diagnostic in outcome.report.diagnostics)


def _gone(before: Report, after: Report) -> tuple[str, ...]:
    """The rules that report less than before."""
    first, second = (Counter(found.rule for found in report.diagnostics) for report in (before, after))
    return tuple(sorted(first - second))


def _folder(new: NewFile, path: str) -> str:
    """The folder that a new file for another one is put into, alone or in a folder of its own."""
    folder = new.path_beside(path)
    for part in new.name.split("/"):
        folder = posixpath.dirname(folder) if part != ".." else folder
    return folder


def _addition(path: str, text: str) -> str:
    """A new file, as `git diff` writes it."""
    path = _in_patch(path)
    lines = _unified("", text, "/dev/null", f"b/{path}")
    return f"diff --git a/{path} b/{path}\nnew file mode 100644\n{lines}"


def _difference(before: SourceFile, after: SourceFile) -> str:
    """What changes between two contents of a file, as `git diff` writes it."""
    path = _in_patch(before.path)
    old, new = (file.content.decode("utf-8", "replace") for file in (before, after))
    return _unified(old, new, f"a/{path}", f"b/{path}")


def _in_patch(path: str) -> str:
    """A path as `patch -p1` and `git apply` want it."""
    return path.lstrip("/")


def _unified(old: str, new: str, before: str, after: str) -> str:
    from difflib import unified_diff  # only who shows a difference pays for it

    # For patches a line ends at LF alone, and not at a form feed.
    first, second = (list(StringIO(text, newline="\n")) for text in (old, new))
    lines = unified_diff(first, second, before, after)
    return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)
