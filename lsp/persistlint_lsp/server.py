"""The language server: what arrives from the editor goes to the session, and what it finds goes back."""

from __future__ import annotations

import logging
import os
import sys
import threading
from contextlib import suppress
from typing import TYPE_CHECKING

from lsprotocol import types
from pygls.lsp.server import LanguageServer
from pygls.uris import to_fs_path

from persistlint.version import VERSION
from persistlint_lsp import convert
from persistlint_lsp.actions import OPEN_DOCUMENTATION, can_show_documents, code_actions
from persistlint_lsp.protocol import Protocol, end_with
from persistlint_lsp.session import CONFIGURATION_FILES, Session

if TYPE_CHECKING:
    from persistlint_lsp.session import Outcome

logger = logging.getLogger(__name__)


class Server(LanguageServer):
    """pygls with a session. `pull` says who starts: the client asks for diagnostics, or they are pushed to it."""

    protocol: Protocol

    def __init__(self) -> None:
        # whole documents instead of changes: `persistlint_lsp.protocol` says why
        super().__init__("persistlint", VERSION, types.TextDocumentSyncKind.Full, protocol_cls=Protocol)
        self.session = Session()
        self.pull = False

    def report_server_error(self, error: Exception, source: object) -> None:
        """Log what goes wrong here; upstream shows it to the user in a pop-up."""
        logger.error("%s: %s", getattr(source, "__name__", source), error)


server = Server()


def main() -> None:
    """Serve one editor over stdin and stdout until it goes away, then exit: with 0 after `shutdown`, else with 1."""
    logging.basicConfig(stream=sys.stderr, format="%(levelname)s %(name)s: %(message)s")
    logging.getLogger("pygls").setLevel(logging.ERROR)
    stdout = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # only messages go out through the real stdout; whatever else prints, prints to stderr
    sys.stdout = sys.stderr
    try:
        server.start_io(sys.stdin.buffer, stdout)
    finally:
        server.session.stop()
    sys.exit(server.protocol.exit_code)


@server.feature(types.INITIALIZE)
def initialize(server: Server, params: types.InitializeParams) -> None:
    folders = params.workspace_folders or ()
    if root := to_fs_path(folders[0].uri if folders else params.root_uri or ""):
        with suppress(OSError):
            os.chdir(root)  # what is skipped, and where untitled documents find their configuration, is relative to it
    documents = params.capabilities.text_document
    server.pull = bool(documents and documents.diagnostic)
    if not server.pull:
        server.protocol.fm.features.pop(types.TEXT_DOCUMENT_DIAGNOSTIC, None)
    if not can_show_documents(params.capabilities):
        server.protocol.fm.commands.pop(OPEN_DOCUMENTATION, None)
    if params.process_id:
        threading.Thread(target=end_with, args=(params.process_id, server.session.stop), daemon=True).start()


@server.feature(types.INITIALIZED)
def initialized(server: Server, params: types.InitializedParams) -> None:
    workspace = server.client_capabilities.workspace
    if workspace and workspace.did_change_watched_files and workspace.did_change_watched_files.dynamic_registration:
        options = types.DidChangeWatchedFilesRegistrationOptions(
            [types.FileSystemWatcher(f"**/{name}") for name in CONFIGURATION_FILES]
        )
        registration = types.Registration("configuration", types.WORKSPACE_DID_CHANGE_WATCHED_FILES, options)
        server.client_register_capability(types.RegistrationParams([registration]))


@server.feature(types.TEXT_DOCUMENT_DID_OPEN)
def did_open(server: Server, params: types.DidOpenTextDocumentParams) -> None:
    document = params.text_document
    server.session.open(document.uri, document.language_id, document.version, document.text)
    _push(server, document.uri)


@server.feature(types.TEXT_DOCUMENT_DID_CHANGE)
def did_change(server: Server, params: types.DidChangeTextDocumentParams) -> None:
    document = params.text_document
    for change in params.content_changes:
        server.session.change(document.uri, document.version, change.text)
    _push(server, document.uri)


@server.feature(types.TEXT_DOCUMENT_DID_CLOSE)
def did_close(server: Server, params: types.DidCloseTextDocumentParams) -> None:
    server.session.close(params.text_document.uri)
    _push(server, params.text_document.uri)


@server.feature(types.WORKSPACE_DID_CHANGE_WATCHED_FILES)
def did_change_watched_files(server: Server, params: types.DidChangeWatchedFilesParams) -> None:
    server.session.reload()
    workspace = server.client_capabilities.workspace
    if server.pull and workspace and workspace.diagnostics and workspace.diagnostics.refresh_support:
        server.workspace_diagnostic_refresh(None)
    for uri in server.session.uris:
        _push(server, uri)


@server.feature(
    types.TEXT_DOCUMENT_DIAGNOSTIC,
    types.DiagnosticOptions(identifier=convert.SOURCE, inter_file_dependencies=False, workspace_diagnostics=False),
)
async def diagnostic(
    server: Server, params: types.DocumentDiagnosticParams
) -> types.RelatedFullDocumentDiagnosticReport:
    outcome = await server.session.analyse(params.text_document.uri)
    return types.RelatedFullDocumentDiagnosticReport(_diagnostics(server, outcome))


@server.feature(
    types.TEXT_DOCUMENT_CODE_ACTION, types.CodeActionOptions(code_action_kinds=[types.CodeActionKind.QuickFix])
)
def code_action(server: Server, params: types.CodeActionParams) -> list[types.CodeAction]:
    document = server.session.document(params.text_document.uri)
    version = document.version if document else None
    return list(code_actions(params, version, server.client_capabilities))


@server.command(OPEN_DOCUMENTATION)
def open_documentation(server: Server, url: str) -> None:
    server.window_show_document(types.ShowDocumentParams(url, external=True))


def _push(server: Server, uri: str) -> None:
    """Send the diagnostics of a file that changed soon, if the client does not ask for them itself."""

    def publish(outcome: Outcome | None) -> None:
        diagnostics = _diagnostics(server, outcome)
        version = outcome.version if outcome else None
        server.text_document_publish_diagnostics(types.PublishDiagnosticsParams(uri, diagnostics, version))

    if not server.pull:
        server.session.schedule(uri, publish)


def _diagnostics(server: Server, outcome: Outcome | None) -> list[types.Diagnostic]:
    if outcome is None:
        return []
    encoding = types.PositionEncodingKind(server.workspace.position_encoding or "utf-16")
    return convert.diagnostics(outcome, encoding)
