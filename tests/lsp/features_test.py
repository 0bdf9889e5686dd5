"""What an editor can ask for, and what it is told without asking."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from lsp.raw_client import QUERY, RawClient

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

URI = "untitled:query"
UNUSED = "x = 1  # persistlint: ignore[interpolated-sql]\n"
RESOLVE = {"codeAction": {"dataSupport": True, "resolveSupport": {"properties": ["edit"]}}, "diagnostic": {}}


@pytest.fixture
def client() -> Iterator[RawClient]:
    with RawClient() as client:
        yield client


@pytest.fixture(scope="module")
def shared() -> Iterator[RawClient]:
    """A server without a folder, for what leaves nothing behind."""
    with RawClient() as client:
        client.initialize(capabilities={"textDocument": RESOLVE})
        yield client


def hovered(client: RawClient, text: str, uri: str = URI, language: str = "python") -> str | None:
    """What is shown at the `|` of a text."""
    before, after = text.split("|")
    client.open(before + after, uri, language)
    position = {"line": before.count("\n"), "character": len(before.split("\n")[-1])}
    found = client.call("textDocument/hover", {"textDocument": {"uri": uri}, "position": position})
    return str(found["contents"]["value"]) if found else None


def completed(client: RawClient, text: str, uri: str = URI, language: str = "python") -> dict[str, Any]:
    before, after = text.split("|")
    client.open(before + after, uri, language)
    position = {"line": before.count("\n"), "character": len(before.split("\n")[-1])}
    found = client.call("textDocument/completion", {"textDocument": {"uri": uri}, "position": position})
    return {item["label"]: item for item in found}


def report(client: RawClient, uri: str = URI, previous: str | None = None) -> Any:
    return client.call("textDocument/diagnostic", {"textDocument": {"uri": uri}, "previousResultId": previous})


def actions(client: RawClient, uri: str = URI, only: list[str] | None = None) -> dict[str, Any]:
    """The actions for all diagnostics of a document, worked out, by title."""
    found = report(client, uri)["items"]
    context = {"diagnostics": found, **({"only": only} if only else {})}
    everything = {"start": {"line": 0, "character": 0}, "end": {"line": 999, "character": 0}}
    params = {"textDocument": {"uri": uri}, "range": everything, "context": context}
    offered = client.call("textDocument/codeAction", params)
    return {action["title"]: client.call("codeAction/resolve", action) for action in offered}


def edits(action: dict[str, Any], uri: str = URI) -> list[tuple[int, int, int, int, str]]:
    return [
        (
            *(edit["range"][place][key] for place in ("start", "end") for key in ("line", "character")),
            edit["newText"],
        )
        for edit in action["edit"]["changes"][uri]
    ]


def test_the_server_offers_what_it_can(client: RawClient) -> None:
    can = client.initialize(
        capabilities={"textDocument": RESOLVE, "notebookDocument": {"synchronization": {}}},
        initializationOptions={"workspaceDiagnostics": True},
    )
    assert can["diagnosticProvider"] == {
        "identifier": "persistlint",
        "interFileDependencies": False,
        "workspaceDiagnostics": True,
    }
    assert can["codeActionProvider"] == {
        "codeActionKinds": ["quickfix", "source.fixAll.persistlint"],
        "resolveProvider": True,
    }
    assert can["textDocumentSync"] == {"openClose": True, "change": 2, "save": True}
    assert can["hoverProvider"] is True
    assert can["completionProvider"]["triggerCharacters"] == ["[", ",", '"']
    assert can["executeCommandProvider"] == {"commands": ["persistlint.debugInformation"]}
    assert can["notebookDocumentSync"]["notebookSelector"]


def test_what_is_known_already_is_not_sent_again(shared: RawClient) -> None:
    shared.open(QUERY)
    first = report(shared)
    assert first["kind"] == "full"
    assert report(shared, previous=first["resultId"]) == {"kind": "unchanged", "resultId": first["resultId"]}
    shared.insert(2, 0, "\n")
    assert report(shared, previous=first["resultId"])["kind"] == "full"


def test_a_rule_is_explained_where_a_comment_names_it(shared: RawClient) -> None:
    shown = hovered(shared, "x = 1  # persistlint: ignore[interpolated|-sql]\n")
    assert shown
    assert shown.startswith("**interpolated-sql** (injection, error, on by default)")
    assert "A value that becomes part of the text" in shown
    group = hovered(shared, "x = 1  # persistlint: ignore[injec|tion]\n")
    assert group
    assert "`interpolated-sql`" in group
    assert hovered(shared, "x = 1  # persistlint: ignore[no-such|]\n") is None


def test_keys_and_rules_of_a_configuration_are_explained(shared: RawClient) -> None:
    uri = "file:///project/persistlint.toml"
    assert hovered(shared, "ign|ore = []\n", uri, "toml") == "Rules that do not run."
    shown = hovered(shared, "ignore = ['interpolated|-sql']\n", uri, "toml")
    assert shown
    assert shown.startswith("**interpolated-sql**")
    assert hovered(shared, "ign|ore = []\n", "file:///project/other.toml", "toml") is None


def test_a_query_is_laid_out(shared: RawClient) -> None:
    text = QUERY.replace("* FROM t WHERE a = '{x}'", "a, b FROM t W|HERE a = '{x}' AND b = ? AND c = :n")
    assert hovered(shared, text) == ("```sql\nSELECT\n  a,\n  b\nFROM t\nWHERE\n  a = '{x}' AND b = ? AND c = :n\n```")


def test_a_query_that_is_made_elsewhere_is_laid_out_there(shared: RawClient) -> None:
    text = QUERY.replace("cursor.execute(f", "sql = (f|") + "    cursor.execute(sql)\n"
    shown = hovered(shared, text)
    assert shown
    assert "FROM t\nWHERE\n  a = '{x}'" in shown


def test_what_is_no_sql_keeps_its_layout(shared: RawClient) -> None:
    text = QUERY.replace("SELECT * FROM t WHERE a =", "SELECT * |FORM t WHERE WHERE a =")
    assert hovered(shared, text) == "```sql\nSELECT * FORM t WHERE WHERE a = '{x}'\n```"


def test_the_problem_at_a_place_is_named(shared: RawClient) -> None:
    text = QUERY.replace("{x}", "{|x}")
    shared.open(text.replace("|", ""))
    shared.pull()
    position = {"line": 3, "character": text.split("\n")[3].index("|")}
    found = shared.call("textDocument/hover", {"textDocument": {"uri": URI}, "position": position})
    first, query = found["contents"]["value"].split("\n\n---\n\n")
    assert first.startswith("**interpolated-sql**: A value that becomes part")
    assert query.startswith("```sql")


def test_why_a_problem_has_no_fix_is_told_where_it_is_looked_at(shared: RawClient) -> None:
    shared.open("def find(cursor, x):\n    cursor.execute(f\"SELECT 1 FROM t WHERE a = '{x}'\")\n")
    (found,) = report(shared)["items"]
    place = {"textDocument": {"uri": URI}, "position": found["range"]["start"]}
    _, reason, _ = shared.call("textDocument/hover", place)["contents"]["value"].split("\n\n---\n\n")
    assert reason.startswith("No fix: the file does not tell which driver")


def test_a_fix_is_for_the_text_as_it_is(shared: RawClient) -> None:
    shared.open(QUERY)
    title = "Bind the value as a parameter"
    (first, *_) = edits(actions(shared)[title])
    shared.insert(2, 0, "\n")
    assert edits(actions(shared)[title])[0] == (first[0] + 1, first[1], first[2] + 1, *first[3:])


@pytest.mark.parametrize("position", [(0, 0), (3, 999), (999, 0)])
def test_elsewhere_nothing_is_shown(shared: RawClient, position: tuple[int, int]) -> None:
    shared.open(QUERY)
    place = {"line": position[0], "character": position[1]}
    for method in ("hover", "completion"):
        assert not shared.call(f"textDocument/{method}", {"textDocument": {"uri": URI}, "position": place})


def test_names_are_completed_in_a_comment(shared: RawClient) -> None:
    found = completed(shared, "x = 1  # persistlint: ignore[inter|] because\n")
    assert {"injection", "interpolated-sql"} <= found.keys()
    assert found["injection"]["textEdit"] == {
        "range": {"start": {"line": 0, "character": 29}, "end": {"line": 0, "character": 34}},
        "newText": "injection",
    }
    assert completed(shared, "x = [inter|]\n") == {}


def test_a_configuration_is_completed(shared: RawClient) -> None:
    uri = "file:///project/pyproject.toml"
    found = completed(shared, "[tool.persistlint]\nselect = ['inj|']\n", uri, "toml")
    assert {"injection", "interpolated-sql"} <= found.keys()
    assert completed(shared, "[tool.ruff]\nselect = ['inj|']\n", uri, "toml") == {}


def test_all_safe_fixes_are_made_at_once(shared: RawClient) -> None:
    shared.open(f"{UNUSED}y = 2\n{UNUSED}")
    (action,) = actions(shared, only=["source.fixAll"]).values()
    assert action["kind"] == "source.fixAll.persistlint"
    assert edits(action) == [(0, 0, 1, 0, "x = 1\n"), (2, 0, 3, 0, "x = 1\n")]


def test_fixing_all_is_not_offered_where_nothing_is_safe_to_fix(shared: RawClient) -> None:
    shared.open(QUERY.replace("WHERE a = '{x}'", "ORDER BY {x}"))
    assert actions(shared, only=["source"]) == {}
    assert "Ignore `interpolated-identifier` on this line" in actions(shared)


def test_all_of_one_rule_is_fixed(shared: RawClient) -> None:
    shared.open(f"{UNUSED}x = 1  # persistlint: ignore[no-such]\n{UNUSED}")
    found = actions(shared)
    assert edits(found["Fix all `unused-suppression` in this file"]) == [
        (0, 0, 1, 0, "x = 1\n"),
        (2, 0, 3, 0, "x = 1\n"),
    ]


def test_a_rule_is_ignored_in_a_file(shared: RawClient) -> None:
    shared.open(f"#!/usr/bin/env python\n{QUERY}")
    found = actions(shared)
    assert edits(found["Ignore `interpolated-sql` in this file"]) == [
        (1, 0, 1, 0, "# persistlint: ignore-file[interpolated-sql]\n")
    ]


def test_an_action_for_a_text_that_is_gone_changes_nothing(shared: RawClient) -> None:
    shared.open(QUERY)
    action = actions(shared)["Ignore `interpolated-sql` on this line"]
    del action["edit"]
    shared.insert(2, 0, "\n")
    assert "edit" not in shared.call("codeAction/resolve", action)
    assert shared.notified("window/showMessage")["message"].startswith("Nothing can be changed here")


@pytest.mark.parametrize(
    "data", [None, 3, {}, {"uri": "untitled:none"}, {"do": "ignore line", "uri": URI, "version": 1}]
)
def test_an_action_that_nobody_offered_changes_nothing(shared: RawClient, data: object) -> None:
    shared.open(QUERY)
    assert "edit" not in shared.call("codeAction/resolve", {"title": "Magic", "data": data})


def test_a_client_that_cannot_ask_again_gets_the_edit_at_once(client: RawClient) -> None:
    client.initialize()
    client.open(QUERY)
    found = report(client)["items"]
    params = {"textDocument": {"uri": URI}, "range": found[0]["range"], "context": {"diagnostics": found}}
    assert all("edit" in action for action in client.call("textDocument/codeAction", params))


def test_a_new_file_has_a_name_that_is_free_when_it_is_offered(client: RawClient, tmp_path: Path) -> None:
    (tmp_path / "persistlint.toml").write_text('dialect = "postgres"\nselect = ["fk-index-missing"]\n')
    steps = (
        "CREATE TABLE users (id bigint PRIMARY KEY);",
        "CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint REFERENCES users);",
        "ALTER TABLE users ADD COLUMN note text;",
    )
    for number, step in enumerate(steps, 1):
        (tmp_path / f"{number}_step.sql").write_text(f"-- +goose Up\n{step}\n-- +goose Down\nSELECT 1;\n")
    makes = {"workspaceEdit": {"documentChanges": True, "resourceOperations": ["create"]}}
    client.initialize(rootUri=tmp_path.as_uri(), capabilities={"textDocument": RESOLVE, "workspace": makes})
    path = tmp_path / "2_step.sql"
    client.open(path.read_text(), path.as_uri(), "sql")

    def name() -> str:
        made = actions(client, path.as_uri())["Index it in a new migration"]["edit"]["documentChanges"][0]
        return str(made["uri"]).rsplit("/", 1)[-1]

    assert name() == "4_index_orders_user_id.sql"
    (tmp_path / "4_more.sql").write_text((tmp_path / "3_step.sql").read_text())  # this client watches no files
    assert name() == "5_index_orders_user_id.sql"


def test_an_editor_can_be_looked_into(shared: RawClient) -> None:
    shared.open(QUERY)
    shown = shared.call("workspace/executeCommand", {"command": "persistlint.debugInformation"})
    assert "diagnostics are pulled\npositions in utf-16\n" in shown
    assert f"open: {URI}" in shown


def test_settings_that_come_at_the_start_hold(client: RawClient, tmp_path: Path) -> None:
    (tmp_path / "strict.toml").write_text('select = ["all"]\n')
    client.initialize(rootUri=tmp_path.as_uri(), initializationOptions={"select": ["suppressions"]})
    client.open(QUERY + UNUSED)
    assert client.pull() == []  # the rule that the comment names does not run
    client.notify("workspace/didChangeConfiguration", {"settings": {"persistlint": {"ignore": ["injection"]}}})
    assert client.pull() == []
    client.notify("workspace/didChangeConfiguration", {"settings": {"configuration": "strict.toml"}})
    assert client.pull() == ["interpolated-sql", "unused-suppression"]
    client.notify("workspace/didChangeConfiguration", {"settings": {"persistlint": {"enable": False}}})
    assert client.pull() == []


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"select": ["no-such"]}, "the setting `persistlint.select`: `no-such` is no rule and no group of rules."),
        ({"enable": "yes"}, "the setting `persistlint.enable` has a value of the wrong type"),
    ],
)
def test_a_wrong_setting_is_told_and_left_out(client: RawClient, settings: object, message: str) -> None:
    client.initialize(initializationOptions=settings)
    assert client.notified("window/showMessage")["message"] == message
    client.open(QUERY)
    assert client.pull() == ["interpolated-sql"]


def test_every_folder_has_its_own_settings(client: RawClient, tmp_path: Path) -> None:
    folders = []
    for name in ("loud", "quiet"):
        (tmp_path / name).mkdir()
        folders.append({"uri": (tmp_path / name).as_uri(), "name": name})
    client.initialize(
        workspaceFolders=folders, capabilities={"workspace": {"configuration": True}, "textDocument": RESOLVE}
    )
    request = client.asked("workspace/configuration")
    assert [item.get("scopeUri") for item in request["params"]["items"]] == [None, *(one["uri"] for one in folders)]
    client.send({"id": request["id"], "result": [None, {}, {"ignore": ["injection"]}]})
    for folder, expected in zip(folders, (["interpolated-sql"], []), strict=True):
        client.open(QUERY, f"{folder['uri']}/a.py")
        assert client.pull(f"{folder['uri']}/a.py") == expected


def test_a_folder_that_is_removed_takes_its_settings_with_it(client: RawClient, tmp_path: Path) -> None:
    folder = {"uri": tmp_path.as_uri(), "name": "folder"}
    client.initialize(workspaceFolders=[folder])
    event = {"added": [], "removed": [folder]}
    client.notify("workspace/didChangeWorkspaceFolders", {"event": event})
    shown = client.call("workspace/executeCommand", {"command": "persistlint.debugInformation"})
    assert str(tmp_path) not in shown


def test_a_change_of_configuration_is_noticed_without_watching(client: RawClient, tmp_path: Path) -> None:
    client.initialize(pull=False, rootUri=tmp_path.as_uri())
    uri = (tmp_path / "a.py").as_uri()
    client.open(QUERY, uri)
    assert len(client.published(1)) == 1
    (tmp_path / "persistlint.toml").write_text('ignore = ["injection"]\n')
    assert client.notified("textDocument/publishDiagnostics")["diagnostics"] == []


def test_a_wrong_configuration_is_told_once(client: RawClient, tmp_path: Path) -> None:
    (tmp_path / "persistlint.toml").write_text("select = 3\n")
    client.initialize(rootUri=tmp_path.as_uri())
    uri = (tmp_path / "a.py").as_uri()
    client.open(QUERY, uri)
    assert client.pull(uri) == []
    assert "`select` must be a list of strings" in client.notified("window/showMessage")["message"]
    client.insert(2, 0, "\n", uri)
    assert client.pull(uri) == []
    client.call("shutdown")
    client.notify("exit")
    client.wait()
    assert client.log.count("must be a list of strings") == 1


class Notebook:
    """A notebook in a client: its cells are Python, but for the first one."""

    URI = "file:///project/report.ipynb"
    TEXTS = ("# persistlint", "import sqlite3\nx = input()", 'db = sqlite3.connect("a")\ndb.execute(f"SELECT {x}")')

    def __init__(self, client: RawClient) -> None:
        self.client = client
        client.initialize(capabilities={"notebookDocument": {"synchronization": {}}, "textDocument": RESOLVE})
        kinds = (("markdown", 1), ("python", 2), ("python", 2))
        self.cells = [f"vscode-notebook-cell:/project/report.ipynb#{number}" for number in range(3)]
        cells = [{"kind": kind, "document": uri} for uri, (_, kind) in zip(self.cells, kinds, strict=True)]
        texts = [
            {"uri": uri, "languageId": language, "version": 1, "text": text}
            for uri, (language, _), text in zip(self.cells, kinds, self.TEXTS, strict=True)
        ]
        notebook = {"uri": self.URI, "notebookType": "jupyter-notebook", "version": 1, "cells": cells}
        client.notify("notebookDocument/didOpen", {"notebookDocument": notebook, "cellTextDocuments": texts})

    def published(self) -> dict[str, Any]:
        """The next diagnostics of both Python cells."""
        found = (self.client.notified("textDocument/publishDiagnostics") for _ in range(2))
        return {message["uri"]: message["diagnostics"] for message in found}

    def change(self, cells: dict[str, Any]) -> None:
        notebook = {"uri": self.URI, "version": 2}
        params = {"notebookDocument": notebook, "change": {"cells": cells}}
        self.client.notify("notebookDocument/didChange", params)


def test_the_cells_of_a_notebook_are_read_as_one(client: RawClient) -> None:
    notebook = Notebook(client)
    first, (found,) = notebook.published().values()
    assert first == []
    assert found["code"] == "interpolated-sql"
    assert found["range"]["start"] == {"line": 1, "character": 21}
    assert report(client, notebook.cells[2])["items"] == []  # pushed, so that nothing shows twice


def test_a_changed_cell_changes_the_others(client: RawClient) -> None:
    notebook = Notebook(client)
    notebook.published()
    document = {"uri": notebook.cells[1], "version": 2}
    notebook.change({"textContent": [{"document": document, "changes": [{"text": "import sqlite3\nx = 3"}]}]})
    assert list(notebook.published().values()) == [[], []]


def test_a_cell_that_is_removed_takes_its_diagnostics_with_it(client: RawClient) -> None:
    notebook = Notebook(client)
    notebook.published()
    removed = {"uri": notebook.cells[2]}
    array = {"start": 2, "deleteCount": 1}
    notebook.change({"structure": {"array": array, "didClose": [removed]}})
    assert client.notified("textDocument/publishDiagnostics")["uri"] == notebook.cells[2]
    assert client.notified("textDocument/publishDiagnostics")["uri"] == notebook.cells[1]


def test_closing_a_notebook_takes_everything_away(client: RawClient) -> None:
    notebook = Notebook(client)
    notebook.published()
    cells = [{"uri": cell} for cell in notebook.cells]
    params = {"notebookDocument": {"uri": notebook.URI}, "cellTextDocuments": cells}
    client.notify("notebookDocument/didClose", params)
    gone = {client.notified("textDocument/publishDiagnostics")["uri"] for _ in range(3)}
    assert gone == set(notebook.cells)


def test_a_line_of_a_cell_is_ignored_and_the_file_is_not(client: RawClient) -> None:
    notebook = Notebook(client)
    found = notebook.published()[notebook.cells[2]]
    params = {
        "textDocument": {"uri": notebook.cells[2]},
        "range": found[0]["range"],
        "context": {"diagnostics": found},
    }
    fix, ignore = client.call("textDocument/codeAction", params)
    assert edits(fix, notebook.cells[2]) == [
        (1, 11, 1, 12, ""),
        (1, 20, 1, 23, "?"),
        (1, 24, 1, 24, ", (x,)"),
    ]
    assert edits(client.call("codeAction/resolve", ignore), notebook.cells[2]) == [
        (1, 25, 1, 25, "  # persistlint: ignore[interpolated-sql]")
    ]


def workspace(client: RawClient, folder: Path, **capabilities: Any) -> None:
    client.initialize(
        rootUri=folder.as_uri(),
        initializationOptions={"workspaceDiagnostics": True},
        capabilities={"textDocument": RESOLVE, **capabilities},
    )


def test_all_files_are_reported(client: RawClient, tmp_path: Path) -> None:
    for name in ("a.py", "b.py"):
        (tmp_path / name).write_text(QUERY)
    (tmp_path / "c.txt").write_text(QUERY)
    workspace(client, tmp_path)
    uris = [(tmp_path / name).as_uri() for name in ("a.py", "b.py")]
    client.open("x = 1\n", uris[0])  # what the editor has counts, and not what is on disk
    params = {"previousResultIds": [], "workDoneToken": "token"}
    first = client.call("workspace/diagnostic", params)["items"]
    assert [(item["uri"], item["version"], len(item["items"])) for item in first] == [
        (uris[0], 1, 0),
        (uris[1], None, 1),
    ]
    assert client.notified("$/progress")["value"]["kind"] == "begin"
    assert client.notified("$/progress")["value"]["kind"] == "end"
    known = [{"uri": item["uri"], "value": item["resultId"]} for item in first]
    waiting = client.request("workspace/diagnostic", {"previousResultIds": known})
    (tmp_path / "b.py").unlink()
    client.insert(2, 0, "\n", uris[0])
    second = client.answer(waiting)["result"]["items"]
    assert [(item["uri"], item["kind"]) for item in second] == [(uris[0], "full"), (uris[1], "full")]
    assert second[1]["items"] == []


def test_what_did_not_change_is_not_said_again(client: RawClient, tmp_path: Path) -> None:
    for name in ("a.py", "b.py"):
        (tmp_path / name).write_text(QUERY)
    workspace(client, tmp_path)
    first = client.call("workspace/diagnostic", {"previousResultIds": []})["items"]
    known = [{"uri": item["uri"], "value": item["resultId"]} for item in first]
    waiting = client.request("workspace/diagnostic", {"previousResultIds": known})
    client.open(QUERY, "untitled:news")
    kinds = {item["uri"]: item["kind"] for item in client.answer(waiting)["result"]["items"]}
    assert kinds == {"untitled:news": "full", **dict.fromkeys((item["uri"] for item in first), "unchanged")}


def test_reports_come_in_parts_and_can_be_cancelled(client: RawClient, tmp_path: Path) -> None:
    for number in range(60):
        (tmp_path / f"a{number}.py").write_text("x = 1\n")
    workspace(client, tmp_path)
    waiting = client.request("workspace/diagnostic", {"previousResultIds": [], "partialResultToken": 7})
    part = client.notified("$/progress")
    assert part["token"] == 7
    last = client.answer(waiting)["result"]["items"]
    assert len(part["value"]["items"]) + len(last) == 60
    known = [{"uri": last[0]["uri"], "value": last[0]["resultId"]}]
    waiting = client.request("workspace/diagnostic", {"previousResultIds": known})
    client.notify("$/cancelRequest", {"id": waiting})
    assert client.answer(waiting)["error"]["code"] == -32800


@pytest.mark.parametrize("is_watched", [True, False])
def test_a_saved_migration_changes_what_is_said_of_the_next_one(
    client: RawClient, tmp_path: Path, is_watched: bool
) -> None:
    (tmp_path / "persistlint.toml").write_text('select = ["duplicate-table-definition"]\ndialect = "postgres"\n')
    first, second = (tmp_path / f"00000{number}_table.up.sql" for number in (1, 2))
    table = "CREATE TABLE {} (id bigint PRIMARY KEY);\n"
    first.write_text(table.format("a"))
    second.write_text(table.format("b"))
    client.initialize(pull=False, rootUri=tmp_path.as_uri())
    client.open(second.read_text(), second.as_uri(), "sql")
    assert client.published(1) == []
    first.write_text(table.format("b"))
    if is_watched:
        client.notify("workspace/didChangeWatchedFiles", {"changes": [{"uri": first.as_uri(), "type": 2}]})
    else:
        client.notify("textDocument/didSave", {"textDocument": {"uri": first.as_uri()}})
    assert [found["code"] for found in client.published(1)] == ["duplicate-table-definition"]


@pytest.mark.parametrize("is_watched", [True, False])
def test_a_saved_migration_changes_what_is_said_of_a_program(
    client: RawClient, tmp_path: Path, is_watched: bool
) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / "persistlint.toml").write_text('select = ["unknown-column"]\n')
    migration, program = tmp_path / "migrations/0001_base.sql", tmp_path / "store.py"
    migration.parent.mkdir()
    migration.write_text("CREATE TABLE users (id bigint PRIMARY KEY, name text);\n")
    program.write_text("import psycopg2\ndef find(cursor):\n    cursor.execute('SELECT name FROM users')\n")
    client.initialize(pull=False, rootUri=tmp_path.as_uri())
    client.open(program.read_text(), program.as_uri(), "python")
    assert client.published(1) == []
    migration.write_text("CREATE TABLE users (id bigint PRIMARY KEY, label text);\n")
    if is_watched:
        client.notify("workspace/didChangeWatchedFiles", {"changes": [{"uri": migration.as_uri(), "type": 2}]})
    else:
        client.notify("textDocument/didSave", {"textDocument": {"uri": migration.as_uri()}})
    assert [found["code"] for found in client.published(1)] == ["unknown-column"]


def test_a_saved_module_changes_what_is_said_of_a_program_that_imports_its_connection(
    client: RawClient, tmp_path: Path
) -> None:
    (tmp_path / "persistlint.toml").write_text('select = ["interpolated-sql"]\n')
    program, module = tmp_path / "a.js", tmp_path / "pool.js"
    program.write_text(
        'const db = require("./pool");\nexports.f = (id) => db.query("SELECT a FROM t WHERE b = " + id);\n'
    )
    client.initialize(pull=False, rootUri=tmp_path.as_uri())
    client.open(program.read_text(), program.as_uri(), "javascript")
    assert "as your driver asks" in client.published(1)[0]["message"]
    module.write_text('module.exports = require("mysql2").createPool({});\n')
    client.notify("textDocument/didSave", {"textDocument": {"uri": module.as_uri()}})
    assert "as your driver asks" not in client.published(1)[0]["message"]


def test_a_saved_module_changes_what_is_said_of_a_program_that_imports_its_models(
    client: RawClient, tmp_path: Path
) -> None:
    (tmp_path / "persistlint.toml").write_text('select = ["missing-transaction"]\n')
    program, module = tmp_path / "boards.js", tmp_path / "models.js"
    program.write_text(
        'const { Board, Card } = require("./models");\n\nexports.open = async (name) => {\n'
        "  const board = await Board.create({ name });\n  await Card.create({ boardId: board.id });\n};\n"
    )
    module.write_text("exports.Board = exports.Card = {};\n")
    client.initialize(pull=False, rootUri=tmp_path.as_uri())
    client.open(program.read_text(), program.as_uri(), "javascript")
    assert client.published(1) == []
    module.write_text(
        'const { Model } = require("sequelize");\n\nexports.Board = class Board extends Model {};\n'
        "exports.Card = class Card extends Model {};\n"
    )
    client.notify("textDocument/didSave", {"textDocument": {"uri": module.as_uri()}})
    assert [found["code"] for found in client.published(1)] == ["missing-transaction"]


def test_all_files_are_reported_without_what_their_baseline_knows(client: RawClient, tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text(QUERY)
    (tmp_path / "persistlint.toml").write_text('baseline = "known.json"\n')
    workspace(client, tmp_path)
    first = client.call("workspace/diagnostic", {"previousResultIds": []})["items"]
    assert [len(item["items"]) for item in first] == [1]
    assert "known.json: there is no such file" in client.notified("window/showMessage")["message"]
    command = [sys.executable, "-m", "persistlint", "baseline"]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True)
    event = {"uri": (tmp_path / "known.json").as_uri(), "type": 1}
    client.notify("workspace/didChangeWatchedFiles", {"changes": [event]})
    second = client.call("workspace/diagnostic", {"previousResultIds": []})["items"]
    assert [len(item["items"]) for item in second] == [0]
