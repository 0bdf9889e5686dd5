"""Code actions, made of nothing but what the diagnostics in the request carry: see `convert.diagnostic`."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

from lsprotocol import types

from persistlint_lsp.convert import SOURCE

if TYPE_CHECKING:
    from collections.abc import Iterator

OPEN_DOCUMENTATION = "persistlint.openDocumentation"


def code_actions(
    params: types.CodeActionParams, version: int | None, client: types.ClientCapabilities
) -> Iterator[types.CodeAction]:
    """For every diagnostic: its fixes, ignoring it, and its documentation. `version` is that of the current text;
    edits of another one are left out, for they would hit the wrong place."""
    only = params.context.only
    if only is not None and not any(kind in ("", types.CodeActionKind.QuickFix) for kind in only):
        return
    for diagnostic in params.context.diagnostics:
        if diagnostic.source == SOURCE:
            with suppress(KeyError, TypeError):  # not every client hands `data` back whole
                yield from _edits(diagnostic, params.text_document.uri, version, client)
            yield from _documentation(diagnostic, client)


def _edits(
    diagnostic: types.Diagnostic, uri: str, version: int | None, client: types.ClientCapabilities
) -> Iterator[types.CodeAction]:
    data = diagnostic.data
    if not isinstance(data, dict) or data.get("version") != version:
        return
    for fix in data["fixes"]:
        yield types.CodeAction(
            title=fix["title"],
            kind=types.CodeActionKind.QuickFix,
            diagnostics=[diagnostic],
            is_preferred=fix["safe"] or None,
            edit=_workspace_edit(fix["edits"], uri, version, client),
        )
    if data["ignore"]:
        yield types.CodeAction(
            title=f"Ignore `{diagnostic.code}` on this line",
            kind=types.CodeActionKind.QuickFix,
            diagnostics=[diagnostic],
            edit=_workspace_edit(data["ignore"], uri, version, client),
        )


def _documentation(diagnostic: types.Diagnostic, client: types.ClientCapabilities) -> Iterator[types.CodeAction]:
    if diagnostic.code_description and can_show_documents(client):
        title = f"Open documentation of `{diagnostic.code}`"
        yield types.CodeAction(
            title=title,
            kind=types.CodeActionKind.QuickFix,
            diagnostics=[diagnostic],
            command=types.Command(title, OPEN_DOCUMENTATION, arguments=[diagnostic.code_description.href]),
        )


def can_show_documents(client: types.ClientCapabilities) -> bool:
    """Whether the client opens a page in the browser when it is asked to."""
    return bool(client.window and client.window.show_document and client.window.show_document.support)


def _workspace_edit(
    edits: list[dict[str, Any]], uri: str, version: int | None, client: types.ClientCapabilities
) -> types.WorkspaceEdit:
    changes = [
        types.TextEdit(
            types.Range(types.Position(**edit["range"]["start"]), types.Position(**edit["range"]["end"])),
            edit["newText"],
        )
        for edit in edits
    ]
    workspace = client.workspace
    if workspace and workspace.workspace_edit and workspace.workspace_edit.document_changes:
        document = types.OptionalVersionedTextDocumentIdentifier(uri=uri, version=version)
        return types.WorkspaceEdit(document_changes=[types.TextDocumentEdit(document, changes)])
    return types.WorkspaceEdit(changes={uri: changes})
