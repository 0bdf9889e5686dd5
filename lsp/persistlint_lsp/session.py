"""What one editor works on: its open files, which configuration applies to each, and the latest analysis of each."""

from __future__ import annotations

import asyncio
import logging
import secrets
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from persistlint.configuration.config import ConfigError, configuration_for, forget, settings_for
from persistlint.discovery import is_out
from persistlint.engine import Report
from persistlint.plugins import PluginError
from persistlint_lsp.baselines import Baselines, time_of_change
from persistlint_lsp.client import Folders
from persistlint_lsp.documents import Documents, path_of
from persistlint_lsp.tasks import check_open, forget_projects, list_anew, with_remedies
from persistlint_lsp.worker import Worker, WorkerError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from persistlint.configuration.config import Overrides
    from persistlint.dependents import Changed
    from persistlint.settings import Settings
    from persistlint.source import SourceFile
    from persistlint_lsp.documents import Document

logger = logging.getLogger(__name__)

T = TypeVar("T")

CONFIGURATION_FILES = ("persistlint.toml", "pyproject.toml")
DEBOUNCE = 0.15  # seconds without a keystroke before diagnostics are pushed; they are worked out meanwhile


@dataclass(frozen=True)
class Outcome:
    """What came of one version of a file. `id` tells it from every other outcome. Remedies that take long to work out
    are not in the report, except in what `Session.with_remedies` returns."""

    uri: str
    version: int | None
    source: SourceFile
    settings: Settings
    report: Report
    id: str


@dataclass(frozen=True)
class _Run:
    """An analysis that was started, and perhaps finished, with what it was started for."""

    document: Document
    settings: Settings
    generation: int
    task: asyncio.Task[Outcome]

    def is_for(self, document: Document | None, settings: Settings, generation: int) -> bool:
        """Whether it holds for a document as it is now."""
        return (self.document, self.settings, self.generation) == (document, settings, generation)


class Session:
    """What one editor has open. All methods are called on the message loop; only the asynchronous ones wait.

    `tell` is called with a sentence for the person at the editor, once for each problem.
    """

    def __init__(self, tell: Callable[[str], None] = logger.error) -> None:
        self.documents = Documents()
        self.folders = Folders()
        self.worker = Worker()
        self.baselines = Baselines(self.tell)
        self._tell = tell
        self._told: set[str] = set()
        self._generation = 0  # of the files on disk that what is said depends on
        self._runs: dict[str, _Run] = {}
        self._whole: dict[str, Outcome] = {}  # with remedies
        self._scheduled: dict[str, asyncio.Task[None]] = {}
        self._stamps: dict[Path, int | None] = {}  # time of change of every configuration file that was looked for
        self._ids = (f"{secrets.token_hex(4)}-{number}" for number in count())

    async def analyse(self, uri: str) -> Outcome | None:
        """Analyse an open file, and again if it changes meanwhile: what comes back is of the current text.

        All that wait for one file share its analysis, and versions that came and went are skipped. None for a file
        that is not open (any more), is not to be checked, or whose configuration is wrong.
        """
        while (document := self.documents.get(uri)) and document.source and (settings := self.settings(document.path)):
            run = self._runs.get(uri)
            now = self._generation
            if run is None or (run.task.done() and not run.is_for(document, settings, now)):
                task = asyncio.create_task(self._check(document, document.source, settings))
                run = self._runs[uri] = _Run(document, settings, now, task)
            outcome = await asyncio.shield(run.task)  # shared: one who stops waiting does not stop it
            if run.is_for(self.documents.get(uri), settings, self._generation):
                return outcome
        return None

    def latest(self, uri: str) -> Outcome | None:
        """The outcome of the current version of a file, if it is there already."""
        run = self._runs.get(uri)
        if run is None or not run.task.done() or run.document is not self.documents.get(uri):
            return None
        return run.task.result()

    async def with_remedies(self, outcome: Outcome) -> Outcome | None:
        """The outcome with all its fixes, and why there is none where there is none; None if the text is another one
        by then."""
        known = self._whole.get(outcome.uri)
        if known is not None and known.id == outcome.id:
            return known
        if not outcome.report.diagnostics:
            return outcome
        try:
            report = await self.worker.call(with_remedies, outcome.source, outcome.settings)
        except WorkerError as error:
            report = replace(outcome.report, errors=(str(error),))
        self._tell_errors(outcome.source, report)
        report = self._only_new(outcome.source, report)
        if self.latest(outcome.uri) is not outcome:
            return None
        self._whole[outcome.uri] = whole = replace(outcome, report=report)
        return whole

    async def with_new_names(self, outcome: Outcome) -> Outcome | None:
        """The outcome where its fixes make no new files. Else one of now: their names depend on those beside them, of
        which not every editor tells that there are more. None if the text is another one by then."""
        if not any(fix.creates for found in outcome.report.diagnostics for fix in found.fixes):
            return outcome
        await self.worker.call(list_anew)
        self._runs.pop(outcome.uri, None)
        latest = await self.analyse(outcome.uri)
        return await self.with_remedies(latest) if latest else None

    def is_concerned(self, uri: str, changed: Changed) -> bool:
        """Whether what is said of an open file may be another thing after others changed, as far as it is known."""
        outcome = self.latest(uri)
        return changed.concerns(path_of(uri), outcome.report.consulted.split() if outcome else ())

    def schedule(self, uri: str, publish: Callable[[Outcome | None], None]) -> None:
        """Analyse a file, and hand the outcome to `publish` once typing rests; a later call takes the place of an
        earlier one."""
        if waiting := self._scheduled.get(uri):
            waiting.cancel()
        self._scheduled[uri] = asyncio.create_task(self._publish(uri, publish))

    def close(self, uri: str) -> None:
        """Forget the analysis of a file."""
        self._runs.pop(uri, None)
        self._whole.pop(uri, None)

    def new_id(self) -> str:
        """A name for an outcome, which no other one has, also none of another server."""
        return next(self._ids)

    def settings(self, path: Path) -> Settings | None:
        """The settings for a file, None if it is excluded, or its configuration or a plugin cannot be used."""
        folder, client = self.folders.of(path)
        if not client.enable:
            return None
        try:
            self._forget_if_changed(path, client.overrides)
            return None if is_out(path, client.overrides, folder) else settings_for(path, client.overrides)
        except (ConfigError, PluginError) as error:
            self.tell(str(error))
            return None

    def tell(self, problem: str, details: str = "") -> None:
        """Say to the person at the editor that something is wrong, and more of it to the log, once and not at every
        keystroke."""
        if problem not in self._told:
            self._told.add(problem)
            logger.error("%s", details or problem)
            self._tell(problem)

    def is_changed(self) -> bool:
        """Whether a configuration file or a baseline was changed since it was last looked at."""
        is_configured_anew = any(stamp != time_of_change(file) for file, stamp in self._stamps.items())
        return is_configured_anew or self.baselines.is_changed()

    def described(self) -> Iterator[str]:
        """What is open and which files configure it, for whoever looks for a mistake."""
        yield f"positions in {self.documents.encoding.value}"
        yield from (f"folder {folder}: {settings}" for folder, settings in self.folders.settings.items())
        yield from (f"open: {uri}" for uri in self.documents)
        yield from (f"configuration: {file}" for file, stamp in self._stamps.items() if stamp is not None)

    async def forget_projects(self) -> None:
        """A file that others depend on changed on disk. Raises `WorkerError`."""
        self._generation += 1
        await self.worker.call(forget_projects)  # before the analyses that follow

    def reload(self) -> None:
        """Read the configuration and the baselines anew."""
        self._generation += 1
        self.baselines.forget()
        self._stamps.clear()
        self._told.clear()
        forget()

    def stop(self) -> None:
        """End the analysis."""
        self.worker.stop()

    async def _check(self, document: Document, source: SourceFile, settings: Settings) -> Outcome:
        source = replace(source, dialect=settings.dialect)
        try:
            report = await self.worker.call(check_open, source, settings)
        except WorkerError as error:
            report = Report((), (str(error),))
        self._tell_errors(source, report)
        report = self._only_new(source, report)
        return Outcome(document.uri, document.version, source, settings, report, self.new_id())

    def _only_new(self, source: SourceFile, report: Report) -> Report:
        _, client = self.folders.of(Path(source.path))
        return self.baselines.only_new(source, report, client.overrides)

    def _tell_errors(self, source: SourceFile, report: Report) -> None:
        for problem in report.errors:
            details = f"{source.path}: {problem}"
            self.tell(f"persistlint could not finish {source.path}: {problem.strip().splitlines()[-1]}", details)

    async def _publish(self, uri: str, publish: Callable[[Outcome | None], None]) -> None:
        clock = asyncio.get_running_loop().time
        due = clock() + DEBOUNCE
        try:
            outcome = await self.analyse(uri)
            await asyncio.sleep(due - clock())
            publish(outcome)
        except Exception:
            logger.exception("%s: the diagnostics could not be published", uri)
        if self._scheduled.get(uri) is asyncio.current_task():
            del self._scheduled[uri]

    def _forget_if_changed(self, path: Path, overrides: Overrides) -> None:
        """Not every editor can watch files: look at those that could matter for `path` before they are used."""
        files = {directory / name for directory in path.parents for name in CONFIGURATION_FILES}
        if overrides.config:
            files = {overrides.config}
        stamps = {file: time_of_change(file) for file in files | self._stamps.keys()}
        is_configured_anew = any(stamp != self._stamps.get(file, stamp) for file, stamp in stamps.items())
        if is_configured_anew or self.baselines.is_changed():
            forget()
            self._generation += 1
            self.baselines.forget()
            self._told.clear()
        self._stamps = stamps
        for file in configuration_for(path, overrides).files:  # and what they extend
            self._stamps.setdefault(file.path, time_of_change(file.path))
