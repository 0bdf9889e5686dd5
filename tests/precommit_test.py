"""The hooks that other repositories use: what they declare, and one real run of each by pre-commit."""

from __future__ import annotations

import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped]

from persistlint.cli import main
from persistlint.rules import groups

ROOT = Path(__file__).parent.parent
HOOKS: list[dict[str, Any]] = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))
FILE_HOOKS = [hook for hook in HOOKS if hook.get("pass_filenames", True)]
# One defect of every family.
BAD = """
import os

import asyncpg
import requests

KEY = os.environ.get("SECRET_KEY", "dev")


def find(cursor, name):
    cursor.execute(f"SELECT * FROM users WHERE name = '{name}'")


async def move(pool: asyncpg.Pool, source, target, cents):
    await pool.execute("UPDATE accounts SET cents = cents - $1 WHERE id = $2", cents, source)
    await pool.execute("UPDATE accounts SET cents = cents + $1 WHERE id = $2", cents, target)


def rate(url):
    return requests.get(url, timeout=10).json()["rate"]
"""
RULES = {
    "injection": "error[interpolated-sql]",
    "literals": "error[credential-fallback]",
    "transactions": "error[missing-transaction]",
    "json": "warning[unchecked-response-status]",
}
BAD_SQL = "DROP TABLE users;\n"
FAMILIES = ("injection", "transactions", "json", "literals", "migrations")


def test_there_is_a_hook_for_every_family_of_rules_that_exists() -> None:
    expected = ["persistlint", "persistlint-fix", "persistlint-project"]
    families = [f"persistlint-{family}" for family in FAMILIES if groups().get(family)]
    assert sorted(hook["id"] for hook in HOOKS) == sorted([*expected, *families])


@pytest.mark.parametrize("hook", HOOKS, ids=lambda hook: hook["id"])
def test_the_entry_of_a_hook_is_a_command_that_works(
    hook: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program, *arguments = shlex.split(hook["entry"])
    file = "a.sql" if "migrations" in hook["id"] else "a.py"
    (tmp_path / file).write_text(BAD if file == "a.py" else BAD_SQL)
    monkeypatch.chdir(tmp_path)
    assert program == "persistlint"
    assert main([*arguments, *([file] if hook in FILE_HOOKS else [])]) == 1


@pytest.mark.parametrize("hook", HOOKS, ids=lambda hook: hook["id"])
def test_users_may_add_arguments_and_one_process_gets_all_files(hook: dict[str, Any]) -> None:
    assert hook["args"] == []
    assert hook["require_serial"] is True


@pytest.mark.parametrize("hook", FILE_HOOKS, ids=lambda hook: hook["id"])
def test_every_text_is_given_to_a_hook_which_leaves_out_what_it_does_not_read(
    hook: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert hook["types"] == ["text"]
    assert "types_or" not in hook
    monkeypatch.chdir(tmp_path)
    names = ["notes.md", "types.d.ts", "script"]
    for name in names:
        (tmp_path / name).write_text("a note\n")
    assert main([*shlex.split(hook["entry"])[1:], *names]) == 0
    assert capsys.readouterr() == ("No files to check.\n", "")


@pytest.mark.e2e
@pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")
def test_pre_commit_runs_every_hook(tmp_path: Path) -> None:
    pytest.importorskip("pre_commit", reason="pre-commit is not installed")
    (tmp_path / "a.py").write_text(BAD)
    (tmp_path / "b.py").write_text("a()  # persistlint: ignore[no-rule]\n")
    (tmp_path / "notes.md").write_text("a note\n")
    (tmp_path / "excluded.py").write_text(BAD)
    (tmp_path / "persistlint.toml").write_text('exclude = ["excluded.py"]\n')
    for arguments in (["init", "-q"], ["add", "."]):
        subprocess.run(["git", *arguments], cwd=tmp_path, check=True)
    command = [sys.executable, "-m", "pre_commit", "try-repo", str(ROOT), "--all-files", "--verbose"]
    run = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert run.returncode == 1, run.stdout + run.stderr
    for hook in HOOKS:
        assert f"- hook id: {hook['id']}\n" in run.stdout
    for family, rule in RULES.items():
        runs = [hook for hook in HOOKS if "--only" not in hook["entry"] or family in hook["entry"]]
        assert run.stdout.count(rule) == len(runs)
    assert "in 2 files (2 files checked)." in run.stdout
    assert (tmp_path / "b.py").read_text() == "a()\n"


@pytest.mark.e2e
@pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")
def test_the_hook_that_fixes_says_what_it_changed_and_fails_and_keeps_what_is_not_staged(tmp_path: Path) -> None:
    pytest.importorskip("pre_commit", reason="pre-commit is not installed")
    text = "import sqlite3\n\n\ndef find(db: sqlite3.Connection, name):\n    return db.execute({})\n"
    bad = text.format("f\"SELECT id FROM t WHERE a = '{name}'\"")
    good = text.format('"SELECT id FROM t WHERE a = ?", (name,)')
    (tmp_path / "a.py").write_text(bad)
    (tmp_path / "b.py").write_text("staged\n")
    for arguments in (["init", "-q"], ["add", "."]):
        subprocess.run(["git", *arguments], cwd=tmp_path, check=True)
    (tmp_path / "b.py").write_text("not staged\n")
    command = [sys.executable, "-m", "pre_commit", "try-repo", str(ROOT), "persistlint-fix"]
    run = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert run.returncode == 1, run.stdout + run.stderr
    assert "- files were modified by this hook" in run.stdout
    assert "fixed: a.py: 1 problem (interpolated-sql)" in run.stdout
    assert (tmp_path / "a.py").read_text() == good
    assert (tmp_path / "b.py").read_text() == "not staged\n"
    staged = subprocess.run(["git", "show", ":a.py"], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert staged.stdout == bad


def test_a_hook_of_some_groups_runs_no_rule_that_is_off(tmp_path: Path) -> None:
    (tmp_path / "a.sql").write_text("CREATE TABLE people (id bigint PRIMARY KEY, email text);\nDROP TABLE letters;\n")
    (tmp_path / "persistlint.toml").write_text('ignore = ["drop-table"]\n')
    entry = next(hook["entry"] for hook in HOOKS if hook["id"] == "persistlint-migrations")
    command = [sys.executable, "-m", *entry.split(), "--no-cache", "a.sql"]
    run = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert "plaintext-pii" not in run.stdout
    assert "drop-table" not in run.stdout
    every = subprocess.run([*command, "--select", "all"], cwd=tmp_path, capture_output=True, text=True)
    assert "plaintext-pii" in every.stdout
    assert "drop-table" in every.stdout
