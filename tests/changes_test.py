"""`--since`: only what changed since a revision is reported."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from persistlint.cli import main
from persistlint.running.changes import since
from persistlint.source import Range

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")

HEAD = "def find(cursor, name):\n"
LINE = "    cursor.execute(f\"SELECT * FROM t{0} WHERE name = '{{name}}'\")\n"
ONE, TWO, THREE = (LINE.format(number) for number in (1, 2, 3))


@pytest.fixture(autouse=True)
def _in_a_repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for key in ("GIT_AUTHOR_NAME", "GIT_COMMITTER_NAME", "GIT_AUTHOR_EMAIL", "GIT_COMMITTER_EMAIL"):
        monkeypatch.setenv(key, "a@example.org")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
    _git("init", "-q", "-b", "main")
    Path("src").mkdir()
    Path("src/a.py").write_text(HEAD + ONE + TWO)
    _commit()


def test_nothing_changed() -> None:
    assert main(["check", "--since", "HEAD"]) == 0
    assert main(["check"]) == 1


def test_only_changed_lines_are_reported(capsys: pytest.CaptureFixture[str]) -> None:
    Path("src/a.py").write_text(HEAD + ONE + THREE + TWO)
    assert main(["check", "--since", "HEAD"]) == 1
    out = capsys.readouterr().out
    assert "src/a.py:3:" in out
    assert "Found 1 error in 1 file (1 file checked)." in out


def test_a_new_file_is_reported_whole_whether_git_knows_it_or_not(capsys: pytest.CaptureFixture[str]) -> None:
    Path("src/new.py").write_text(HEAD + ONE + TWO)
    assert main(["check", "--since", "HEAD"]) == 1
    _git("add", ".")
    assert main(["check", "--since", "HEAD"]) == 1
    _git("commit", "-qm", "x")
    assert main(["check", "--since", "HEAD~"]) == 1
    assert capsys.readouterr().out.count("Found 2 errors in 1 file (1 file checked).") == 3


def test_a_renamed_file_is_no_new_one(capsys: pytest.CaptureFixture[str]) -> None:
    _git("mv", "src/a.py", "src/b.py")
    assert main(["check", "--since", "HEAD"]) == 0
    Path("src/b.py").write_text(HEAD + ONE + TWO + THREE)
    assert main(["check", "--since", "HEAD"]) == 1
    assert "Found 1 error" in capsys.readouterr().out


def test_what_others_did_since_the_branches_parted_does_not_count() -> None:
    _git("checkout", "-qb", "mine")
    Path("src/b.py").write_text("x = 1\n")
    _commit()
    _git("checkout", "-q", "main")
    Path("src/a.py").write_text(HEAD + ONE)
    _commit()
    _git("checkout", "-q", "mine")
    assert main(["check", "--since", "main"]) == 0


def test_a_line_that_explains_a_diagnostic_counts() -> None:
    text = HEAD + "    query = f\"SELECT * FROM t WHERE name = '{name}'\"\n    cursor.execute(query)\n"
    Path("src/a.py").write_text(text)
    _commit()
    Path("src/a.py").write_text(text.replace("execute(query)", "execute(query, ())"))
    assert main(["check", "--since", "HEAD"]) == 1


def test_it_works_below_the_root_and_for_paths_in_other_words(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    Path("src/a.py").write_text(HEAD + ONE + TWO + THREE)
    monkeypatch.chdir("src")
    assert main(["check", "--since", "HEAD", "."]) == 1
    assert main(["check", "--since", "HEAD", str(tmp_path / "src" / ".." / "src")]) == 1


def test_a_baseline_and_a_revision_go_together(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["baseline"]) == 0
    Path("src/a.py").write_text(HEAD + ONE + TWO + THREE)
    assert main(["check", "--since", "HEAD", "--baseline", "persistlint-baseline.json"]) == 1
    captured = capsys.readouterr()
    assert "Found 1 error" in captured.out
    assert captured.err == ""


def test_an_entry_of_a_file_that_was_renamed_and_is_left_out_is_not_stale(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["baseline"]) == 0
    _commit()
    _git("mv", "src/a.py", "src/b.py")
    assert main(["check", "--since", "HEAD", "--baseline", "persistlint-baseline.json"]) == 0
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("name", ["a b.py", "ü.py", 'q"\\.py', "tab\t.py", "b/b.py"])
def test_lines_of_paths_that_git_quotes(name: str) -> None:
    Path(name).parent.mkdir(exist_ok=True)
    Path(name).write_text("1\n2\n3\n")
    _commit()
    Path(name).write_text("0\n1\n2\n4")
    changes = since("HEAD").lines
    assert changes == {Path(name).resolve(): (Range(1, 2), Range(4, 5))}


def test_what_a_hunk_holds_is_no_header() -> None:
    Path("a.sql").write_text("-- b/x\n++ b/y\n")
    _commit()
    Path("a.sql").write_text("++ b/z\n@@ -1 +1 @@\ndiff --git a/x b/x\n")
    assert since("HEAD").lines == {Path("a.sql").resolve(): (Range(1, 4),)}


def test_binary_and_empty_files_are_new_as_a_whole() -> None:
    Path("a.sql").write_bytes("x".encode("utf-16"))
    _commit()
    Path("a.sql").write_bytes("y".encode("utf-16"))
    Path("e.sql").touch()
    _git("add", "e.sql")
    assert since("HEAD").lines == {Path("a.sql").resolve(): None, Path("e.sql").resolve(): None}


def test_the_configuration_of_git_changes_nothing() -> None:
    for key, value in {
        "diff.noprefix": "true", "diff.mnemonicPrefix": "true", "color.ui": "always", "diff.external": "false",
        "diff.renames": "false", "core.quotePath": "false", "diff.relative": "true", "diff.interHunkContext": "9",
    }.items():  # fmt: skip
        _git("config", key, value)
    Path("src/a.py").write_text("# ü\n" + HEAD + ONE + TWO + "# e\n")
    assert since("HEAD").lines == {Path("src/a.py").resolve(): (Range(1, 2), Range(5, 6))}


@pytest.mark.parametrize(
    ("revision", "message"),
    [
        ("nowhere", "--since: `nowhere` is no revision that git knows"),
        ("--output=x", "--since: `--output=x` is no revision"),
    ],
)
def test_a_revision_that_is_none(revision: str, message: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", f"--since={revision}"]) == 2
    assert capsys.readouterr().err.startswith(f"error: {message}")


def test_a_branch_without_a_common_past(capsys: pytest.CaptureFixture[str]) -> None:
    _git("checkout", "-q", "--orphan", "other")
    Path("new.py").touch()
    _commit()
    assert main(["check", "--since", "main"]) == 2
    assert "nothing here leads back to `main`" in capsys.readouterr().err


def test_outside_of_a_repository(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path_factory.mktemp("plain"))
    assert main(["check", "--since", "HEAD"]) == 2
    assert capsys.readouterr().err.startswith("error: --since: it is not in a git repository")


def _commit() -> None:
    _git("add", ".")
    _git("commit", "-qm", "x", "--allow-empty")


def _git(*arguments: str) -> None:
    subprocess.run(["git", *arguments], check=True)
