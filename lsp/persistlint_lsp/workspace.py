"""Diagnostics of all files of the folders, for an editor that asks for them: `workspace/diagnostic`.

Files that are not open are read and checked by a process of their own, one after the other, so that the files that are
open never wait for them. What an earlier answer said already is not said again: `previousResultIds`.
"""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lsprotocol import types

from persistlint_lsp import convert
from persistlint_lsp.session import Outcome
from persistlint_lsp.tasks import check_file, list_files
from persistlint_lsp.worker import Worker, WorkerError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Mapping
    from pathlib import Path

    from persistlint.configuration.config import Overrides
    from persistlint.dependents import Changed
    from persistlint_lsp.session import Session

logger = logging.getLogger(__name__)

Report = types.WorkspaceFullDocumentDiagnosticReport | types.WorkspaceUnchangedDocumentDiagnosticReport

_PATIENCE = 30.0  # seconds that an editor which knows everything waits for news; editors ask again at once


@dataclass(frozen=True)
class _Known:
    """What was said last about a file that is not open: for which time of change and size, and under which id."""

    stamp: tuple[int, int]
    overrides: Overrides
    id: str
    path: Path
    consulted: tuple[str, ...]


class Workspace:
    """The files of all folders. `changed` is told of whatever may change a diagnostic."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._worker = Worker()
        self._known: dict[str, _Known] = {}
        self._news = asyncio.Event()

    def changed(self, *forgotten: str) -> None:
        """Something happened: answer those who wait. Forget what was said about files whose names end so."""
        self._known = {uri: known for uri, known in self._known.items() if not uri.endswith(forgotten)}
        self._news.set()

    def others_changed(self, changed: Changed) -> None:
        """Files on disk changed: forget what was said about those that depend on them."""
        known = self._known.items()
        self._known = {uri: each for uri, each in known if not changed.concerns(each.path, each.consulted)}
        self._news.set()

    def stop(self) -> None:
        """End the process."""
        self._worker.stop()

    async def wait(self, previous: Mapping[str, str]) -> None:
        """Wait for news, if the editor knows something already."""
        if previous and self._known:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._news.wait(), _PATIENCE)
        self._news.clear()

    async def reports(
        self,
        previous: Mapping[str, str],
        client: types.ClientCapabilities,
        progress: Callable[[int, int], None],
    ) -> AsyncIterator[Report]:
        """The report of every file, and an empty one for every file that was reported and is gone. `progress` is told
        how many files of how many are done."""
        seen: set[str] = set()
        opened: set[Path] = set()  # editors spell the same URI in several ways
        for uri in list(self._session.documents):
            seen.add(uri)
            if document := self._session.documents.get(uri):
                opened.add(document.path)
            if outcome := await self._session.analyse(uri):
                yield self._report(outcome, previous.get(uri), client)
        files = [(uri, path) for uri, path in await self._files() if path not in opened]
        for number, (uri, path) in enumerate(files):
            progress(number, len(files))
            seen.add(uri)
            if report := await self._of_file(uri, path, previous.get(uri), client):
                yield report
        for uri in previous.keys() - seen:
            self._known.pop(uri, None)
            yield types.WorkspaceFullDocumentDiagnosticReport(uri, [])

    async def _files(self) -> list[tuple[str, Path]]:
        """The files below all folders, by URI; a folder inside of another one is not listed twice."""
        found: dict[str, Path] = {}
        for folder, client in list(self._session.folders.settings.items()):
            try:
                paths = await self._worker.call(list_files, folder, client.overrides) if client.enable else []
            except WorkerError as error:
                logger.error("%s: %s", folder, error)
                continue
            found |= {path.as_uri(): path for path in paths}
        return list(found.items())

    async def _of_file(
        self, uri: str, path: Path, previous: str | None, client: types.ClientCapabilities
    ) -> Report | None:
        _, settings = self._session.folders.of(path)
        try:
            status = path.stat()
        except OSError:
            return None
        known = self._known.get(uri)
        stamp = (status.st_mtime_ns, status.st_size)
        if known and previous == known.id and (known.stamp, known.overrides) == (stamp, settings.overrides):
            return types.WorkspaceUnchangedDocumentDiagnosticReport(uri, known.id)
        try:
            checked = await self._worker.call(check_file, path, settings.overrides)
        except WorkerError as error:
            logger.error("%s: %s", path, error)
            return None
        if checked is None:
            return None
        source, applied, report = checked
        report = self._session.baselines.only_new(source, report, settings.overrides)
        outcome = Outcome(uri, None, source, applied, report, self._session.new_id())
        self._known[uri] = _Known(stamp, settings.overrides, outcome.id, path, tuple(report.consulted.split()))
        return self._report(outcome, previous, client)

    def _report(self, outcome: Outcome, previous: str | None, client: types.ClientCapabilities) -> Report:
        if outcome.id == previous:
            return types.WorkspaceUnchangedDocumentDiagnosticReport(outcome.uri, outcome.id, outcome.version)
        items = convert.diagnostics(outcome, self._session.documents.encoding, client)
        return types.WorkspaceFullDocumentDiagnosticReport(outcome.uri, items, outcome.version, result_id=outcome.id)


class Progress:
    """What the editor shows while all files are checked, if it asked to be told: `token` is not None."""

    def __init__(self, send: Callable[[types.ProgressParams], None], token: int | str | None) -> None:
        self._send, self._token = send, token
        self._shown = -1

    def report(self, done: int, count: int) -> None:
        """Show how many files of how many are done."""
        percentage = 100 * done // count
        if self._token is not None and percentage != self._shown:
            begin = types.WorkDoneProgressBegin("persistlint", percentage=percentage)
            further = types.WorkDoneProgressReport(message=f"{done}/{count}", percentage=percentage)
            self._send(types.ProgressParams(self._token, begin if self._shown < 0 else further))
            self._shown = percentage

    def end(self) -> None:
        """Take it away."""
        if self._shown >= 0 and self._token is not None:
            self._send(types.ProgressParams(self._token, types.WorkDoneProgressEnd()))
