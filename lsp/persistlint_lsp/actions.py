"""Code actions. The fixes are those of the last analysis, if it was of the current text; what takes another one is
offered at once and worked out when it is chosen: see `resolve`."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from lsprotocol import types

from persistlint.diagnostic import Applicability
from persistlint.fixes.converge import applicable
from persistlint.rules import SUPPRESSIONS, group_of
from persistlint_lsp.convert import SOURCE, LineIndex, index_of, text_edits
from persistlint_lsp.tasks import fix_all, ignore_file, ignore_line

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from persistlint.diagnostic import Edit, Fix
    from persistlint_lsp.documents import Cell
    from persistlint_lsp.session import Outcome, Session

OPEN_DOCUMENTATION = "persistlint.openDocumentation"
FIX_ALL = f"{types.CodeActionKind.SourceFixAll.value}.{SOURCE}"


def code_actions(
    params: types.CodeActionParams,
    version: int | None,
    outcome: Outcome | None,
    encoding: types.PositionEncodingKind,
    client: types.ClientCapabilities,
    cell: Cell | None = None,
) -> Iterator[types.CodeAction]:
    """For every diagnostic: its fixes, ignoring it, and its documentation; and fixing all that is safe to fix.

    `version` is that of the current text. `outcome` is its analysis with remedies, None if there is none yet: no edit
    of another text is offered, for it would hit the wrong place. `cell` is the document if it is one of a notebook,
    which was analysed whole; then nothing is offered for all of it.
    """
    uri, only = params.text_document.uri, params.context.only
    if is_wanted(types.CodeActionKind.QuickFix.value, only):
        mine = [diagnostic for diagnostic in params.context.diagnostics if diagnostic.source == SOURCE]
        if outcome:
            index = index_of(outcome, encoding, cell)
            for diagnostic in mine:
                yield from _fixes(diagnostic, uri, version, outcome, index, client)
        for diagnostic in _first_of_rules(mine):
            yield from _for_rule(diagnostic, uri, version, outcome if cell is None else None)
        for diagnostic in _first_of_rules(mine):
            yield from _documentation(diagnostic, client)
    if outcome and cell is None and is_wanted(FIX_ALL, only) and _fixable(outcome):
        yield _lazy("Fix all that persistlint can fix safely", FIX_ALL, None, uri, version, "fix")


def is_wanted(kind: str, only: Sequence[types.CodeActionKind | str] | None) -> bool:
    """Whether actions of a kind were asked for."""
    wanted = [str(getattr(asked, "value", asked)) for asked in only] if only is not None else [""]
    return any(asked in ("", kind) or kind.startswith(f"{asked}.") for asked in wanted)


def is_lazy(action: types.CodeAction) -> bool:
    """Whether an action is still to be worked out."""
    return action.edit is None and isinstance(action.data, dict)


async def resolve(action: types.CodeAction, session: Session, client: types.ClientCapabilities) -> types.CodeAction:
    """Work out the edit of an action. It stays without one if the text changed since it was offered, or if there is
    nothing to write: no comment can stand there. Raises `WorkerError`."""
    data = action.data
    if action.edit is not None or not isinstance(data, dict):
        return action
    if (document := session.documents.get(data.get("uri", ""))) is None:
        return action
    settings = session.settings(document.path)
    if document.version != data.get("version") or document.source is None or settings is None:
        return action
    source, rule, line = document.source, data.get("rule"), data.get("line")
    index = LineIndex(source, session.documents.encoding)
    edits: Sequence[Edit | None] = ()
    match data.get("do"):
        case "fix":
            edits = await session.worker.call(fix_all, source, settings, rule)
        case "ignore file" if isinstance(rule, str):
            edits = [await session.worker.call(ignore_file, source, rule)]
        case "ignore line" if isinstance(rule, str) and isinstance(line, int):
            offset = index.offset(types.Position(line, 0))
            edits = [await session.worker.call(ignore_line, source, rule, offset)]
    if changes := [edit for edit in edits if edit is not None]:
        action.edit = _workspace_edit(text_edits(changes, index), document.uri, document.version, client)
    return action


def _first_of_rules(diagnostics: Sequence[types.Diagnostic]) -> Iterator[types.Diagnostic]:
    yield from {diagnostic.code: diagnostic for diagnostic in reversed(diagnostics)}.values()


def _fixes(
    diagnostic: types.Diagnostic,
    uri: str,
    version: int | None,
    outcome: Outcome,
    index: LineIndex,
    client: types.ClientCapabilities,
) -> Iterator[types.CodeAction]:
    alike = (found for found in outcome.report.diagnostics if found.rule == diagnostic.code)
    same = next((found for found in alike if index.range(found.range) == diagnostic.range), None)
    for fix in same.fixes if same else ():
        if fix.creates and not _can_create(client):
            continue
        edits = text_edits(fix.edits, index)
        if all(index.holds(edit.range) for edit in edits):
            yield types.CodeAction(
                title=fix.title,
                kind=types.CodeActionKind.QuickFix,
                diagnostics=[diagnostic],
                is_preferred=fix.applicability is Applicability.SAFE or None,
                edit=_with_new_files(fix, uri) if fix.creates else _workspace_edit(edits, uri, version, client),
            )


def _can_create(client: types.ClientCapabilities) -> bool:
    """Whether the client makes new files. They stand among `documentChanges`, which Neovim takes without saying so."""
    support = client.workspace.workspace_edit if client.workspace else None
    operations = support.resource_operations if support else None
    return types.ResourceOperationKind.Create in (operations or ())


def _with_new_files(fix: Fix, uri: str) -> types.WorkspaceEdit:
    """The new files of a fix, each made where none is of its name, and filled."""
    changes: list[types.CreateFile | types.TextDocumentEdit] = []
    # Up to a line that is not there: an empty file of Neovim has one, which would stay behind the text.
    everything = types.Range(types.Position(0, 0), types.Position(1, 0))
    for new in fix.creates:
        scheme, _, path = uri.partition("://")
        own = f"{scheme}://{replace(new, name=quote(new.name)).path_beside(path)}"
        document = types.OptionalVersionedTextDocumentIdentifier(uri=own, version=None)
        changes.append(types.CreateFile(own, options=types.CreateFileOptions(overwrite=False, ignore_if_exists=False)))
        changes.append(types.TextDocumentEdit(document, [types.TextEdit(everything, new.text)]))
    return types.WorkspaceEdit(document_changes=changes)


def _for_rule(
    diagnostic: types.Diagnostic, uri: str, version: int | None, outcome: Outcome | None
) -> Iterator[types.CodeAction]:
    rule, kind = str(diagnostic.code), types.CodeActionKind.QuickFix.value
    if outcome and _fixable(outcome, rule) > 1:
        yield _lazy(f"Fix all `{rule}` in this file", kind, diagnostic, uri, version, "fix")
    if group_of(rule) == SUPPRESSIONS:
        return  # a comment about comments helps nobody
    yield _lazy(f"Ignore `{rule}` on this line", kind, diagnostic, uri, version, "ignore line")
    if outcome:
        yield _lazy(f"Ignore `{rule}` in this file", kind, diagnostic, uri, version, "ignore file")


def _fixable(outcome: Outcome, rule: str | None = None) -> int:
    """How many diagnostics, of one rule or of all, have a safe fix."""
    return sum(applicable(found) is not None for found in outcome.report.diagnostics if rule in (None, found.rule))


def _lazy(
    title: str, kind: str, diagnostic: types.Diagnostic | None, uri: str, version: int | None, what: str
) -> types.CodeAction:
    data: dict[str, Any] = {"do": what, "uri": uri, "version": version}
    if diagnostic:
        data |= {"rule": diagnostic.code, "line": diagnostic.range.start.line}
    return types.CodeAction(title, kind, [diagnostic] if diagnostic else None, data=data)


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
    """Whether the client opens a page when it is asked to."""
    return bool(client.window and client.window.show_document and client.window.show_document.support)


def can_resolve(client: types.ClientCapabilities) -> bool:
    """Whether the client asks for the edit of an action when it is chosen."""
    actions = client.text_document.code_action if client.text_document else None
    support = actions.resolve_support if actions else None
    return bool(actions and actions.data_support and support and "edit" in support.properties)


def _workspace_edit(
    edits: list[types.TextEdit], uri: str, version: int | None, client: types.ClientCapabilities
) -> types.WorkspaceEdit:
    workspace = client.workspace
    if workspace and workspace.workspace_edit and workspace.workspace_edit.document_changes:
        document = types.OptionalVersionedTextDocumentIdentifier(uri=uri, version=version)
        return types.WorkspaceEdit(document_changes=[types.TextDocumentEdit(document, edits)])
    return types.WorkspaceEdit(changes={uri: edits})
