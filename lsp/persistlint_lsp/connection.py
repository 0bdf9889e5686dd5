"""The connection to one editor: pygls with a session, and what goes out by itself: diagnostics, questions, problems."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lsprotocol import types
from pygls.lsp.server import LanguageServer

from persistlint.dependents import Changed
from persistlint.version import VERSION
from persistlint_lsp import convert
from persistlint_lsp.client import SECTION, SettingsError, parse
from persistlint_lsp.documents import path_of
from persistlint_lsp.protocol import Protocol
from persistlint_lsp.session import Session
from persistlint_lsp.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Iterable

    from persistlint_lsp.client import ClientSettings
    from persistlint_lsp.session import Outcome

logger = logging.getLogger(__name__)

POLLING = 2.0  # seconds between two looks at the configuration, for an editor that does not watch it

_NOTEBOOKS = types.NotebookDocumentSyncOptions(
    [
        types.NotebookDocumentFilterWithCells(
            cells=[types.NotebookCellLanguage(language) for language in ("python", "sql", "javascript", "typescript")],
            notebook="*",
        )
    ]
)


class Server(LanguageServer):
    """pygls with a session. `pull` says who starts: the client asks for diagnostics, or they are pushed to it."""

    protocol: Protocol

    def __init__(self) -> None:
        super().__init__(
            "persistlint",
            VERSION,
            types.TextDocumentSyncKind.Incremental,
            _NOTEBOOKS,
            protocol_cls=Protocol,
        )
        self.session = Session(self.tell)
        self.files = Workspace(self.session)
        self.pull = False
        self.watching: asyncio.Task[None] | None = None

    def report_server_error(self, error: Exception, source: object) -> None:
        """Log what goes wrong here; upstream shows it to the user in a pop-up."""
        logger.error("%s: %s", getattr(source, "__name__", source), error)

    def tell(self, message: str) -> None:
        """Show a problem to the person at the editor."""
        self.window_show_message(types.ShowMessageParams(types.MessageType.Warning, message))

    def refresh(self) -> None:
        """Every diagnostic may be another one now."""
        self.session.reload()
        self.files.changed("")
        self._ask_again()

    async def refresh_dependents(self, uris: Iterable[str]) -> None:
        """Files on disk changed, which others may be read with."""
        changed = Changed(frozenset(map(path_of, uris)))
        is_asked = any(self.session.is_concerned(uri, changed) for uri in self.session.documents)
        if is_asked or changed.is_of_tables:
            await self.session.forget_projects()
        self.files.others_changed(changed)
        if is_asked:
            self._ask_again()

    def _ask_again(self) -> None:
        workspace = self.client_capabilities.workspace
        if self.pull and workspace and workspace.diagnostics and workspace.diagnostics.refresh_support:
            self.workspace_diagnostic_refresh(None)
        for uri in self.session.documents:
            self.push(uri)

    def push(self, uri: str) -> None:
        """Send the diagnostics of a file that changed soon, if the client does not ask for them itself; nobody asks
        for those of notebooks."""
        uri = self.session.documents.notebook_of(uri) or uri
        if not self.pull or self.session.documents.is_notebook(uri):
            self.session.schedule(uri, lambda outcome: self._publish(uri, outcome))

    def diagnostics(self, outcome: Outcome | None) -> list[types.Diagnostic]:
        """The protocol's diagnostics of a file."""
        if outcome is None:
            return []
        return convert.diagnostics(outcome, self.session.documents.encoding, self.client_capabilities)

    def changed(self, uri: str) -> None:
        """A file has another text now."""
        self.files.changed()
        self.push(uri)

    def register(self, method: str, options: object) -> None:
        """Ask the editor to tell of something from now on."""
        registration = types.Registration(method, method, options)
        self.client_register_capability(types.RegistrationParams([registration]))

    async def poll(self) -> None:
        """Look at the configuration again and again, for an editor that does not watch it."""
        while True:
            await asyncio.sleep(POLLING)
            if self.session.is_changed():
                self.refresh()

    def settings(self, value: Any, folder: Path) -> ClientSettings:
        """The settings that the editor sent for a folder; the usual ones, and a word to the person, if they are
        wrong."""
        try:
            return parse(value, folder)
        except SettingsError as error:
            self.session.tell(str(error))
            return parse(None, folder)

    async def ask_for_settings(self) -> bool:
        """Ask the editor for the settings of every folder; whether it can be asked."""
        workspace = self.client_capabilities.workspace
        if not (workspace and workspace.configuration):
            return False
        folders = self.session.folders
        paths = list(folders.uris)
        items = [types.ConfigurationItem(folders.uris[path], SECTION) for path in paths]
        answers = await self.workspace_configuration_async(
            types.ConfigurationParams([types.ConfigurationItem(section=SECTION), *items])
        )
        before = (folders.default, dict(folders.settings))
        for path, answer in zip([None, *paths], answers, strict=False):
            if answer is None:
                continue  # this editor has no such settings; what it said at the start holds
            if path is None:
                folders.default = self.settings(answer, Path.cwd())
            elif path in folders.settings:
                folders.settings[path] = self.settings(answer, path)
        if before != (folders.default, folders.settings):
            self.refresh()
        return True

    def stop(self) -> None:
        """End the processes that analyse."""
        self.session.stop()
        self.files.stop()

    def _publish(self, uri: str, outcome: Outcome | None) -> None:
        documents = self.session.documents
        if not documents.is_notebook(uri):
            version = outcome.version if outcome else None
            self.clear(uri, self.diagnostics(outcome), version)
            return
        for cell in documents.cells(uri):
            items = convert.diagnostics(outcome, documents.encoding, self.client_capabilities, cell) if outcome else []
            self.clear(cell.uri, items, cell.version)

    def clear(self, uri: str, instead: list[types.Diagnostic] | None = None, version: int | None = None) -> None:
        """Take the pushed diagnostics of a document away, and put others in their place."""
        self.text_document_publish_diagnostics(types.PublishDiagnosticsParams(uri, instead or [], version))
