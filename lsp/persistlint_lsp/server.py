"""The language server: what arrives from the editor goes to the session, and what it finds is the answer."""

from __future__ import annotations

import asyncio
import logging
import os
import sys
import threading
from contextlib import suppress
from pathlib import Path
from typing import Any, BinaryIO, cast

from lsprotocol import types
from pygls.uris import to_fs_path

from persistlint.version import VERSION
from persistlint_lsp import convert
from persistlint_lsp.actions import (
    FIX_ALL,
    OPEN_DOCUMENTATION,
    can_resolve,
    can_show_documents,
    code_actions,
    is_lazy,
    is_wanted,
    resolve,
)
from persistlint_lsp.client import SECTION
from persistlint_lsp.connection import Server
from persistlint_lsp.hover import complete, hover
from persistlint_lsp.protocol import Headers, end_with
from persistlint_lsp.session import CONFIGURATION_FILES
from persistlint_lsp.workspace import Progress

# Where files may be that others are looked at with: `may_make_tables` tells which of them are.
PROJECT_FILES = ("*.sql", "migrations/**", "versions/**", "models/**", "models.py")
BASELINES = "*baseline*.json"  # one with another name is looked at with the next edit
_BATCH = 50  # files of one partial result

server = Server()


def main() -> None:
    """Serve one editor over stdin and stdout until it goes away, then exit: with 0 after `shutdown`, else with 1."""
    logging.basicConfig(stream=sys.stderr, format="%(levelname)s %(name)s: %(message)s")
    logging.getLogger("pygls").setLevel(logging.ERROR)
    stdout = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # only messages go out through the real stdout; whatever else prints, prints to stderr
    sys.stdout = sys.stderr
    try:
        server.start_io(cast("BinaryIO", Headers(sys.stdin.buffer)), stdout)
    finally:
        server.stop()
    sys.exit(server.protocol.exit_code)


@server.feature(types.INITIALIZE)
def initialize(server: Server, params: types.InitializeParams) -> None:
    folders = list(params.workspace_folders or ())
    if not folders and params.root_uri:
        folders = [types.WorkspaceFolder(params.root_uri, "root")]
    if folders and (root := to_fs_path(folders[0].uri)):
        with suppress(OSError):
            os.chdir(root)  # where untitled documents find their configuration
    session = server.session
    session.documents.encoding = types.PositionEncodingKind(server.workspace.position_encoding or "utf-16")
    session.folders.default = server.settings(params.initialization_options, Path.cwd())
    session.folders.add(folders)
    features = server.protocol.fm.features
    documents = params.capabilities.text_document
    server.pull = bool(documents and documents.diagnostic)
    if not server.pull:
        features.pop(types.TEXT_DOCUMENT_DIAGNOSTIC, None)
    if not server.pull or not session.folders.default.workspace_diagnostics:
        features.pop(types.WORKSPACE_DIAGNOSTIC, None)
    if not can_show_documents(params.capabilities):
        server.protocol.fm.commands.pop(OPEN_DOCUMENTATION, None)
    if not can_resolve(params.capabilities):
        features.pop(types.CODE_ACTION_RESOLVE, None)
    if params.process_id:
        threading.Thread(target=end_with, args=(params.process_id, server.stop), daemon=True).start()


@server.feature(types.INITIALIZED)
async def initialized(server: Server, params: types.InitializedParams) -> None:
    workspace = server.client_capabilities.workspace
    watched = workspace.did_change_watched_files if workspace else None
    if watched and watched.dynamic_registration:
        patterns = [types.FileSystemWatcher(f"**/{name}") for name in (*CONFIGURATION_FILES, *PROJECT_FILES, BASELINES)]
        server.register(
            types.WORKSPACE_DID_CHANGE_WATCHED_FILES, types.DidChangeWatchedFilesRegistrationOptions(patterns)
        )
    else:
        server.watching = asyncio.create_task(server.poll())
    changes = workspace.did_change_configuration if workspace else None
    if changes and changes.dynamic_registration:
        options = types.DidChangeConfigurationRegistrationOptions(SECTION)
        server.register(types.WORKSPACE_DID_CHANGE_CONFIGURATION, options)
    await server.ask_for_settings()


@server.feature(types.SHUTDOWN)
def shutdown(server: Server, params: None) -> None:
    server.stop()


@server.feature(types.TEXT_DOCUMENT_DID_OPEN)
def did_open(server: Server, params: types.DidOpenTextDocumentParams) -> None:
    server.session.documents.open(params.text_document)
    server.changed(params.text_document.uri)


@server.feature(types.TEXT_DOCUMENT_DID_CHANGE)
def did_change(server: Server, params: types.DidChangeTextDocumentParams) -> None:
    document = params.text_document
    server.session.documents.change(document.uri, document.version, params.content_changes)
    server.changed(document.uri)


@server.feature(types.TEXT_DOCUMENT_DID_SAVE)
async def did_save(server: Server, params: types.DidSaveTextDocumentParams) -> None:
    await server.refresh_dependents([params.text_document.uri])


@server.feature(types.TEXT_DOCUMENT_DID_CLOSE)
def did_close(server: Server, params: types.DidCloseTextDocumentParams) -> None:
    uri = params.text_document.uri
    server.session.documents.close(uri)
    server.session.close(uri)
    server.files.changed()
    if not server.pull:
        server.push(uri)


@server.feature(types.NOTEBOOK_DOCUMENT_DID_OPEN)
def notebook_did_open(server: Server, params: types.DidOpenNotebookDocumentParams) -> None:
    notebook = params.notebook_document
    server.session.documents.open_notebook(notebook.uri, notebook.cells, params.cell_text_documents)
    server.push(notebook.uri)


@server.feature(types.NOTEBOOK_DOCUMENT_DID_CHANGE)
def notebook_did_change(server: Server, params: types.DidChangeNotebookDocumentParams) -> None:
    uri = params.notebook_document.uri
    if params.change.cells:
        for cell in server.session.documents.change_notebook(uri, params.change.cells):
            server.clear(cell)
        server.push(uri)


@server.feature(types.NOTEBOOK_DOCUMENT_DID_CLOSE)
def notebook_did_close(server: Server, params: types.DidCloseNotebookDocumentParams) -> None:
    uri = params.notebook_document.uri
    for cell in server.session.documents.close_notebook(uri):
        server.clear(cell)
    server.session.close(uri)


@server.feature(types.WORKSPACE_DID_CHANGE_WATCHED_FILES)
async def did_change_watched_files(server: Server, params: types.DidChangeWatchedFilesParams) -> None:
    if any(change.uri.endswith(CONFIGURATION_FILES) for change in params.changes) or server.session.is_changed():
        server.refresh()
    await server.refresh_dependents(change.uri for change in params.changes)


@server.feature(types.WORKSPACE_DID_CHANGE_CONFIGURATION)
async def did_change_configuration(server: Server, params: types.DidChangeConfigurationParams) -> None:
    if not await server.ask_for_settings() and isinstance(params.settings, dict):
        table = params.settings.get(SECTION, params.settings)
        folders = server.session.folders
        folders.default = server.settings(table, Path.cwd())
        folders.settings = {folder: server.settings(table, folder) for folder in folders.settings}
        server.refresh()


@server.feature(types.WORKSPACE_DID_CHANGE_WORKSPACE_FOLDERS)
async def did_change_workspace_folders(server: Server, params: types.DidChangeWorkspaceFoldersParams) -> None:
    server.session.folders.remove(params.event.removed)
    server.session.folders.add(params.event.added)
    if not await server.ask_for_settings():
        server.refresh()


@server.feature(
    types.TEXT_DOCUMENT_DIAGNOSTIC,
    types.DiagnosticOptions(identifier=convert.SOURCE, inter_file_dependencies=False, workspace_diagnostics=False),
)
async def diagnostic(server: Server, params: types.DocumentDiagnosticParams) -> types.DocumentDiagnosticReport:
    uri = params.text_document.uri
    if server.session.documents.notebook_of(uri):
        return types.RelatedFullDocumentDiagnosticReport([])  # they are pushed
    outcome = await server.session.analyse(uri)
    if outcome and outcome.id == params.previous_result_id:
        return types.RelatedUnchangedDocumentDiagnosticReport(outcome.id)
    id = outcome.id if outcome else None
    return types.RelatedFullDocumentDiagnosticReport(server.diagnostics(outcome), result_id=id)


@server.feature(types.WORKSPACE_DIAGNOSTIC)
async def workspace_diagnostic(
    server: Server, params: types.WorkspaceDiagnosticParams
) -> types.WorkspaceDiagnosticReport:
    previous = {known.uri: known.value for known in params.previous_result_ids}
    await server.files.wait(previous)
    progress = Progress(server.progress, params.work_done_token)
    items: list[Any] = []
    async for report in server.files.reports(previous, server.client_capabilities, progress.report):
        items.append(report)
        if params.partial_result_token is not None and len(items) == _BATCH:
            partial = types.WorkspaceDiagnosticReportPartialResult(items)
            server.progress(types.ProgressParams(params.partial_result_token, partial))
            items = []
    progress.end()
    return types.WorkspaceDiagnosticReport(items)


@server.feature(
    types.TEXT_DOCUMENT_CODE_ACTION,
    types.CodeActionOptions([types.CodeActionKind.QuickFix, FIX_ALL], resolve_provider=True),
)
async def code_action(server: Server, params: types.CodeActionParams) -> list[types.CodeAction]:
    uri, session, client = params.text_document.uri, server.session, server.client_capabilities
    documents = session.documents
    notebook = documents.notebook_of(uri)
    is_asked_to_fix = params.context.only is not None and is_wanted(FIX_ALL, params.context.only)
    outcome = await session.analyse(uri) if is_asked_to_fix and not notebook else session.latest(notebook or uri)
    if outcome:
        outcome = await session.with_remedies(outcome)
    if outcome:
        outcome = await session.with_new_names(outcome)
    document = documents.get(uri)
    cell = next((cell for cell in documents.cells(notebook) if cell.uri == uri), None) if notebook else None
    if notebook and cell is None:
        outcome = None  # it is in another language than those that are read
    found = code_actions(params, document.version if document else None, outcome, documents.encoding, client, cell)
    if can_resolve(server.client_capabilities):
        return list(found)
    resolved = [await resolve(action, session, server.client_capabilities) for action in found]
    return [action for action in resolved if not is_lazy(action)]


@server.feature(types.CODE_ACTION_RESOLVE)
async def resolve_code_action(server: Server, action: types.CodeAction) -> types.CodeAction:
    resolved = await resolve(action, server.session, server.client_capabilities)
    if is_lazy(resolved):
        server.tell("Nothing can be changed here: the text is another one by now, or no comment can stand there.")
    return resolved


@server.feature(types.TEXT_DOCUMENT_HOVER)
async def show(server: Server, params: types.HoverParams) -> types.Hover | None:
    return await hover(server.session, params.text_document.uri, params.position)


@server.feature(types.TEXT_DOCUMENT_COMPLETION, types.CompletionOptions(trigger_characters=["[", ",", '"']))
def completion(server: Server, params: types.CompletionParams) -> list[types.CompletionItem]:
    return complete(server.session, params.text_document.uri, params.position)


@server.command(OPEN_DOCUMENTATION)
def open_documentation(server: Server, url: str) -> None:
    is_page = url.startswith("file:")  # which the editor can show itself
    server.window_show_document(types.ShowDocumentParams(url, external=not is_page, take_focus=True))


@server.command("persistlint.debugInformation")
def debug_information(server: Server) -> str:
    how = "pulled" if server.pull else "pushed"
    program = f"persistlint {VERSION}, {sys.executable}, Python {sys.version.split()[0]}, process {os.getpid()}"
    return "\n".join([program, f"diagnostics are {how}", *server.session.described()])
