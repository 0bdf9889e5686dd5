"""The editor and the command line say the same, of every program of the rules' tests in which something is found, and
of the first one of each rule, in which nothing is."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lsp.raw_client import RawClient, environment
from markdown import cases

if TYPE_CHECKING:
    from collections.abc import Iterator

RULES = Path(__file__).parent.parent / "rules"


def programs(folder: Path) -> Iterator[Path]:
    """These cases, each as a file of its own."""
    for page in sorted(RULES.rglob("*.md")):
        if page.name == "README.md":
            continue
        first, *others = cases(page.read_text("utf-8"))
        for case in (first, *(other for other in others if other.expectations)):
            file = folder / page.stem / str(case.line) / case.path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(case.text.encode("utf-8"))
            yield file


def test_they_never_disagree(tmp_path: Path) -> None:
    (tmp_path / "persistlint.toml").write_text('select = ["all"]\n')
    files = list(programs(tmp_path))
    command = [sys.executable, "-m", "persistlint", "check", "--format", "json", "--quiet", str(tmp_path)]
    run = subprocess.run(command, env=environment(), capture_output=True, check=False)
    said: dict[str, list[Any]] = {file.as_posix(): [] for file in files}
    for found in json.loads(run.stdout)["diagnostics"]:
        start, end = ((found[place]["line"] - 1, found[place]["column"] - 1) for place in ("start", "end"))
        said[found["path"]].append((found["rule"], found["severity"], start, end, found["message"]))
    with RawClient() as client:
        client.initialize(rootUri=tmp_path.as_uri(), capabilities=CAPABILITIES)
        shown = {file.as_posix(): list(diagnostics(client, file)) for file in files}
    assert shown == said
    assert sum(map(len, said.values())) > 100


CAPABILITIES = {
    "general": {"positionEncodings": ["utf-32"]},
    "textDocument": {"diagnostic": {"relatedInformation": True}},
}


def diagnostics(client: RawClient, file: Path) -> Iterator[Any]:
    uri = file.as_uri()
    client.open(file.read_bytes().decode("utf-8"), uri)
    severities = {1: "error", 2: "warning", 3: "info"}
    for found in client.call("textDocument/diagnostic", {"textDocument": {"uri": uri}})["items"]:
        start, end = ((place["line"], place["character"]) for place in (found["range"]["start"], found["range"]["end"]))
        message = found["message"].split("\n")[0]
        yield found["code"], severities[found["severity"]], start, end, message
    client.notify("textDocument/didClose", {"textDocument": {"uri": uri}})
