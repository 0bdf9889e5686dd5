"""Every command and every example of the pages is run, in a project that has what they speak of."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml  # type: ignore[import-untyped]
from pre_commit.clientlib import load_config  # type: ignore[import-untyped]

from markdown import Block, blocks
from persistlint.cli import main
from persistlint.configuration.config_file import read
from persistlint.output import formats
from persistlint.profiles import profiles

ROOT = Path(__file__).parent.parent
PAGES = ("README.md", "CONTRIBUTING.md", "editors/README.md", *(f"docs/{p.name}" for p in ROOT.glob("docs/*.md")))
BAD = """\
import sqlite3

def find(cursor: sqlite3.Cursor, name):
    cursor.execute(f"SELECT * FROM users WHERE name = '{name}'")
"""
ENDLESS = ("--watch", "persistlint server")
# Tried by tests that have a network (`pytest -m e2e`), or by whoever runs these tests.
ELSEWHERE = ("pip install", "pre-commit install", "pre-commit run", "docker ", "python3 -m venv", ".venv/bin/")
TOGETHER = ("dask://", "part1.sarif", "part2.sarif")  # `cluster_test` and `shards_test`
HOOK_OF_GIT = ".git/hooks/pre-commit"

BLOCKS = [(page, block) for page in PAGES for block in blocks((ROOT / page).read_text("utf-8"))]
FILES = dict(
    re.findall(
        r"<!-- file: (\S+) -->\n```\w+\n(.*?)^```",
        "\n".join((ROOT / page).read_text("utf-8") for page in PAGES),
        re.DOTALL | re.MULTILINE,
    )
)
COMMANDS = sorted({
    re.split(r"\s#", line)[0].removeprefix("$ ").strip()
    for _, block in BLOCKS
    if block.kind in ("console", "sh") and block.text not in FILES.values()
    for line in block.text.splitlines()
    if line.startswith("$ ") or block.kind == "sh" or not re.search(r"^\$ ", block.text, re.MULTILINE)
})  # fmt: skip

needs_git = pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project under git, of a main branch with one commit, with everything that the pages speak of."""
    folder = tmp_path_factory.mktemp("project")
    (folder / "src").mkdir()
    (folder / "src" / "app.py").write_text(BAD)
    (folder / "first.py").write_text(FILES["first.py"])
    shutil.copytree(ROOT / "examples", folder / "examples")
    git = ["git", "-c", "user.name=a", "-c", "user.email=a@example.org"]
    for arguments in (["init", "-q", "-b", "main"], ["add", "."], ["commit", "-qm", "x"]):
        subprocess.run([*git, *arguments], cwd=folder, check=True)
    run = _run(["baseline"], folder)
    assert run.returncode == 0, run.stderr
    return folder


def test_every_kind_of_command_is_known() -> None:
    assert len(COMMANDS) > 20
    assert [command for command in COMMANDS if not command.startswith(("persistlint ", *ELSEWHERE))] == []


@needs_git
@pytest.mark.parametrize(
    "command",
    [item for item in COMMANDS if not any(word in item for word in (*ENDLESS, *ELSEWHERE, *TOGETHER))],
)
def test_a_command_runs(command: str, project: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(project, tmp_path / "project")
    run = _run(shlex.split(command)[1:], folder)
    assert run.returncode in (0, 1), run.stderr
    assert run.stdout


@needs_git
def test_the_first_program_in_an_editor_is_wrong_as_the_page_says(tmp_path: Path) -> None:
    (tmp_path / "first.py").write_text(FILES["first.py"])
    run = _run(["check", "--isolated", "first.py"], tmp_path)
    assert run.returncode == 1
    assert "error[interpolated-sql]: `name` becomes part" in run.stdout


@needs_git
@pytest.mark.skipif(sys.platform == "win32", reason="the hook is a shell script")
def test_the_hook_of_git_stops_a_bad_commit_and_lets_a_good_one_pass(tmp_path: Path) -> None:
    program = tmp_path / "bin" / "persistlint"
    program.parent.mkdir()
    path = os.pathsep.join(entry for entry in sys.path if entry)
    program.write_text(f'#!/bin/sh\nPYTHONPATH="{path}" exec "{sys.executable}" -m persistlint "$@"\n')
    program.chmod(0o755)
    project = tmp_path / "project"
    project.mkdir()
    git = ["git", "-c", "user.name=a", "-c", "user.email=a@example.org"]
    environment = {**os.environ, "PATH": f"{program.parent}{os.pathsep}{os.environ['PATH']}"}

    def commit() -> subprocess.CompletedProcess[str]:
        subprocess.run([*git, "add", "."], cwd=project, check=True)
        command = [*git, "commit", "-qm", "x"]
        return subprocess.run(command, cwd=project, env=environment, capture_output=True, text=True)

    subprocess.run([*git, "init", "-q"], cwd=project, check=True)
    hook = project / HOOK_OF_GIT
    hook.write_text(FILES[HOOK_OF_GIT])
    hook.chmod(0o755)
    (project / "a b.py").write_text(BAD)
    assert "error[interpolated-sql]" in commit().stdout + commit().stderr
    (project / "a b.py").write_text("a = 1\n")
    assert commit().returncode == 0


def test_the_hook_of_pre_commit_is_the_one_that_init_proposes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["init", "--write"]) == 0
    capsys.readouterr()
    assert Path(".pre-commit-config.yaml").read_text() == FILES[".pre-commit-config.yaml"]
    assert load_config(".pre-commit-config.yaml")["repos"]


@pytest.mark.parametrize(
    ("page", "block"),
    [(page, block) for page, block in BLOCKS if block.kind in ("toml", "json", "yaml", "python")],
    ids=lambda value: f"{value.line} {value.kind}" if isinstance(value, Block) else value,
)
def test_an_example_is_well_formed(page: str, block: Block, tmp_path: Path) -> None:
    if block.kind == "json":
        json.loads(block.text if block.text.lstrip().startswith(("{", "[")) else f"{{{block.text}}}")
    elif block.kind == "yaml":
        assert yaml.safe_load(block.text)
    elif block.kind == "python":
        compile(block.text.replace("…", ""), page, "exec")
    elif page not in ("docs/plugins.md", "editors/README.md"):  # those are held to what they are for by other tests
        path = tmp_path / "persistlint.toml"
        path.write_text(block.text)
        assert read(path)


def test_the_program_that_uses_the_library_runs(tmp_path: Path) -> None:
    (tmp_path / "first.py").write_text(FILES["first.py"])
    (block,) = (block for page, block in BLOCKS if page == "docs/library.md" and block.kind == "python")
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(entry for entry in sys.path if entry)}
    run = subprocess.run(
        [sys.executable, "-c", block.text], cwd=tmp_path, env=environment, capture_output=True, text=True
    )
    assert run.returncode == 0, run.stderr
    assert run.stdout.startswith("first.py:5:")


@needs_git
def test_comments_that_are_shown_suppress_something(tmp_path: Path) -> None:
    shown = {line for _, block in BLOCKS for line in block.text.splitlines() if "# persistlint: ignore[" in line}
    assert shown
    for line in shown:
        if "interpolated-identifier" in line:
            (tmp_path / "a.py").write_text(f"import sqlite3\n\ndef f(db: sqlite3.Connection, table):\n    {line}\n")
            run = _run(["check", "--isolated", "a.py"], tmp_path)
            assert run.returncode == 0, run.stdout


@pytest.mark.e2e
@needs_git
def test_an_old_code_base_has_a_green_hook_after_four_commands(tmp_path: Path) -> None:
    commands = next(block.text for page, block in BLOCKS if page == "docs/adoption.md" and block.kind == "sh")
    (tmp_path / "project").mkdir()
    (tmp_path / "project" / "app.py").write_text(BAD)
    (tmp_path / "project" / "db.py").write_text("import sqlite3\n")  # two files tell which database it is
    subprocess.run([sys.executable, "-m", "venv", str(tmp_path / "venv")], check=True)
    script = f"set -e\ngit init -q\ngit add .\n{commands}".replace("install persistlint", f"install -q '{ROOT}'")
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    environment["PATH"] = f"{tmp_path / 'venv' / 'bin'}{os.pathsep}{os.environ['PATH']}"
    run = subprocess.run(
        ["bash", "-c", script], cwd=tmp_path / "project", env=environment, capture_output=True, text=True
    )
    assert run.returncode == 0, run.stdout + run.stderr
    assert 'dialect = "sqlite"' in run.stdout
    assert "persistlint-baseline.json: 1 entry, 1 of them new" in run.stdout
    assert re.search(r"^persistlint\.+Passed$", run.stdout, re.MULTILINE)


@pytest.mark.parametrize(
    ("page", "pattern", "names"),
    [
        ("docs/reports.md", r"^\| `(\w+)` \|", formats()),
        ("docs/configuration.md", r"^\| `(mvp|production)` \|", profiles()),
        (
            "docs/hook.md",
            r"^\| `(persistlint[\w-]*)` \|",
            [hook["id"] for hook in yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))],
        ),
    ],
)
def test_everything_that_there_is_is_described(page: str, pattern: str, names: list[str]) -> None:
    rows = re.findall(pattern, (ROOT / page).read_text("utf-8"), re.MULTILINE)
    assert sorted(rows) == sorted(names)


@pytest.mark.parametrize("page", PAGES)
def test_links_between_pages_lead_somewhere(page: str) -> None:
    text = (ROOT / page).read_text("utf-8")
    for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", text):
        assert ((ROOT / page).parent / target).exists(), target


def test_what_is_generated_is_current() -> None:
    run = subprocess.run(
        [sys.executable, str(ROOT / "scripts" / "generate_docs.py"), "--check"], capture_output=True, text=True
    )
    assert run.returncode == 0, run.stdout + run.stderr


def _run(arguments: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(entry for entry in sys.path if entry)}
    command = [sys.executable, "-m", "persistlint", *arguments]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
