"""Applying fixes to text, and writing fixed files back as they were."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from persistlint.cli import main
from persistlint.diagnostic import Applicability, Diagnostic, Edit, Fix, Severity
from persistlint.engine import check
from persistlint.fixes.apply import apply
from persistlint.fixes.converge import ROUNDS, converge
from persistlint.fixes.write import WriteError, write
from persistlint.fixing import fix
from persistlint.settings import Settings
from persistlint.source import Range, SourceFile

UNUSED = "a()  # persistlint: ignore[no-rule]"


@pytest.mark.parametrize(
    ("fixes", "expected", "count"),
    [
        ([], "abcdef", 0),
        ([[(0, 1, "X")]], "Xbcdef", 1),
        ([[(4, 5, "Y")], [(0, 1, "XX")]], "XXbcdYf", 2),
        ([[(0, 1, "X"), (5, 6, "Z")], [(2, 3, "Y")]], "XbYdeZ", 2),
        ([[(0, 3, "X")], [(2, 4, "Y")]], "Xdef", 1),
        ([[(0, 1, "X"), (4, 6, "Z")], [(3, 5, "Y")]], "XbcdZ", 1),
        ([[(0, 3, "X")], [(3, 6, "Y")]], "XY", 2),
        ([[(3, 3, "+")], [(5, 5, "-")]], "abc+de-f", 2),
        ([[(3, 3, "+")], [(3, 3, "-")]], "abc+def", 1),
        ([[(3, 3, "+")], [(3, 5, "-")]], "abc+def", 1),
        ([[(0, 0, "import x "), (1, 2, "B")], [(0, 0, "import x "), (3, 4, "D")]], "import x aBcDef", 2),
        ([[(0, 1, "X"), (0, 2, "Y")]], "abcdef", 0),
        ([[(5, 9, "X")], [(-1, 1, "Y")], [(3, 2, "Z")]], "abcdef", 0),
        ([[(6, 6, "g")]], "abcdefg", 1),
    ],
)
def test_fixes_that_do_not_collide_are_applied(
    fixes: list[list[tuple[int, int, str]]], expected: str, count: int
) -> None:
    made = [_fix(*(Edit(Range(start, end), text) for start, end, text in edits)) for edits in fixes]
    assert apply(b"abcdef", made) == (expected.encode(), count)


def test_line_feeds_become_the_line_ends_of_the_file() -> None:
    fix = _fix(Edit(Range(0, 0), "import x\n"))
    assert apply(b"a\r\nb\r\n", [fix])[0] == b"import x\r\na\r\nb\r\n"
    assert apply(b"a\nb\n", [fix])[0] == b"import x\na\nb\n"


def test_many_fixes_are_applied_at_once() -> None:
    fixes = [_fix(Edit(Range(index, index + 1), "bb")) for index in range(0, 20_000, 2)]
    assert apply(b"a" * 20_000, fixes) == (b"bba" * 10_000, 10_000)


def test_fixes_converge_over_rounds_and_only_safe_ones_are_applied() -> None:
    def diagnose(source: SourceFile) -> list[Diagnostic]:
        place = Range(0, source.content.find(b"a") + 1)
        safe = _fix(Edit(place, "b"))
        unsafe = _fix(Edit(place, "c"), applicability=Applicability.UNSAFE)
        return [_diagnostic(unsafe, safe)] if b"a" in source.content else []

    source = SourceFile("a.py", b"aaa", "python")
    fixed, count = converge(source, diagnose)
    assert (fixed.content, count) == (b"b", 3)
    assert converge(source, diagnose, unsafe=True)[0].content == b"c"
    assert fixed.path == "a.py"


def test_fixes_that_never_end_are_stopped() -> None:
    def diagnose(source: SourceFile) -> list[Diagnostic]:
        return [_diagnostic(_fix(Edit(Range(0, 0), "a")))]

    assert converge(SourceFile("a.py", b"", "python"), diagnose)[1] == ROUNDS


def test_fixes_that_undo_each_other_are_stopped_before_the_file_is_as_it_was() -> None:
    def diagnose(source: SourceFile) -> list[Diagnostic]:
        return [_diagnostic(_fix(Edit(Range(0, 1), "b" if source.content == b"a" else "a")))]

    fixed, count = converge(SourceFile("a.py", b"a", "python"), diagnose)
    assert (fixed.content, count) == (b"b", 1)


@pytest.mark.parametrize(
    "data",
    [
        UNUSED.encode(),
        f"# ü\r\n{UNUSED}\r\n".encode(),
        b"\xef\xbb\xbf" + f"{UNUSED}\n".encode(),
        f"# coding: latin-1\n# \xfc\n{UNUSED}\n".encode("latin-1"),
        b"\xff\xfe" + f"# ü\n{UNUSED}\n".encode("utf-16-le"),
        f"a\r{UNUSED}\rb".encode(),
    ],
    ids=["no line end", "CRLF", "UTF-8 with a mark", "Latin-1", "UTF-16", "CR"],
)
def test_a_fixed_file_keeps_all_but_what_is_fixed(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "a.py"
    path.write_bytes(data)
    path.chmod(0o751)
    comment = "  # persistlint: ignore[no-rule]"
    encoding = "utf-16-le" if data.startswith(b"\xff\xfe") else "latin-1"
    assert main(["check", "--fix", str(path)]) == 0
    assert path.read_bytes() == data.replace(comment.encode(encoding), b"")
    assert path.stat().st_mode & 0o777 == 0o751
    assert list(tmp_path.iterdir()) == [path]


def test_fixing_says_what_it_did_and_what_is_left(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bad = "def find(cursor, name):\n    cursor.execute(f\"SELECT * FROM t WHERE a = '{name}'\")\n"
    (tmp_path / "a.py").write_text(f"{bad}{UNUSED}\nb()  # persistlint: ignore[interpolated-sql, x, y]\n")
    (tmp_path / "b.py").write_text("a()\n")
    before = (tmp_path / "b.py").stat().st_mtime_ns
    assert main(["check", "--fix", str(tmp_path)]) == 1
    assert (tmp_path / "a.py").read_text() == f"{bad}a()\nb()\n"
    assert (tmp_path / "b.py").stat().st_mtime_ns == before
    out = capsys.readouterr().out
    assert "error[interpolated-sql]" in out
    assert out.splitlines()[-2:] == [
        f"fixed: {tmp_path.as_posix()}/a.py: 4 problems (unknown-suppression, unused-suppression)",
        "Fixed 4 problems. Found 1 error in 1 file (2 files checked).",
    ]


def test_a_fix_that_breaks_the_file_is_left_out_and_the_others_are_applied() -> None:
    def diagnose(source: SourceFile) -> list[Diagnostic]:
        wrong = _fix(Edit(Range(0, 1), "("))
        right = _fix(Edit(Range(source.content.find(b"b"), source.content.find(b"b") + 1), "c"))
        return [_diagnostic(wrong), *([_diagnostic(right)] if b"b" in source.content else [])]

    fixed, count = fix(SourceFile("a.py", b"a\nb\n", "python"), diagnose)
    assert (fixed.content, count) == (b"a\nc\n", 1)


def test_a_fix_that_brings_a_new_diagnostic_is_left_out() -> None:
    def diagnose(source: SourceFile) -> list[Diagnostic]:
        place = Range(0, 1)
        return [_diagnostic(_fix(Edit(place, "b")))] if source.content == b"a" else [_diagnostic(), _diagnostic()]

    assert fix(SourceFile("a.py", b"a", "python"), diagnose) == (SourceFile("a.py", b"a", "python"), 0)


def test_a_fix_may_bring_a_note_in_the_place_of_something_graver() -> None:
    place, note = Range(0, 1), replace(_diagnostic(), rule="note", severity=Severity.INFO)

    def diagnose(source: SourceFile) -> list[Diagnostic]:
        return [_diagnostic(_fix(Edit(place, "b")))] if source.content == b"a" else [note, note]

    def trade(source: SourceFile) -> list[Diagnostic]:
        return [replace(note, fixes=(_fix(Edit(place, "b")),))] if source.content == b"a" else [note, note]

    assert fix(SourceFile("a.py", b"a", "python"), diagnose)[0].content == b"b"
    assert fix(SourceFile("a.py", b"a", "python"), trade)[0].content == b"a"


def test_a_fix_may_bring_a_diagnostic_that_another_fix_takes_away() -> None:
    follow = {b"a": b"b", b"b": b"c"}

    def diagnose(source: SourceFile) -> list[Diagnostic]:
        after = follow.get(source.content)
        found = _diagnostic(_fix(Edit(Range(0, 1), after.decode()))) if after else None
        return [found] * (1 + (source.content == b"b")) if found else []

    assert fix(SourceFile("a.py", b"a", "python"), diagnose)[0].content == b"c"
    follow[b"b"] = b"b"
    assert fix(SourceFile("a.py", b"a", "python"), diagnose)[0].content == b"a"


def test_an_import_of_go_goes_with_its_last_use() -> None:
    query = "db.Query(fmt.Sprintf(\"SELECT id FROM t WHERE a = '%s'\", name))"
    text = f"""package shop

import (
\t"database/sql"
\t"fmt"

\t_ "github.com/lib/pq"
)

func Two(db *sql.DB, name string) {{
\t{query}
\t{query}
}}
"""
    settings = Settings(frozenset(["interpolated-sql"]))
    fixed, count = fix(SourceFile("a.go", text.encode(), "go"), lambda source: check(source, settings).diagnostics)
    expected = text.replace('\t"fmt"\n', "").replace(query, 'db.Query("SELECT id FROM t WHERE a = $1", name)')
    assert (fixed.content.decode(), count) == (expected, 2)


BAD = """import sqlite3


def find(db: sqlite3.Connection, name):
    return db.execute(f"SELECT id FROM t WHERE a = '{name}'").fetchall()
"""
GOOD = BAD.replace("f\"SELECT id FROM t WHERE a = '{name}'\"", '"SELECT id FROM t WHERE a = ?", (name,)')


def test_a_difference_is_shown_and_nothing_is_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "a.py"
    path.write_text(BAD)
    assert main(["check", "--diff", str(path)]) == 1
    out, err = capsys.readouterr()
    assert [line for line in out.splitlines() if line[0] in "+-"][2:] == [
        f"-{BAD.splitlines()[-1]}",
        f"+{GOOD.splitlines()[-1]}",
    ]
    assert err.splitlines()[-1] == "Would fix 1 problem in 1 file; nothing was written."
    assert path.read_text() == BAD


@pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")
@pytest.mark.parametrize("is_absolute", [False, True])
def test_git_applies_the_difference(
    is_absolute: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("a.py").write_text(BAD.rstrip("\n"))
    main(["check", "--diff", str(tmp_path / "a.py") if is_absolute else "a.py"])
    folder = tmp_path.anchor if is_absolute else tmp_path
    subprocess.run(["git", "apply", "-"], input=capsys.readouterr().out, text=True, check=True, cwd=folder)
    assert Path("a.py").read_text() == GOOD.rstrip("\n")


def test_unsafe_fixes_are_applied_when_they_are_asked_for(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "a.py"
    bad = "import asyncpg\n\n\nasync def find(db: asyncpg.Connection, name):\n    await db.fetch({})\n"
    path.write_text(bad.format("f\"SELECT id FROM t WHERE a = '{name}'\""))
    assert main(["check", "--fix", str(path)]) == 1
    assert path.read_text() == bad.format("f\"SELECT id FROM t WHERE a = '{name}'\"")
    assert "`--unsafe-fixes` repairs 1." in capsys.readouterr().out
    assert main(["check", "--unsafe-fixes", str(path)]) == 0
    assert path.read_text() == bad.format('"SELECT id FROM t WHERE a = $1", name')


_FIX = "import sys; from persistlint.cli import main; sys.exit(main(['check', '--fix', *sys.argv[1:]]))"


@pytest.mark.skipif(sys.platform == "win32", reason="the limit is one of POSIX")
def test_a_full_disk_loses_nothing(tmp_path: Path) -> None:
    path = tmp_path / "a.py"
    path.write_text(BAD + "# and more\n" * 2000)
    full = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096)); "
    ignored = "import signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN); "
    run = subprocess.run([sys.executable, "-c", ignored + full + _FIX, str(path)], capture_output=True, text=True)
    assert run.returncode == 2, run.stderr
    assert "it cannot be written, so it was not fixed: File too large" in run.stdout
    assert path.read_text() == BAD + "# and more\n" * 2000
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="only POSIX kills at once")
@pytest.mark.parametrize("step", ["mkstemp", "fsync", "replace"])
def test_a_process_that_is_killed_leaves_the_old_file_or_the_new_one(tmp_path: Path, step: str) -> None:
    path = tmp_path / "a.py"
    path.write_text(BAD)
    owner = {"mkstemp": "tempfile", "fsync": "os"}.get(step, "pathlib.Path")
    # The process is killed inside of the step: just before it in one run, and just behind it in another.
    for place in ("before", "behind"):
        killing = f"""
import os, pathlib, signal, tempfile
original = {owner}.{step}
def dies(*arguments, **options):
    if {place!r} == "before":
        os.kill(os.getpid(), signal.SIGKILL)
    original(*arguments, **options)
    os.kill(os.getpid(), signal.SIGKILL)
{owner}.{step} = dies
"""
        run = subprocess.run([sys.executable, "-c", killing + _FIX, str(path)], capture_output=True)
        assert run.returncode == -signal.SIGKILL
        expected = GOOD if (step, place) == ("replace", "behind") else BAD
        assert path.read_text() == expected


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="only POSIX kills at once")
def test_a_run_that_is_killed_somewhere_leaves_only_whole_files(tmp_path: Path) -> None:
    paths = [tmp_path / f"{number}.py" for number in range(12)]
    fixed = 0
    for number in range(3):
        for path in paths:
            path.write_text(BAD)
        process = subprocess.Popen([sys.executable, "-c", _FIX, str(tmp_path)], stdout=subprocess.DEVNULL)
        # Some files are done by then, as many as chance will have it.
        while process.poll() is None and sum(path.read_text() == GOOD for path in paths) < number * 4:
            pass
        process.kill()
        process.wait()
        contents = [path.read_text() for path in paths]
        assert set(contents) <= {BAD, GOOD}
        fixed += contents.count(GOOD)
    assert fixed


def test_a_file_that_changes_while_its_fix_is_written_is_left_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.py"
    path.write_text(BAD)
    sync = os.fsync

    def saves(descriptor: int) -> None:
        sync(descriptor)
        path.write_text("somebody saved this")

    monkeypatch.setattr(os, "fsync", saves)
    assert main(["check", "--fix", str(path)]) == 2
    assert path.read_text() == "somebody saved this"
    assert list(tmp_path.iterdir()) == [path]


def test_a_link_stays_and_its_file_is_fixed(tmp_path: Path) -> None:
    (tmp_path / "real.py").write_text(UNUSED)
    (tmp_path / "a.py").symlink_to("real.py")
    assert main(["check", "--fix", str(tmp_path / "a.py")]) == 0
    assert (tmp_path / "a.py").is_symlink()
    assert (tmp_path / "real.py").read_text() == "a()"


def test_a_file_that_changed_meanwhile_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "a.py"
    path.write_text("changed")
    with pytest.raises(WriteError, match="it changed while it was checked"):
        write(path, SourceFile("a.py", b"as it was", "python"), b"fixed")
    assert path.read_text() == "changed"


def test_a_file_whose_encoding_cannot_hold_the_fix_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "a.py"
    path.write_bytes(b"\xfc")
    with pytest.raises(WriteError, match="its encoding, latin-1, cannot hold the fix"):
        write(path, SourceFile("a.py", "ü".encode(), "python", "latin-1"), "ü…".encode())
    assert path.read_bytes() == b"\xfc"


def test_a_file_that_is_gone_is_not_written(tmp_path: Path) -> None:
    with pytest.raises(WriteError, match="it cannot be written"):
        write(tmp_path / "a.py", SourceFile("a.py", b"a", "python"), b"b")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is forbidden to root")
@pytest.mark.parametrize("closed", ["file", "folder"])
def test_what_is_read_only_is_a_failure_and_stays(
    tmp_path: Path, closed: str, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "a.py"
    path.write_text(UNUSED)
    (path if closed == "file" else tmp_path).chmod(0o555)
    try:
        assert main(["check", "--fix", str(path)]) == 2
        assert "so it was not fixed" in capsys.readouterr().out
        assert path.read_text() == UNUSED
    finally:
        tmp_path.chmod(0o755)


def _fix(*edits: Edit, applicability: Applicability = Applicability.SAFE) -> Fix:
    return Fix("Do it", edits, applicability)


def _diagnostic(*fixes: Fix) -> Diagnostic:
    return Diagnostic("interpolated-sql", "injection", Severity.ERROR, Range(0, 1), "Bad.", fixes=fixes)
