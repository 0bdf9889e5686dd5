"""JavaScript programs with two writes that belong together: what a failure between them leaves, before and after the
fixes about transactions."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from proof.moves import JAVASCRIPT, TABLES, prove
from proof.proving import mended

ROOT = Path(__file__).parent.parent.parent
MODULES = Path(os.environ.get("PERSISTLINT_NODE_MODULES", ROOT / ".proof" / "node_modules"))


@pytest.mark.skipif(shutil.which("node") is None, reason="Node is not installed")
@pytest.mark.skipif(not MODULES.is_dir(), reason="tests/proof/install_node.sh .proof was not run")
@pytest.mark.parametrize("name", JAVASCRIPT)
def test_nothing_is_left_half_done(name: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    server, text = JAVASCRIPT[name]
    if not (MODULES / "better-sqlite3").is_dir() and server == "sqlite":
        pytest.skip("better-sqlite3 is not installed")
    fixture = {"postgres": "postgres_folder", "mysql": "mariadb_socket"}.get(server)
    address = request.getfixturevalue(fixture) if fixture else str(tmp_path / "moves.db")
    (tmp_path / "node_modules").symlink_to(MODULES)
    runner = tmp_path / "moves.mjs"
    shutil.copy(Path(__file__).parent / "moves.mjs", runner)
    states: list[Any] = []
    for kind, program in (("before", text), ("after", mended("program.mjs", text, "transactions", "errors"))):
        path = tmp_path / f"{kind}.mjs"
        path.write_text(program, "utf-8")
        task = {"driver": server, "address": address, "path": str(path), "tables": TABLES}
        run = subprocess.run(["node", str(runner)], input=json.dumps(task), capture_output=True, text=True)
        assert run.returncode == 0, f"{run.stderr}\n{program}"
        states.append(json.loads(run.stdout))
    prove(*states)
