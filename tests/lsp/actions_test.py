"""Code actions are made of the last analysis, and of nothing that is out of date or foreign."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from lsprotocol import types

from persistlint.diagnostic import Applicability, Diagnostic, Edit, Fix, NewFile, Related, Severity
from persistlint.engine import Report
from persistlint.settings import Settings
from persistlint.source import Range, SourceFile
from persistlint_lsp import convert
from persistlint_lsp.actions import OPEN_DOCUMENTATION, code_actions
from persistlint_lsp.session import Outcome

if TYPE_CHECKING:
    from pathlib import Path

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


def outcome(*found: Diagnostic) -> Outcome:
    return Outcome(URI, 7, SOURCE, Settings(frozenset()), Report(found), "1")


def client(
    *,
    document_changes: bool = False,
    show_document: bool = False,
    rich: bool = True,
    resolve: bool = False,
    creates: bool = False,
) -> types.ClientCapabilities:
    return types.ClientCapabilities(
        workspace=types.WorkspaceClientCapabilities(
            workspace_edit=types.WorkspaceEditClientCapabilities(
                document_changes=document_changes,
                resource_operations=[types.ResourceOperationKind.Create] if creates else None,
            )
        ),
        window=types.WindowClientCapabilities(show_document=types.ShowDocumentClientCapabilities(show_document)),
        text_document=types.TextDocumentClientCapabilities(
            publish_diagnostics=types.PublishDiagnosticsClientCapabilities(
                related_information=rich,
                code_description_support=rich,
                tag_support=types.ClientDiagnosticsTagOptions([types.DiagnosticTag.Unnecessary]) if rich else None,
            ),
            code_action=types.CodeActionClientCapabilities(
                data_support=True, resolve_support=types.ClientCodeActionResolveOptions(["edit"])
            )
            if resolve
            else None,
        ),
    )


def diagnostic(found: Diagnostic = FOUND, *, rich: bool = True) -> types.Diagnostic:
    return convert.diagnostics(outcome(found), types.PositionEncodingKind.Utf16, client(rich=rich))[0]


def actions(
    *diagnostics: types.Diagnostic,
    only: list[str] | None = None,
    version: int = 7,
    capabilities: types.ClientCapabilities | None = None,
    analysed: Outcome | None = None,
    uri: str = URI,
) -> list[types.CodeAction]:
    context = types.CodeActionContext(list(diagnostics), only=only)
    everywhere = types.Range(types.Position(0, 0), types.Position(9, 0))
    params = types.CodeActionParams(types.TextDocumentIdentifier(uri), everywhere, context)
    encoding = types.PositionEncodingKind.Utf16
    return list(code_actions(params, version, analysed, encoding, capabilities or client()))


def titles(found: list[types.CodeAction]) -> list[str]:
    return [action.title for action in found]


def test_a_diagnostic_says_what_where_and_how_bad() -> None:
    found = diagnostic()
    assert (found.code, found.source, found.severity) == (
        "interpolated-sql",
        "persistlint",
        types.DiagnosticSeverity.Warning,
    )
    assert found.message == "The value becomes SQL.\nBind it."
    assert found.range == types.Range(types.Position(0, 10), types.Position(0, 11))


def test_related_places_are_told_in_the_lines_of_their_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "b.py").write_text("\nx = 1\n")
    here, there = diagnostic().related_information or ()
    assert here.message == "It comes from here."
    assert here.location == types.Location(URI, types.Range(types.Position(0, 0), types.Position(0, 1)))
    assert there.message == "And from there."
    place = types.Range(types.Position(0, 0), types.Position(1, 1))
    assert there.location == types.Location((tmp_path / "b.py").as_uri(), place)


def test_related_places_are_part_of_the_message_for_a_client_that_knows_none() -> None:
    found = diagnostic(rich=False)
    assert found.related_information is None
    assert found.message == (
        "The value becomes SQL.\nBind it.\nIt comes from here. (line 1)\nAnd from there. (b.py, line 1)"
    )


@pytest.mark.parametrize("rich", [True, False])
def test_what_can_go_is_faded(rich: bool) -> None:
    unused = replace(FOUND, rule="unused-suppression")
    assert diagnostic(unused, rich=rich).tags == ([types.DiagnosticTag.Unnecessary] if rich else None)
    assert diagnostic(rich=rich).tags is None


@pytest.mark.parametrize("rich", [True, False])
def test_the_page_of_a_rule_is_named(rich: bool) -> None:
    described = diagnostic(rich=rich).code_description
    assert (described.href if described else "").endswith("/interpolated-sql.md" if rich else "")


def test_every_fix_and_ignoring_is_offered() -> None:
    found = actions(diagnostic(), analysed=outcome(FOUND), only=["quickfix"])
    assert [(action.title, action.is_preferred) for action in found] == [
        ("Bind it as a parameter", True),
        ("Quote it", None),
        ("Ignore `interpolated-sql` on this line", None),
        ("Ignore `interpolated-sql` in this file", None),
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
    edit = actions(diagnostic(), capabilities=client(document_changes=True), analysed=outcome(FOUND))[0].edit
    assert edit
    (change,) = edit.document_changes or ()
    assert isinstance(change, types.TextDocumentEdit)
    assert (change.text_document.uri, change.text_document.version) == (URI, 7)


def test_edits_are_not_offered_before_the_text_was_analysed() -> None:
    assert titles(actions(diagnostic(), version=8)) == ["Ignore `interpolated-sql` on this line"]


def test_a_diagnostic_of_another_text_gets_no_edits() -> None:
    moved = replace(FOUND, range=Range(0, 2))
    assert titles(actions(diagnostic(moved), analysed=outcome(FOUND)))[0] == "Ignore `interpolated-sql` on this line"


def test_a_comment_about_a_comment_is_not_offered() -> None:
    assert actions(diagnostic(replace(FOUND, rule="unused-suppression", fixes=()))) == []


def test_all_of_a_rule_can_be_fixed_where_there_are_several() -> None:
    title = "Fix all `interpolated-sql` in this file"
    assert title not in titles(actions(diagnostic(), analysed=outcome(FOUND)))
    assert title in titles(actions(diagnostic(), analysed=outcome(FOUND, FOUND)))


def test_all_can_be_fixed_where_a_fix_is_safe() -> None:
    unsafe = replace(FOUND, fixes=FOUND.fixes[1:])
    kinds = [action.kind for action in actions(only=["source"], analysed=outcome(FOUND))]
    assert kinds == ["source.fixAll.persistlint"]
    assert actions(only=["source"], analysed=outcome(unsafe)) == []


@pytest.mark.parametrize(
    ("only", "quick", "source"),
    [
        ([], 0, 0),
        (["quickfix"], 4, 0),
        ([""], 4, 1),
        (None, 4, 1),
        (["refactor"], 0, 0),
        (["source"], 0, 1),
        (["source.fixAll"], 0, 1),
        (["source.fixAll.persistlint"], 0, 1),
        (["source.fixAll.ruff"], 0, 0),
        (["source.fixAll.persist"], 0, 0),
        (["source", "quickfix"], 4, 1),
    ],
)
def test_only_the_kinds_that_are_asked_for(only: list[str] | None, quick: int, source: int) -> None:
    found = [action.kind for action in actions(diagnostic(), only=only, analysed=outcome(FOUND))]
    assert (found.count(types.CodeActionKind.QuickFix), len(found)) == (quick, quick + source)


def test_diagnostics_of_other_tools_are_left_alone() -> None:
    found = diagnostic()
    found.source = "ruff"
    assert actions(found) == []


def test_documentation_opens_where_the_client_can_show_it() -> None:
    found = diagnostic()
    found.code_description = types.CodeDescription("https://example.org/interpolated-sql")
    assert all(action.command is None for action in actions(found))
    (command,) = (
        action.command for action in actions(found, capabilities=client(show_document=True)) if action.command
    )
    assert (command.command, command.arguments) == (OPEN_DOCUMENTATION, ["https://example.org/interpolated-sql"])


@pytest.mark.parametrize(
    ("name", "uri"),
    [
        ("00002_index it.sql", "file:///c%3A/sql/1_a/00002_index%20it.sql"),
        ("../2_index it/migration.sql", "file:///c%3A/sql/2_index%20it/migration.sql"),
    ],
    ids=["beside it", "in a folder of its own"],
)
def test_a_new_file_is_offered_to_who_can_make_one(name: str, uri: str) -> None:
    new = NewFile(name, "CREATE INDEX a ON b (c);\n")
    found = replace(FOUND, fixes=(Fix("Index it in a new migration", (), Applicability.UNSAFE, (new,)),))
    for unable in (client(), client(document_changes=True)):
        offered = actions(diagnostic(found), only=["quickfix"], capabilities=unable, analysed=outcome(found))
        assert not [action for action in offered if action.edit]
    able, own = client(creates=True), "file:///c%3A/sql/1_a/a.sql"
    offered = actions(diagnostic(found), only=["quickfix"], capabilities=able, analysed=outcome(found), uri=own)
    (action,) = [action for action in offered if action.edit]
    assert action.edit is not None
    made, filled = action.edit.document_changes or ()
    assert isinstance(made, types.CreateFile)
    assert isinstance(filled, types.TextDocumentEdit)
    assert made.uri == filled.text_document.uri == uri
    assert made.options == types.CreateFileOptions(overwrite=False, ignore_if_exists=False)
    assert [edit.new_text for edit in filled.edits if isinstance(edit, types.TextEdit)] == [new.text]
