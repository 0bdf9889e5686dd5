"""What makes a run pleasant: a bar, counts, watching, completion, explanations."""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from persistlint.cli import main
from persistlint.cli.arguments import overrides, parser
from persistlint.cli.progress import progress
from persistlint.cli.watch import follow
from persistlint.explanation import page
from persistlint.rules import every_rule, load

BAD = "def find(cursor, name):\n    cursor.execute(f\"SELECT * FROM users WHERE name = '{name}'\")\n"
UNUSED = "a()  # persistlint: ignore[no-rule]\n"
WATCHING = "Watching for changes; Ctrl-C ends it.\n"


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        """It does."""
        return True


@pytest.fixture(autouse=True)
def _in_an_empty_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_a_long_run_on_a_terminal_shows_a_bar_and_takes_it_away() -> None:
    terminal = Terminal()
    with progress(3, terminal, patience=-1) as advance:
        advance()
        assert "Checking" in terminal.getvalue()
        assert "1/3" in terminal.getvalue()
    assert terminal.getvalue().endswith("\x1b[2K")


@pytest.mark.parametrize("stream", [None, io.StringIO(), Terminal()], ids=["none", "file", "short run"])
def test_nothing_is_shown_elsewhere(stream: io.StringIO | None) -> None:
    with progress(1, stream, patience=0 if stream is None or not stream.isatty() else 1e9) as advance:
        advance()
    assert stream is None or stream.getvalue() == ""


def test_statistics_count_what_every_rule_found(capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("a.py", "b.py"):
        Path(name).write_text(BAD)
    Path("c.py").write_text(UNUSED)
    assert main(["check", "--statistics", ".", "gone.py"]) == 2
    assert capsys.readouterr().out == (
        "2  error    interpolated-sql\n"
        "1  warning  unknown-suppression  1 with a safe fix\n"
        "error: gone.py: it does not exist\n"
        "Found 2 errors and 1 warning in 3 files (3 files checked). `persistlint check --fix` repairs 1 of them. "
        "1 file could not be checked.\n"
    )


def test_statistics_of_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "--statistics", "--quiet"]) == 0
    assert capsys.readouterr().out == ""


def test_the_rules_that_found_something_are_explained(capsys: pytest.CaptureFixture[str]) -> None:
    Path("a.py").write_text(UNUSED)
    assert main(["check", "--explain"]) == 1
    assert capsys.readouterr().out.endswith("\n" + page(load("unknown-suppression")) + "\n")


@pytest.mark.parametrize("rule", every_rule(), ids=lambda rule: rule.name)
def test_a_page_is_the_documentation_and_what_fixes_make_of_the_examples(rule: object) -> None:
    text = page(rule)  # type: ignore[arg-type]
    for part in rule.docs.split("\n## "):  # type: ignore[attr-defined]
        assert part.strip() in text
    assert text.count("```") % 2 == 0


def test_the_fix_is_shown_on_the_example() -> None:
    text = page(load("unused-suppression"))
    assert (
        "The fix is safe.\n\n```diff\n@@ -1 +1 @@\n-total = 0  # persistlint: ignore[]\n+total = 0\n```\n\n## When not"
        in text
    )


def test_a_page_is_laid_out_for_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    monkeypatch.setattr(sys, "stdout", terminal)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert main(["explain", "interpolated-sql"]) == 0
    assert "##" not in terminal.getvalue()
    assert "\x1b[" in terminal.getvalue()
    assert "Why it matters" in terminal.getvalue()


@pytest.mark.parametrize("shell", ["bash", "zsh", "tcsh"])
def test_a_shell_completes(shell: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["completion", shell]) == 0
    script = capsys.readouterr().out
    assert "interpolated-sql" in script
    assert "add-suppressions" in script


@pytest.mark.skipif(shutil.which("bash") is None, reason="needs bash")
@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("persistlint ba", "baseline"),
        ("persistlint explain interpolated-s", "interpolated-sql"),
        ("persistlint check --format sar", "sarif"),
        ("persistlint check --base", "--baseline"),
        ("persistlint check --baseline kno", "known.json"),
        ("persistlint check --select injec", "injection"),
    ],
)
def test_bash_completes_what_was_begun(words: str, expected: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["completion", "bash"]) == 0
    Path("known.json").touch()
    *before, last = words.split()
    ask = (
        f"\nCOMP_WORDS=({words}); COMP_CWORD={len(before)}; COMP_LINE='{words}'"
        f'\n_shtab_persistlint persistlint "{last}" "{before[-1]}"\nprintf "%s\\n" "${{COMPREPLY[@]}}"\n'
    )
    run = subprocess.run(["bash"], input=capsys.readouterr().out + ask, capture_output=True, text=True, check=True)
    assert expected in run.stdout.split(), run.stdout + run.stderr


def test_a_shell_that_nobody_knows(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["completion", "bsh"]) == 2
    assert capsys.readouterr().err.endswith("Did you mean `bash`?\n")


def test_what_is_saved_is_checked_again(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    Path("a.py").write_text(BAD)
    Path("b.py").write_text(BAD)
    shown = []

    def saved() -> object:
        yield []
        shown.append(capsys.readouterr().out)
        Path("a.py").write_text("")
        Path("b.py").write_text("")  # nobody says so, so it is not read
        Path("c.py").write_text(UNUSED)
        yield [tmp_path / "a.py", tmp_path / "c.py"]
        shown.append(capsys.readouterr().out)
        Path("c.py").unlink()
        Path("persistlint.toml").write_text('exclude = ["b.py"]')
        yield [tmp_path / "persistlint.toml"]
        shown.append(capsys.readouterr().out)

    arguments = parser().parse_args(["check", "--watch"])
    follow(arguments, overrides(arguments), saved())  # type: ignore[arg-type]
    assert [text.splitlines()[-2] for text in shown] == [
        "Found 2 errors in 2 files (2 files checked).",
        "Found 1 error and 1 warning in 2 files (3 files checked). `persistlint check --fix` repairs 1 of them.",
        "All good: 1 file checked.",
    ]
    assert all(text.endswith(WATCHING) for text in shown)


def test_watching_looks_at_programs_again_when_a_migration_changes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Path(".git").mkdir()
    Path("a.py").write_text("from models import Base, engine\n\nBase.metadata.create_all(engine)\n")
    shown = []

    def saved() -> object:
        yield []
        shown.append(capsys.readouterr().out)
        Path("migrations").mkdir()
        Path("migrations/0001_first.py").write_text("")
        yield [tmp_path / "migrations" / "0001_first.py"]
        shown.append(capsys.readouterr().out)

    arguments = parser().parse_args(["check", "--watch"])
    follow(arguments, overrides(arguments), saved())  # type: ignore[arg-type]
    assert ["schema-sync-beside-migrations" in text for text in shown] == [False, True]


def test_watching_looks_at_programs_again_when_the_module_of_their_connection_changes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("a.js").write_text(
        'const db = require("./pool");\nexports.f = (id) => db.query("SELECT a FROM t WHERE b = " + id);\n'
    )
    shown = []

    def saved() -> object:
        yield []
        shown.append(capsys.readouterr().out)
        Path("pool.js").write_text('module.exports = require("mysql2").createPool({});\n')
        yield [tmp_path / "pool.js"]
        shown.append(capsys.readouterr().out)

    arguments = parser().parse_args(["check", "--watch"])
    follow(arguments, overrides(arguments), saved())  # type: ignore[arg-type]
    assert ["which driver" in text for text in shown] == [True, False]


def test_what_is_watched_is_shown_in_the_format_that_was_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    Path("c.py").write_text(UNUSED)
    arguments = parser().parse_args(["check", "--watch", "--format", "concise"])
    follow(arguments, overrides(arguments), [[]])
    assert capsys.readouterr().out.startswith("c.py:1:28: warning[unknown-suppression]: ")


def test_watching_sees_a_file_that_is_saved() -> None:
    Path("a.py").write_text("")
    process = subprocess.Popen(
        [sys.executable, "-m", "persistlint", "check", "--watch"],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert process.stdout
    last_resort = threading.Timer(60, process.kill)
    last_resort.start()
    try:
        assert [process.stdout.readline(), process.stdout.readline()] == ["All good: 1 file checked.\n", WATCHING]
        Path("a.py").write_text(BAD)
        assert process.stdout.readline().startswith("error[interpolated-sql]")
    finally:
        last_resort.cancel()
        process.kill()
        process.communicate()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--watch", "--since", "HEAD"], "`--since` cannot be used with `--watch`"),
        (["--watch", "--output-file", "a.txt"], "`--output-file` cannot be used with `--watch`"),
        (["--statistics", "--format", "json"], "`--format` cannot be used with `--statistics`"),
        (
            ["--format", "json", "--format", "sarif", "--output-file", "x"],
            "`--output-file` is for one format; name the files of others as in `--format sarif=FILE`",
        ),
        (["--fix", "--since", "HEAD"], "`--fix` cannot be used with `--since`"),
    ],
)
def test_options_that_do_not_go_together(options: list[str], message: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", *options]) == 2
    assert capsys.readouterr().err == f"error: {message}\n"
