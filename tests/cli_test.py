"""The command line from outside: arguments, exit statuses, what is printed where."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from persistlint.cli import main
from persistlint.reading import LARGEST
from persistlint.version import VERSION

if TYPE_CHECKING:
    from collections.abc import Sequence

CLEAN = "def area(width, height):\n    return width * height\n"
BAD = "def find(cursor, name):\n    cursor.execute(f\"SELECT * FROM users WHERE name = '{name}'\")\n"


@pytest.fixture(autouse=True)
def _in_an_empty_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_a_clean_file_exits_with_0(capsys: pytest.CaptureFixture[str]) -> None:
    Path("a.py").write_text(CLEAN)
    assert main(["check", "a.py"]) == 0
    assert capsys.readouterr().out == "All good: 1 file checked.\n"


def test_diagnostics_exit_with_1(capsys: pytest.CaptureFixture[str]) -> None:
    Path("a.py").write_text(BAD)
    assert main(["check"]) == 1
    assert "error[interpolated-sql]" in capsys.readouterr().out


def test_exit_zero_forgives_diagnostics_but_no_failures() -> None:
    Path("a.py").write_text(BAD)
    assert main(["check", "--exit-zero"]) == 0
    assert main(["check", "--exit-zero", "a.py", "gone.py"]) == 2


def test_nothing_to_check_is_no_failure(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check"]) == 0
    assert capsys.readouterr().out == "No files to check.\n"


def test_a_path_that_does_not_exist_is_named_and_the_others_are_checked(capsys: pytest.CaptureFixture[str]) -> None:
    Path("a.py").write_text(BAD)
    assert main(["check", "gone.py", "a.py"]) == 2
    out = capsys.readouterr().out
    assert "error: gone.py: it does not exist" in out
    assert "error[interpolated-sql]" in out


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"\0" * 100, "it is a binary file"),
        (b"\xff\xfe\x00", "it starts with a UTF-16-LE byte order mark but is not UTF-16-LE text"),
        (bytes(range(0x80, 0xA0)), "it is neither UTF-8 nor Latin-1 text"),
        (b" " * (LARGEST + 1), "it is larger than 20 MB"),
    ],
    ids=["binary", "UTF-16", "no text", "large"],
)
def test_a_file_that_is_no_source_text_is_a_failure(
    content: bytes, message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("a.py").write_bytes(content)
    assert main(["check", "a.py"]) == 2
    assert f"error: a.py: {message}\n" in capsys.readouterr().out


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_a_named_pipe_is_refused_and_not_waited_for(capsys: pytest.CaptureFixture[str]) -> None:
    os.mkfifo("a.py")
    assert main(["check", "a.py"]) == 2
    assert "error: a.py: it is not a regular file\n" in capsys.readouterr().out


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is forbidden to root")
def test_a_file_without_permission_is_a_failure(capsys: pytest.CaptureFixture[str]) -> None:
    Path("a.py").touch(mode=0)
    assert main(["check", "a.py"]) == 2
    assert "error: a.py: there is no permission to read it\n" in capsys.readouterr().out


def test_a_file_of_another_kind_is_left_out_with_a_warning(capsys: pytest.CaptureFixture[str]) -> None:
    Path("notes.md").touch()
    assert main(["check", "notes.md"]) == 0
    assert "warning: notes.md: " in capsys.readouterr().err


def test_select_and_ignore_choose_the_rules() -> None:
    Path("a.py").write_text(BAD)
    assert main(["check", "--select", "suppressions"]) == 0
    assert main(["check", "--select", "suppressions,interpolated-sql"]) == 1
    assert main(["check", "--select", "suppressions", "--select", "injection"]) == 1
    assert main(["check", "--ignore", "injection"]) == 0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["check", "--select", "interpolated-sq"], "Did you mean `interpolated-sql`?"),
        (["check", "--ignore", "injektion"], "Did you mean `injection`?"),
        (["explain", "interpolated-sq"], "Did you mean `interpolated-sql`?"),
        (["check", "-"], "--stdin-filename"),
        (["check", "--stdin-filename", "a.py", "b.py"], "together with other paths"),
        (["check", "--stdin-filename", "a.py", "--watch"], "`--watch` cannot be used with standard input"),
        (["check", "--output-file", "no/such/folder.txt"], "no/such/folder.txt: it cannot be written"),
        (["check", "--config", "gone.toml", "."], "gone.toml"),
        (["explain", "errors"], "`errors` is a group of rules: runtime-schema-change, "),
        (["explain", "interpolated-sql", "b"], "`b` is one argument too many"),
        (["explain"], "required: RULE"),
        (["chekc"], "there is no command `chekc`. Did you mean `check`?"),
        (["a.py"], "Did you mean `persistlint check a.py`?"),
        (["nonsense"], "there is no command `nonsense`. `persistlint --help` shows what there is."),
        (["--versio"], "Did you mean `--version`?"),
        (["check", "--form", "json"], "`persistlint check` has no option `--form`. Did you mean `--format`?"),
        (["check", "--zzzz"], "has no option `--zzzz`. `persistlint check --help` shows what there is."),
        (["check", "--format", "jsno"], "`--format`: 'jsno' is none of concise, github, "),
    ],
    ids=" ".join,
)
def test_wrong_usage_exits_with_2_and_says_why(
    arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("a.py").write_text(CLEAN)
    assert main(arguments) == 2
    captured = capsys.readouterr()
    assert message in captured.err
    assert captured.err.startswith("error: ")


def test_without_a_command_all_of_them_are_shown(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert " write down what is known" in captured.err


def test_standard_input_is_checked_under_a_name(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for arguments in (["--stdin-filename", "src/a.py"], ["--stdin-filename", "src/a.py", "-"]):
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(BAD.encode())))
        assert main(["check", *arguments]) == 1
        assert "src/a.py:2:" in capsys.readouterr().out


def test_standard_input_that_is_excluded_is_clean(monkeypatch: pytest.MonkeyPatch) -> None:
    Path("persistlint.toml").write_text('exclude = ["src/"]')
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(BAD.encode())))
    assert main(["check", "--stdin-filename", "src/a.py", "--force-exclude"]) == 0


def test_standard_input_is_fixed_to_standard_output(
    monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    content = "\N{BYTE ORDER MARK}x = 'ä'  # persistlint: ignore[no-rule]\r\n".encode("utf-16-le")
    for arguments, text in (
        ([], content.decode("utf-16-le").replace("  # persistlint: ignore[no-rule]", "")),
        (["--force-exclude"], content.decode("utf-16-le")),  # it is left out, and no editor is to lose it
    ):
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content)))
        Path("persistlint.toml").write_text('exclude = ["src/"]')
        assert main(["check", "--fix", "--stdin-filename", "src/a.py", *arguments]) == 0
        captured = capfdbinary.readouterr()
        assert captured.out.decode("utf-16-le") == text
        assert (b"fixed: src/a.py: 1 problem" in captured.err) is (arguments == [])


def test_what_would_change_in_standard_input_is_shown(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"a()  # persistlint: ignore[no-rule]\n")))
    assert main(["check", "--diff", "--stdin-filename", "a.py"]) == 1
    assert capsys.readouterr().out == (
        "--- a/a.py\n+++ b/a.py\n@@ -1 +1 @@\n-a()  # persistlint: ignore[no-rule]\n+a()\n"
    )


def test_a_form_feed_ends_no_line_of_a_difference(capsys: pytest.CaptureFixture[str]) -> None:
    Path("a.py").write_text("\fa()  # persistlint: ignore[no-rule]\nb()\n")
    assert main(["check", "--diff", "a.py"]) == 1
    assert capsys.readouterr().out == (
        "--- a/a.py\n+++ b/a.py\n@@ -1,2 +1,2 @@\n-\fa()  # persistlint: ignore[no-rule]\n+\fa()\n b()\n"
    )


def test_output_goes_to_a_file(capsys: pytest.CaptureFixture[str]) -> None:
    Path("a.py").write_text(BAD)
    assert main(["check", "--format", "json", "--output-file", "out.json"]) == 1
    assert json.loads(Path("out.json").read_text())["summary"]["diagnostics"] == 1
    assert capsys.readouterr().out == ""


def test_quiet_leaves_out_the_summary(capsys: pytest.CaptureFixture[str]) -> None:
    Path("a.py").write_text(CLEAN)
    assert main(["check", "--quiet", "--no-cache"]) == 0
    assert capsys.readouterr().out == ""


def test_a_rule_that_raises_is_a_failure_and_other_files_go_on(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    import persistlint.running.checking

    def broken(source: object, settings: object) -> None:
        raise RuntimeError("no luck")

    monkeypatch.setattr(persistlint.running.checking, "check", broken)
    Path("a.py").write_text(CLEAN)
    Path("b.py").write_text(CLEAN)
    assert main(["check"]) == 2
    out = capsys.readouterr().out
    assert "error: a.py: internal error: RuntimeError: no luck" in out
    assert "error: b.py: internal error: RuntimeError: no luck" in out


def test_interrupting_is_quiet(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    import persistlint.running.checking

    def interrupted(source: object, settings: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(persistlint.running.checking, "check", interrupted)
    Path("a.py").write_text(CLEAN)
    assert main(["check"]) == 130
    assert capsys.readouterr() == ("", "")


def test_rules_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rules"]) == 0
    assert "  interpolated-sql " in capsys.readouterr().out
    assert main(["rules", "--format", "json"]) == 0
    rules = {rule["name"]: rule for rule in json.loads(capsys.readouterr().out)}
    assert rules["interpolated-sql"]["group"] == "injection"
    assert rules["unused-suppression"]["severity"] == "warning"


def test_a_rule_is_explained(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "unused-suppression"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("# unused-suppression\n\nGroup suppressions, warning, on by default; python, ")
    assert "## Why it matters" in out


def test_the_configuration_of_a_path_is_shown(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    Path("persistlint.toml").write_text(
        'dialect = "mysql"\n'
        'select = ["suppressions"]\nexclude = ["a.py"]\n[rules.unused-suppression]\nseverity = "info"'
    )
    assert main(["config", "a.py"]) == 0
    out = capsys.readouterr().out
    assert f"configuration:\n  {tmp_path / 'persistlint.toml'}\n" in out
    assert "dialect: mysql\nbaseline: none\nexcluded: yes\n" in out
    assert "\n  unused-suppression   info\n" in out
    assert "interpolated-sql" not in out


def test_the_language_server_is_started(monkeypatch: pytest.MonkeyPatch) -> None:
    import persistlint_lsp.server

    started: list[bool] = []
    monkeypatch.setattr(persistlint_lsp.server, "main", lambda: started.append(True))
    assert main(["server", "--stdio"]) == 0
    assert started == [True]


def test_it_runs_as_a_module() -> None:
    run = _process(["--version"])
    assert (run.returncode, run.stdout) == (0, f"persistlint {VERSION}\n".encode())


def test_a_reader_that_goes_away_is_no_error() -> None:
    for number in range(200):
        Path(f"module_{number:03}.py").write_text(BAD * 20)
    read, write = os.pipe()
    os.close(read)
    run = _process(["check", "--format", "json"], stdout=write)
    os.close(write)
    assert (run.returncode, run.stderr) == (141, b"")


def test_a_path_that_is_no_unicode_and_a_terminal_that_is_ascii_are_survived() -> None:
    try:
        Path(os.fsdecode(b"caf\xe9.py")).write_text("# größer\n" + BAD.replace("{name}", "ß{name}"), "utf-8")
    except OSError:
        pytest.skip("the file system takes Unicode names only")
    run = _process(["check"], PYTHONIOENCODING="ascii", PYTHONUTF8="0")
    assert run.returncode == 1
    assert rb"caf\udce9.py:3:" in run.stdout
    assert run.stderr == b""


def test_a_clean_file_costs_no_heavy_imports() -> None:
    Path("a.py").write_text(CLEAN)
    run = _process(["check", "a.py"], before=["-X", "importtime"])
    imported = {line.rsplit(b"|", 1)[-1].strip().split(b".")[0] for line in run.stderr.splitlines()}
    assert run.returncode == 0
    assert b"persistlint" in imported
    assert not imported & {b"sqlglot", b"libcst", b"pygls", b"rich", b"pathspec", b"tomllib", b"subprocess", b"json"}


@pytest.mark.skipif(os.name == "nt", reason="its shells close no streams")
@pytest.mark.parametrize("stream", ["1", "2"])
def test_a_stream_that_is_closed_changes_no_status(stream: str, tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("x = 1\n")
    command = [sys.executable, "-m", "persistlint", "check", "--no-cache", "--isolated", "a.py"]
    paths = os.pathsep.join(path for path in sys.path if path)
    run = subprocess.run(
        ["sh", "-c", f'exec "$@" {stream}>&-', "sh", *command],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": paths},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=60,
    )
    assert run.returncode == 0


def _process(
    arguments: Sequence[str], *, before: Sequence[str] = (), stdout: int = subprocess.PIPE, **environment: str
) -> subprocess.CompletedProcess[bytes]:
    paths = os.pathsep.join(path for path in sys.path if path)
    return subprocess.run(
        [sys.executable, *before, "-m", "persistlint", *arguments],
        env={**os.environ, "PYTHONPATH": paths, **environment},
        stdin=subprocess.DEVNULL,
        stdout=stdout,
        stderr=subprocess.PIPE,
        timeout=60,
    )
