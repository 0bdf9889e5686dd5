"""Code actions are made of what the diagnostics carry, and of nothing that is out of date or foreign."""

from __future__ import annotations

from typing import Any

import pytest
from lsprotocol import types

from persistlint.diagnostic import Applicability, Diagnostic, Edit, Fix, Related, Severity
from persistlint.engine import Report
from persistlint.source import Range, SourceFile
from persistlint_lsp import convert
from persistlint_lsp.actions import OPEN_DOCUMENTATION, code_actions
from persistlint_lsp.session import Outcome
from persistlint_lsp.worker import Analysis

URI = "file:///a.py"
SOURCE = SourceFile("/a.py", "é = query(x)\n".encode(), "python")
FOUND = Diagnostic(
    "interpolated-sql",
    "injection",
    Severity.WARNING,
    Range(11, 12),
    "The value becomes SQL.",
    help="Bind it.",
    related=(Related(Range(0, 2), "It comes from here."), Related(Range(0, 2), "And from there.", path="b.py")),
    fixes=(
        Fix("Bind it as a parameter", (Edit(Range(11, 12), "?"), Edit(Range(12, 12), ", x")), Applicability.SAFE),
        Fix("Quote it", (Edit(Range(11, 12), "quote(x)"),), Applicability.UNSAFE),
    ),
)
IGNORE = Edit(Range(13, 13), "  # persistlint: ignore[interpolated-sql]")


def diagnostic(ignore: Edit | None = IGNORE) -> types.Diagnostic:
    outcome = Outcome(URI, 7, SOURCE, Analysis(Report((FOUND,)), (ignore,)))
    return convert.diagnostics(outcome, types.PositionEncodingKind.Utf16)[0]


def client(*, document_changes: bool = False, show_document: bool = False) -> types.ClientCapabilities:
    return types.ClientCapabilities(
        workspace=types.WorkspaceClientCapabilities(
            workspace_edit=types.WorkspaceEditClientCapabilities(document_changes=document_changes)
        ),
        window=types.WindowClientCapabilities(show_document=types.ShowDocumentClientCapabilities(show_document)),
    )


def actions(
    *diagnostics: types.Diagnostic,
    only: list[str] | None = None,
    version: int = 7,
    capabilities: types.ClientCapabilities | None = None,
) -> list[types.CodeAction]:
    context = types.CodeActionContext(list(diagnostics), only=only)
    everywhere = types.Range(types.Position(0, 0), types.Position(9, 0))
    params = types.CodeActionParams(types.TextDocumentIdentifier(URI), everywhere, context)
    return list(code_actions(params, version, capabilities or client()))


def test_a_diagnostic_says_what_where_and_how_bad() -> None:
    found = diagnostic()
    assert (found.code, found.source, found.severity) == (
        "interpolated-sql",
        "persistlint",
        types.DiagnosticSeverity.Warning,
    )
    assert found.message == "The value becomes SQL.\nBind it."
    assert found.range == types.Range(types.Position(0, 10), types.Position(0, 11))


def test_related_places_of_the_same_file_are_told() -> None:
    (related,) = diagnostic().related_information or ()
    assert related.message == "It comes from here."
    assert related.location == types.Location(URI, types.Range(types.Position(0, 0), types.Position(0, 1)))


def test_every_fix_and_ignoring_is_offered() -> None:
    found = actions(diagnostic())
    assert [(action.title, action.is_preferred) for action in found] == [
        ("Bind it as a parameter", True),
        ("Quote it", None),
        ("Ignore `interpolated-sql` on this line", None),
    ]
    assert {action.kind for action in found} == {types.CodeActionKind.QuickFix}
    assert found[0].edit == types.WorkspaceEdit(
        changes={
            URI: [
                types.TextEdit(types.Range(types.Position(0, 10), types.Position(0, 11)), "?"),
                types.TextEdit(types.Range(types.Position(0, 11), types.Position(0, 11)), ", x"),
            ]
        }
    )


def test_edits_name_the_version_where_the_client_understands_it() -> None:
    edit = actions(diagnostic(), capabilities=client(document_changes=True))[0].edit
    assert edit
    (change,) = edit.document_changes or ()
    assert isinstance(change, types.TextDocumentEdit)
    assert (change.text_document.uri, change.text_document.version) == (URI, 7)


def test_edits_for_another_version_are_not_offered() -> None:
    assert actions(diagnostic(), version=8) == []


def test_where_no_comment_can_stand_ignoring_is_not_offered() -> None:
    assert [action.title for action in actions(diagnostic(ignore=None))] == ["Bind it as a parameter", "Quote it"]


@pytest.mark.parametrize(
    ("only", "count"), [([], 0), (["quickfix"], 3), ([""], 3), (["refactor"], 0), (["source", "quickfix"], 3)]
)
def test_only_the_kinds_that_are_asked_for(only: list[str], count: int) -> None:
    assert len(actions(diagnostic(), only=only)) == count


@pytest.mark.parametrize("data", [None, "text", [], {}, {"version": 7}, {"version": 7, "fixes": 3, "ignore": []}])
def test_data_that_got_lost_on_the_way_offers_nothing(data: Any) -> None:
    found = diagnostic()
    found.data = data
    assert actions(found) == []


def test_diagnostics_of_other_tools_are_left_alone() -> None:
    found = diagnostic()
    found.source = "ruff"
    assert actions(found) == []


def test_documentation_opens_where_the_client_can_show_it() -> None:
    found = diagnostic()
    found.code_description = types.CodeDescription("https://example.org/interpolated-sql")
    assert all(action.command is None for action in actions(found))
    command = actions(found, capabilities=client(show_document=True))[-1].command
    assert command
    assert (command.command, command.arguments) == (OPEN_DOCUMENTATION, ["https://example.org/interpolated-sql"])
