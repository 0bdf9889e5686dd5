"""What a run imports: a file without a query must not pay for the SQL parser, nor the command for the server."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

HEAVY = {
    "importlib.metadata",
    "sqlglot",
    "libcst",
    "pygls",
    "lsprotocol",
    "asyncio",
    "shtab",
    "watchfiles",
    "rich",
    "xml",
    "json",
    "inspect",
}
ANALYSIS = {"persistlint.facts", "persistlint.rule"}
CLEAN = "def area(width: int, height: int) -> int:\n    return width * height\n"
PARSED = 'def secret(config: dict[str, str]) -> str:\n    return config["secret"]\n'  # it may have one as a fallback
RUN = """
import sys
from persistlint.cli import main
sys.argv = ["persistlint", *sys.argv[1:]]
try:
    status = main()
except SystemExit as error:
    status = error.code
print("status", status or 0)
print("modules", *sorted(sys.modules))
"""

PARSERS = {"tree_sitter"}
# What only a finding, a project's tables or another Python than this one needs.
SELDOM = {"persistlint.fixes.binding", "persistlint.analysis.migrations", "persistlint.analysis.models"}
WRITES = """
from sqlalchemy.orm import Session


def store(session: Session, name: str) -> None:
    with session.begin():
        session.add(Name(name))
        session.add(Total(name))
"""


@pytest.mark.parametrize("arguments", [["--version"], ["check", "--no-cache", "--isolated", "clean.py"]], ids=" ".join)
def test_heavy_packages_stay_out(arguments: list[str], tmp_path: Path) -> None:
    (tmp_path / "clean.py").write_text(CLEAN)
    assert not HEAVY & _imported(tmp_path, *arguments)


def test_a_project_without_a_baseline_pays_for_none(tmp_path: Path) -> None:
    (tmp_path / "persistlint.toml").write_text('select = ["default"]\n')
    (tmp_path / "clean.py").write_text(CLEAN)
    found = _imported(tmp_path, "check", "--no-cache", "clean.py")
    assert not found & (HEAVY | {"persistlint.running.baseline", "persistlint.running.comparing"})


def test_a_file_that_is_known_is_not_parsed(tmp_path: Path) -> None:
    (tmp_path / "parsed.py").write_text(PARSED)
    assert _imported(tmp_path, "check", "--isolated", "parsed.py") >= PARSERS
    assert not (PARSERS | ANALYSIS | HEAVY) & _imported(tmp_path, "check", "--isolated", "parsed.py")


def test_a_file_without_a_finding_pays_for_no_fix(tmp_path: Path) -> None:
    (tmp_path / "writes.py").write_text(WRITES)
    found = _imported(tmp_path, "check", "--no-cache", "--isolated", "--select=transactions,injection", "writes.py")
    assert found >= PARSERS
    assert not (SELDOM | {"inspect", "tempfile"}) & found


def test_what_no_terminal_shows_needs_no_colours(tmp_path: Path) -> None:
    (tmp_path / "bad.py").write_text('def f(cursor, a):\n    cursor.execute(f"SELECT 1 FROM t WHERE a = {a}")\n')
    assert "rich.console" not in _imported(tmp_path, "check", "--exit-zero", "--isolated", "bad.py")


def _imported(folder: Path, *arguments: str) -> set[str]:
    """The packages that are there when a command ends."""
    environment = {
        **os.environ,
        "FORCE_COLOR": "",
        "TTY_COMPATIBLE": "",
        "PYTHONPATH": os.pathsep.join(path for path in sys.path if path),
    }
    run = subprocess.run(
        [sys.executable, "-c", RUN, *arguments],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        check=True,
    )
    *_, status, modules = run.stdout.splitlines()
    assert status == "status 0", run.stdout + run.stderr
    return set(modules.split())
