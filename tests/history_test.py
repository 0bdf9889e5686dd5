"""What is asked of git about the default branch of the remote: never stale, never the network, never a program."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest

from persistlint.cli import main

if TYPE_CHECKING:
    from pathlib import Path

EDITED = "applied-migration-edited"
MIGRATION = "CREATE TABLE rooms (id bigint PRIMARY KEY);\n"


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout of a branch whose remote has one migration on its default branch."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "migrations").mkdir()
    (tmp_path / "migrations" / "001_rooms.sql").write_text(MIGRATION)
    git(tmp_path, "init", "-q")
    commit(tmp_path)
    return tmp_path


def git(folder: Path, *arguments: str) -> None:
    name = ("-c", "user.name=someone", "-c", "user.email=someone@example.org")
    subprocess.run(["git", *name, *arguments], cwd=folder, check=True, capture_output=True)


def commit(folder: Path) -> None:
    """Commit what there is, and let the default branch of the remote be there."""
    git(folder, "add", "migrations")
    git(folder, "commit", "-q", "--no-gpg-sign", "-m", "a state")
    git(folder, "update-ref", "refs/remotes/origin/main", "HEAD")
    git(folder, "symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/main")


def found(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    main(["check", "--isolated", "--select", EDITED, "--format", "concise", "migrations", *arguments])
    return capsys.readouterr().out


def test_a_result_is_that_of_the_branch_as_it_is_now(checkout: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = checkout / "migrations" / "001_rooms.sql"
    assert EDITED not in found(capsys)
    file.write_text(MIGRATION.replace("bigint", "int"))
    assert EDITED in found(capsys)
    commit(checkout)  # now the branch says so, too, and no file changed
    assert EDITED not in found(capsys)
    assert EDITED not in found(capsys)


def test_line_ends_of_a_checkout_are_no_change(checkout: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = checkout / "migrations" / "V1__rooms.sql"  # of Flyway, which compares whole texts
    file.write_bytes(MIGRATION.encode())
    commit(checkout)
    file.write_bytes(MIGRATION.replace("\n", "\r\n").encode())
    assert EDITED not in found(capsys)
    file.write_bytes(f"-- a comment\n{MIGRATION}".encode())
    assert EDITED in found(capsys)


def test_without_a_branch_or_git_nothing_is_known(
    checkout: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (checkout / "migrations" / "001_rooms.sql").write_text(MIGRATION.replace("bigint", "int"))
    git(checkout, "symbolic-ref", "--delete", "refs/remotes/origin/HEAD")
    assert found(capsys, "--no-cache").startswith("All good")
    git(checkout, "symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/main")
    monkeypatch.setenv("PATH", str(checkout))
    assert found(capsys, "--no-cache").startswith("All good")


def test_no_program_of_the_repository_is_run(checkout: Path, capsys: pytest.CaptureFixture[str]) -> None:
    program = checkout / "program"
    program.write_text(f"#!/bin/sh\ntouch {checkout}/ran\ncat\n")
    program.chmod(0o755)
    (checkout / ".gitattributes").write_text("*.sql filter=own diff=own\n")
    for key in ("core.fsmonitor", "core.sshCommand", "filter.own.clean", "filter.own.smudge", "diff.own.textconv"):
        git(checkout, "config", key, str(program))
    (checkout / "migrations" / "001_rooms.sql").write_text(MIGRATION.replace("bigint", "int"))
    assert EDITED in found(capsys, "--no-cache")
    assert not (checkout / "ran").exists()
