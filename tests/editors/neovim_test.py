"""The server in a real Neovim: the diagnostic appears, the ignore action is applied, the diagnostic goes away."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from lsp.raw_client import SERVER, environment

NEOVIM = os.environ.get("PERSISTLINT_NVIM") or shutil.which("nvim")
HERE = Path(__file__).parent
RUNTIME = HERE.parent.parent / "editors" / "neovim"
PROGRAM = """\
import sqlite3

def find(cursor: sqlite3.Cursor, x: str) -> None:
    "\U0001f60b"; cursor.execute(f"SELECT * FROM t WHERE a = '{x}'")
"""


@pytest.mark.e2e
@pytest.mark.skipif(NEOVIM is None, reason="there is no `nvim` on PATH or in PERSISTLINT_NVIM")
def test_a_query_is_reported_and_ignored(tmp_path: Path) -> None:
    file = tmp_path / "queries.py"
    file.write_text(PROGRAM, "utf-8")
    homes = {f"XDG_{name}_HOME": str(tmp_path / name.lower()) for name in ("CONFIG", "DATA", "STATE", "CACHE")}
    run = subprocess.run(
        [
            str(NEOVIM),
            *("--headless", "-u", "NONE", "-i", "NONE", "-n", "--cmd", f"set runtimepath^={RUNTIME}"),
            *("-l", str(HERE / "neovim.lua"), str(file), json.dumps(SERVER)),
        ],
        env={**environment(), **homes},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    seen = run.stdout + run.stderr
    assert run.returncode == 0, seen
    assert "diagnostic interpolated-sql persistlint ERROR" in " ".join(seen.split())
    assert "text x" in " ".join(seen.split())
    assert file.read_text("utf-8") == PROGRAM.replace("{x}'\")", "{x}'\")  # persistlint: ignore[interpolated-sql]")
