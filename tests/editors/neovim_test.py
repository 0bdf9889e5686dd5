"""The server in a real Neovim: `neovim.lua` says what is played, and what must be seen."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from lsp.raw_client import QUERY, SERVER, environment

HERE = Path(__file__).parent
RUNTIME = HERE.parent.parent / "editors" / "neovim"
EMOJI = QUERY.replace("    cursor.execute", '    "\U0001f60b"; cursor.execute')


@pytest.mark.e2e
@pytest.mark.parametrize("mode", ["pull", "push"])
def test_what_a_person_does(neovim: Path, tmp_path: Path, mode: str) -> None:
    project = tmp_path / "project"
    project.mkdir()
    (project / "pyproject.toml").touch()
    (project / "queries.py").write_text(EMOJI, "utf-8")
    (project / "identifiers.py").write_text(QUERY, "utf-8")
    homes = {f"XDG_{name}_HOME": str(tmp_path / name.lower()) for name in ("CONFIG", "DATA", "STATE", "CACHE")}
    run = subprocess.run(
        [
            *(str(neovim), "--headless", "-u", "NONE", "-i", "NONE", "-n", "--cmd", f"set runtimepath^={RUNTIME}"),
            *("-l", str(HERE / "neovim.lua"), str(project), json.dumps(SERVER), mode),
        ],
        env={**environment(), **homes},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    assert (project / "queries.py").read_text("utf-8").endswith("    pass\n")
