"""Every command that the pages name is run in a project that has what it speaks of."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from persistlint.output import formats

ROOT = Path(__file__).parent.parent
PAGES = ("README.md", "docs/adoption.md", "docs/reports.md", "docs/ci.md")
BAD = "def find(cursor, name):\n    cursor.execute(f\"SELECT * FROM users WHERE name = '{name}'\")\n"
ENDLESS = ("--watch", "persistlint server")
ELSEWHERE = ("pip install", "pre-commit install", "docker ")  # tried by tests that have a network

_SHELL = re.compile(r"^```(?:console|sh)\n(.*?)^```", re.DOTALL | re.MULTILINE)
COMMANDS = sorted({
    re.split(r"\s#", line)[0].removeprefix("$ ").strip()
    for page in PAGES
    for block in _SHELL.findall((ROOT / page).read_text("utf-8"))
    for line in block.splitlines()
    if line.startswith(("$ ", "persistlint ", "pip ", "pre-commit ", "docker "))
})  # fmt: skip


def test_every_kind_of_command_is_known() -> None:
    assert len(COMMANDS) > 10
    assert all(command.startswith(("persistlint ", *ELSEWHERE)) for command in COMMANDS)


@pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")
@pytest.mark.parametrize(
    "command",
    [item for item in COMMANDS if not any(word in item for word in (*ENDLESS, *ELSEWHERE))],
)
def test_a_command_runs(command: str, tmp_path: Path) -> None:
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "app.py").write_text(BAD)
    shutil.copytree(ROOT / "examples", tmp_path / "examples")
    git = ["git", "-c", "user.name=a", "-c", "user.email=a@example.org"]
    for arguments in (["init", "-q", "-b", "main"], ["add", "."], ["commit", "-qm", "x"]):
        subprocess.run([*git, *arguments], cwd=tmp_path, check=True)
    run = _run(["baseline"], tmp_path)
    assert run.returncode == 0, run.stderr
    run = _run(shlex.split(command)[1:], tmp_path)
    assert run.returncode in (0, 1), run.stderr
    assert run.stdout


@pytest.mark.e2e
@pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")
def test_an_old_code_base_has_a_green_hook_after_four_commands(tmp_path: Path) -> None:
    commands = _SHELL.findall((ROOT / "docs" / "adoption.md").read_text("utf-8"))[0]
    (tmp_path / "project").mkdir()
    (tmp_path / "project" / "app.py").write_text(BAD)
    subprocess.run([sys.executable, "-m", "venv", str(tmp_path / "venv")], check=True)
    script = f"set -e\ngit init -q\ngit add .\n{commands}".replace("install persistlint", f"install -q '{ROOT}'")
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    environment["PATH"] = f"{tmp_path / 'venv' / 'bin'}{os.pathsep}{os.environ['PATH']}"
    run = subprocess.run(
        ["bash", "-c", script], cwd=tmp_path / "project", env=environment, capture_output=True, text=True
    )
    assert run.returncode == 0, run.stdout + run.stderr
    assert "persistlint-baseline.json: 1 entry, 1 of them new" in run.stdout
    assert re.search(r"^persistlint\.+Passed$", run.stdout, re.MULTILINE)


def test_every_format_is_described() -> None:
    rows = re.findall(r"^\| `(\w+)` \|", (ROOT / "docs" / "reports.md").read_text("utf-8"), re.MULTILINE)
    assert sorted(rows) == list(formats())


@pytest.mark.parametrize("page", PAGES)
def test_links_between_pages_lead_somewhere(page: str) -> None:
    text = (ROOT / page).read_text("utf-8")
    for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", text):
        assert ((ROOT / page).parent / target).exists(), target


def _run(arguments: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(entry for entry in sys.path if entry)}
    command = [sys.executable, "-m", "persistlint", *arguments]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
