"""The open files of an editor, their configuration, and the latest analysis of each."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from pygls.uris import to_fs_path

from persistlint.config import ConfigError, configuration_for, forget, settings_for
from persistlint.discovery import is_out
from persistlint.engine import Report
from persistlint.languages import language_of
from persistlint.reading import LARGEST
from persistlint.source import SourceFile
from persistlint_lsp.convert import to_utf8
from persistlint_lsp.worker import Analysis, Worker

if TYPE_CHECKING:
    from collections.abc import Callable

    from persistlint.settings import Settings

logger = logging.getLogger(__name__)

CONFIGURATION_FILES = ("persistlint.toml", "pyproject.toml")
DEBOUNCE = 0.15  # seconds without a keystroke before diagnostics are pushed

# How a file would end whose language the editor calls so, for a file whose own name does not tell.
_SUFFIXES = {
    "go": ".go",
    "javascript": ".js",
    "javascriptreact": ".jsx",
    "python": ".py",
    "sql": ".sql",
    "svelte": ".svelte",
    "typescript": ".ts",
    "typescriptreact": ".tsx",
    "vue": ".vue",
}


@dataclass(frozen=True, eq=False)
class Document:
    """One version of an open file. `path` is absolute; that of an untitled document does not exist."""

    uri: str
    path: Path
    language_id: str
    version: int | None
    text: str

    @cached_property
    def source(self) -> SourceFile | None:
        """What the engine reads; None if it is too large or in no language that persistlint reads. As on the command
        line the name of the file decides; the editor's word counts where the name says nothing."""
        name = self.path.as_posix()
        if self.path.suffix == "" or language_of(f"any{self.path.suffix}") is None:
            name += _SUFFIXES.get(self.language_id, "")
        language = language_of(name)
        return SourceFile(name, to_utf8(self.text), language) if language and len(self.text) <= LARGEST else None


@dataclass(frozen=True)
class Outcome:
    """What came of one version of an open file."""

    uri: str
    version: int | None
    source: SourceFile
    analysis: Analysis


@dataclass(frozen=True)
class _Run:
    """An analysis that was started, and perhaps finished, with what it was started for."""

    document: Document
    settings: Settings
    task: asyncio.Task[Outcome]


class Session:
    """What one editor has open. All methods are called on the message loop; only `analyse` waits."""

    def __init__(self) -> None:
        self._worker = Worker()
        self._documents: dict[str, Document] = {}
        self._runs: dict[str, _Run] = {}
        self._scheduled: dict[str, asyncio.Task[None]] = {}
        self._stamps: dict[Path, int | None] = {}  # time of change of every configuration file that was looked for
        self._problem = ""

    def open(self, uri: str, language_id: str, version: int | None, text: str) -> None:
        """Take up a file. An untitled one counts as standing in the current directory."""
        path = Path.cwd().joinpath(to_fs_path(uri) or urlsplit(uri).path or "untitled")
        self._documents[uri] = Document(uri, path, language_id, version, text)

    def change(self, uri: str, version: int | None, text: str) -> None:
        """Take the new text of an open file; one that is not open is left alone."""
        if old := self._documents.get(uri):
            self._documents[uri] = Document(uri, old.path, old.language_id, version, text)

    def close(self, uri: str) -> None:
        """Drop a file."""
        self._documents.pop(uri, None)
        self._runs.pop(uri, None)

    def document(self, uri: str) -> Document | None:
        """The current version of an open file."""
        return self._documents.get(uri)

    @property
    def uris(self) -> tuple[str, ...]:
        """All open files."""
        return tuple(self._documents)

    async def analyse(self, uri: str) -> Outcome | None:
        """Analyse an open file, and again if it changes meanwhile: what comes back is of the current text.

        All that wait for one file share its analysis, and versions that came and went are skipped. None for a file
        that is not open (any more), is not to be checked, or whose configuration is wrong.
        """
        while (document := self._documents.get(uri)) and document.source and (settings := self._settings(document)):
            run = self._runs.get(uri)
            if run is None or (run.task.done() and (run.document, run.settings) != (document, settings)):
                task = asyncio.create_task(self._check(document, document.source, settings))
                run = self._runs[uri] = _Run(document, settings, task)
            outcome = await asyncio.shield(run.task)  # shared: one who stops waiting does not stop it
            if (run.document, run.settings) == (self._documents.get(uri), settings):
                return outcome
        return None

    def schedule(self, uri: str, publish: Callable[[Outcome | None], None]) -> None:
        """Analyse a file once typing rests, and hand the outcome to `publish`; a later call takes the place of an
        earlier one."""
        if waiting := self._scheduled.get(uri):
            waiting.cancel()
        self._scheduled[uri] = asyncio.create_task(self._publish(uri, publish))

    def reload(self) -> None:
        """Read the configuration anew."""
        self._stamps.clear()
        forget()

    def stop(self) -> None:
        """End the analysis."""
        self._worker.stop()

    async def _check(self, document: Document, source: SourceFile, settings: Settings) -> Outcome:
        source = replace(source, dialect=settings.dialect)
        try:
            analysis = await self._worker.analyse(source, settings)
        except Exception as error:
            analysis = Analysis(Report((), (repr(error),)))
        for problem in analysis.report.errors:
            logger.error("%s: %s", source.path, problem)
        return Outcome(document.uri, document.version, source, analysis)

    async def _publish(self, uri: str, publish: Callable[[Outcome | None], None]) -> None:
        await asyncio.sleep(DEBOUNCE)
        try:
            publish(await self.analyse(uri))
        except Exception:
            logger.exception("%s: the diagnostics could not be published", uri)
        if self._scheduled.get(uri) is asyncio.current_task():
            del self._scheduled[uri]

    def _settings(self, document: Document) -> Settings | None:
        """The settings for a file, None if it is excluded or its configuration cannot be used."""
        try:
            self._forget_if_changed(document.path)
            settings = None if is_out(document.path) else settings_for(document.path)
        except ConfigError as error:
            if str(error) != self._problem:  # said once, not at every keystroke
                logger.error("%s", error)
            self._problem = str(error)
            return None
        self._problem = ""
        return settings

    def _forget_if_changed(self, path: Path) -> None:
        """Not every editor can watch files: look at those that could matter for `path` before they are used."""
        files = {directory / name for directory in path.parents for name in CONFIGURATION_FILES}
        stamps = {file: _changed(file) for file in files | self._stamps.keys()}
        if any(stamp != self._stamps.get(file, stamp) for file, stamp in stamps.items()):
            forget()
        self._stamps = stamps
        for file in configuration_for(path).files:  # and what they extend
            self._stamps.setdefault(file.path, _changed(file.path))


def _changed(path: Path) -> int | None:
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return None
