"""The server as an editor sees it: a real process, the protocol over stdio."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator  # noqa: TC003  pytest-lsp reads the annotations of fixtures
from pathlib import Path  # noqa: TC003
from typing import Any

import pytest
import pytest_asyncio
import pytest_lsp
from lsprotocol import types
from pytest_lsp import ClientServerConfig, LanguageClient

from lsp.raw_client import QUERY, SERVER, environment
from persistlint.source import SourceFile
from persistlint_lsp.convert import LineIndex

EMOJI = """\
import sqlite3

def find(cursor: sqlite3.Cursor, x: str):
    "\U0001f60b"; cursor.execute(f"SELECT * FROM t WHERE a = '{x}'")
"""
COLUMN = {"utf-8": 57, "utf-16": 55, "utf-32": 54}  # of the hole in EMOJI
MULTILINE = '''\
import sqlite3

def find(cursor: sqlite3.Cursor, x: str):
    cursor.execute(f"""
        SELECT *
        FROM t
        WHERE a = '{x}'
          AND b = 1
    """)
'''


class Editor:
    """What tests do with a client."""

    def __init__(self, client: LanguageClient, *, pull: bool, encoding: str, root: Path) -> None:
        self.client, self.pull, self.encoding, self.root = client, pull, encoding, root
        self.texts: dict[str, tuple[int, str]] = {}
        self.refreshed = asyncio.Event()
        self.watched: list[types.Registration] = []
        self._published: dict[tuple[str, int | None], list[types.Diagnostic]] = {}
        self._news = asyncio.Event()
        handlers = {
            types.CLIENT_REGISTER_CAPABILITY: lambda params: self.watched.extend(params.registrations),
            types.WORKSPACE_DIAGNOSTIC_REFRESH: lambda _: self.refreshed.set(),
            types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS: lambda params: self._publish(params),
        }
        for method, handler in handlers.items():
            client.protocol.fm.features.pop(method, None)
            client.feature(method)(handler)

    def open(self, text: str, name: str = "a.py", language: str = "python") -> str:
        uri = name if ":" in name else (self.root / name).as_uri()
        self.texts[uri] = (1, text)
        document = types.TextDocumentItem(uri, language, 1, text)
        self.client.text_document_did_open(types.DidOpenTextDocumentParams(document))
        return uri

    def change(self, uri: str, text: str) -> None:
        version = self.texts[uri][0] + 1
        self.texts[uri] = (version, text)
        document = types.VersionedTextDocumentIdentifier(version, uri)
        everything = types.Range(types.Position(0, 0), types.Position(10**6, 0))
        change = types.TextDocumentContentChangePartial(everything, text)
        self.client.text_document_did_change(types.DidChangeTextDocumentParams(document, [change]))

    async def diagnostics(self, uri: str) -> list[types.Diagnostic]:
        """The diagnostics of the current text."""
        if self.pull:
            params = types.DocumentDiagnosticParams(types.TextDocumentIdentifier(uri))
            report = await self.client.text_document_diagnostic_async(params)
            assert isinstance(report, types.RelatedFullDocumentDiagnosticReport)
            return list(report.items)
        return await self.published(uri, self.texts[uri][0])

    async def published(self, uri: str, version: int | None) -> list[types.Diagnostic]:
        """The next diagnostics that are pushed for a version of a document."""
        async with asyncio.timeout(30):
            while (uri, version) not in self._published:
                self._news.clear()
                await self._news.wait()
        return self._published.pop((uri, version))

    async def codes(self, uri: str) -> list[Any]:
        return [diagnostic.code for diagnostic in await self.diagnostics(uri)]

    async def actions(self, uri: str, *diagnostics: types.Diagnostic) -> list[types.CodeAction]:
        params = types.CodeActionParams(
            types.TextDocumentIdentifier(uri), diagnostics[0].range, types.CodeActionContext(list(diagnostics))
        )
        found = await self.client.text_document_code_action_async(params)
        return [action for action in found or () if isinstance(action, types.CodeAction)]

    async def ignore(self, uri: str, diagnostic: types.Diagnostic) -> str:
        """Apply the ignore action, tell the server, and return the new text."""
        (action,) = (action for action in await self.actions(uri, diagnostic) if action.title.endswith("on this line"))
        if action.edit is None:
            action = await self.client.code_action_resolve_async(action)
        assert action.edit
        (change,) = action.edit.document_changes or ()
        assert isinstance(change, types.TextDocumentEdit)
        version, text = self.texts[uri]
        assert change.text_document.version == version
        (edit,) = change.edits
        assert isinstance(edit, types.TextEdit)
        assert edit.range.start == edit.range.end
        source = SourceFile("a.py", text.encode(), "python")
        offset = LineIndex(source, types.PositionEncodingKind(self.encoding)).offset(edit.range.start)
        self.change(uri, (source.content[:offset] + edit.new_text.encode() + source.content[offset:]).decode())
        return self.texts[uri][1]

    def _publish(self, params: types.PublishDiagnosticsParams) -> None:
        self._published[params.uri, params.version] = list(params.diagnostics)
        self._news.set()


@pytest_lsp.fixture(config=ClientServerConfig(server_command=SERVER, server_env=environment()))  # type: ignore[untyped-decorator]
async def client(lsp_client: LanguageClient) -> AsyncIterator[None]:
    """A client whose server is started and waits for `initialize`."""
    yield


# For what is the same in whatever way places are counted.
WAYS = pytest.mark.parametrize("editor", ["pull utf-16", "push utf-16"], indirect=True)


@pytest_asyncio.fixture(params=["pull utf-16", "pull utf-8", "push utf-16", "push utf-32"])
async def editor(request: pytest.FixtureRequest, client: LanguageClient, tmp_path: Path) -> AsyncIterator[Editor]:
    mode, encoding = request.param.split()
    pull = mode == "pull"
    capabilities = types.ClientCapabilities(
        general=types.GeneralClientCapabilities(position_encodings=[encoding]),
        workspace=types.WorkspaceClientCapabilities(
            workspace_edit=types.WorkspaceEditClientCapabilities(document_changes=True),
            diagnostics=types.DiagnosticWorkspaceClientCapabilities(refresh_support=True),
            did_change_watched_files=types.DidChangeWatchedFilesClientCapabilities(dynamic_registration=True),
        ),
        text_document=types.TextDocumentClientCapabilities(
            diagnostic=types.DiagnosticClientCapabilities() if pull else None,
            publish_diagnostics=types.PublishDiagnosticsClientCapabilities(version_support=True),
            code_action=types.CodeActionClientCapabilities(
                data_support=True, resolve_support=types.ClientCodeActionResolveOptions(["edit"])
            )
            if pull
            else None,
        ),
    )
    editor = Editor(client, pull=pull, encoding=encoding, root=tmp_path)
    result = await client.initialize_session(
        types.InitializeParams(capabilities=capabilities, root_uri=tmp_path.as_uri())
    )
    assert bool(result.capabilities.diagnostic_provider) == pull
    assert result.capabilities.position_encoding == encoding
    yield editor
    await client.shutdown_session()


async def test_a_query_is_reported_at_its_place(editor: Editor) -> None:
    (found,) = await editor.diagnostics(editor.open(EMOJI))
    assert (found.code, found.source, found.severity) == (
        "interpolated-sql",
        "persistlint",
        types.DiagnosticSeverity.Error,
    )
    start = COLUMN[editor.encoding]
    assert found.range == types.Range(types.Position(3, start), types.Position(3, start + 1))


async def test_ignoring_a_line_silences_it(editor: Editor) -> None:
    uri = editor.open(EMOJI)
    (found,) = await editor.diagnostics(uri)
    text = await editor.ignore(uri, found)
    assert text.split("\n")[3].endswith("{x}'\")  # persistlint: ignore[interpolated-sql]")
    assert await editor.codes(uri) == []


async def test_ignoring_a_line_of_a_long_string_silences_it(editor: Editor) -> None:
    uri = editor.open(MULTILINE)
    (found,) = await editor.diagnostics(uri)
    text = await editor.ignore(uri, found)
    assert text.split("\n")[6] == "        WHERE a = '{x}'  -- persistlint: ignore[interpolated-sql]"
    assert await editor.codes(uri) == []


async def test_an_edit_is_analysed(editor: Editor) -> None:
    uri = editor.open("x = 1\n")
    assert await editor.codes(uri) == []
    editor.change(uri, QUERY)
    assert await editor.codes(uri) == ["interpolated-sql"]
    editor.change(uri, "")
    assert await editor.codes(uri) == []


@WAYS
async def test_a_changed_configuration_holds_at_the_next_edit(editor: Editor) -> None:
    uri = editor.open(QUERY)
    assert await editor.codes(uri) == ["interpolated-sql"]
    configuration = editor.root / "persistlint.toml"
    configuration.write_text('ignore = ["interpolated-sql"]\n')
    editor.change(uri, QUERY + "\n")
    assert await editor.codes(uri) == []
    configuration.unlink()
    editor.change(uri, QUERY)
    assert await editor.codes(uri) == ["interpolated-sql"]


@WAYS
async def test_a_watched_configuration_holds_at_once(editor: Editor) -> None:
    uri = editor.open(QUERY)
    assert await editor.codes(uri) == ["interpolated-sql"]
    configuration = editor.root / "persistlint.toml"
    configuration.write_text('ignore = ["interpolated-sql"]\n')
    assert [registration.method for registration in editor.watched] == ["workspace/didChangeWatchedFiles"]
    event = types.FileEvent(configuration.as_uri(), types.FileChangeType.Created)
    editor.client.workspace_did_change_watched_files(types.DidChangeWatchedFilesParams([event]))
    if editor.pull:
        await asyncio.wait_for(editor.refreshed.wait(), 30)
    assert await editor.codes(uri) == []


@WAYS
async def test_what_the_baseline_knows_is_not_shown(editor: Editor) -> None:
    path = editor.root / "a.py"
    path.write_text(QUERY)
    baseline = editor.root / "persistlint-baseline.json"
    (editor.root / "persistlint.toml").write_text(f'baseline = "{baseline.name}"\n')
    command = [sys.executable, "-m", "persistlint", "baseline"]
    subprocess.run(command, cwd=editor.root, env=environment(), check=True, capture_output=True)
    uri = editor.open(QUERY)
    assert await editor.codes(uri) == []
    editor.change(uri, QUERY + QUERY.splitlines()[-1].replace("FROM t", "FROM u") + "\n")
    (new,) = await editor.diagnostics(uri)
    assert new.range.start.line == len(QUERY.splitlines())
    titles = [action.title for action in await editor.actions(uri, new)]
    assert titles
    baseline.unlink()
    event = types.FileEvent(baseline.as_uri(), types.FileChangeType.Deleted)
    editor.client.workspace_did_change_watched_files(types.DidChangeWatchedFilesParams([event]))
    if editor.pull:
        await asyncio.wait_for(editor.refreshed.wait(), 30)
    assert await editor.codes(uri) == ["interpolated-sql", "interpolated-sql"]


@WAYS
async def test_a_wrong_configuration_silences_until_it_is_right(editor: Editor) -> None:
    configuration = editor.root / "persistlint.toml"
    configuration.write_text("select = 3\n")
    uri = editor.open(QUERY)
    if editor.pull:
        assert await editor.codes(uri) == []
    else:
        assert await editor.published(uri, None) == []
    configuration.unlink()
    editor.change(uri, QUERY)
    assert await editor.codes(uri) == ["interpolated-sql"]


@WAYS
async def test_an_excluded_file_has_no_diagnostics(editor: Editor) -> None:
    (editor.root / "persistlint.toml").write_text('exclude = ["generated"]\n')
    uri = editor.open(QUERY, "generated/a.py")
    assert (await editor.codes(uri) if editor.pull else await editor.published(uri, None)) == []


@WAYS
async def test_closing_a_file_takes_its_diagnostics_away(editor: Editor) -> None:
    uri = editor.open(QUERY)
    assert await editor.codes(uri) == ["interpolated-sql"]
    params = types.DidCloseTextDocumentParams(types.TextDocumentIdentifier(uri))
    editor.client.text_document_did_close(params)
    assert (await editor.codes(uri) if editor.pull else await editor.published(uri, None)) == []
