"""The baseline: what it knows is left out, wherever it moves, and what it knows in vain is said."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from persistlint.cli import main
from persistlint.cli.arguments import overrides, parser
from persistlint.cli.watch import follow
from persistlint.configuration.config import forget
from persistlint.running.baseline import BaselineError, Entry, compare, read, write

if TYPE_CHECKING:
    from collections.abc import Iterator

FILE = "persistlint-baseline.json"
HEAD = "def find(cursor, name, order):\n"
VALUE = "    cursor.execute(f\"SELECT * FROM users WHERE name = '{name}'\")\n"
NAME = '    cursor.execute(f"SELECT * FROM users ORDER BY {order}")\n'
CHECK = ["check", "--baseline", FILE]


@pytest.fixture(autouse=True)
def _with_a_baseline(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(tmp_path)
    Path("src").mkdir()
    Path("src/a.py").write_text(HEAD + VALUE + VALUE)
    Path("src/b.py").write_text(HEAD + NAME)
    assert main(["baseline"]) == 0
    assert capsys.readouterr().out == f"{FILE}: 3 entries, 3 of them new; 0 taken out.\n"


def test_what_is_known_is_left_out(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(CHECK) == 0
    assert capsys.readouterr() == ("All good: 2 files checked. 3 problems more in the baseline.\n", "")
    entries = json.loads(Path(FILE).read_text())["entries"]
    assert [(entry["path"], entry["rule"]) for entry in entries] == [
        ("src/a.py", "interpolated-sql"),
        ("src/a.py", "interpolated-sql"),
        ("src/b.py", "interpolated-identifier"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "import os\n\n\n" + HEAD + VALUE + "\n    # again\n" + VALUE,
        HEAD + "    if name:\n        " + VALUE.lstrip() + VALUE,
        HEAD + VALUE.replace("(f", "( f") + VALUE,
    ],
    ids=["moved down", "indented", "spaced"],
)
def test_moved_lines_keep_their_entries(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    Path("src/a.py").write_text(text)
    assert main(CHECK) == 0
    assert capsys.readouterr().err == ""


def test_a_third_twin_is_new(capsys: pytest.CaptureFixture[str]) -> None:
    Path("src/a.py").write_text(HEAD + VALUE * 3)
    assert main(CHECK) == 1
    assert "Found 1 error in 1 file (2 files checked). 3 problems more in the baseline." in capsys.readouterr().out


def test_renamed_files_and_moved_code_keep_their_entries(capsys: pytest.CaptureFixture[str]) -> None:
    Path("src/a.py").rename("src/renamed.py")
    Path("src/b.py").write_text("")
    Path("src/c.py").write_text(HEAD + NAME)
    assert main(CHECK) == 0
    assert main([*CHECK, "src/renamed.py"]) == 0
    assert capsys.readouterr().err == ""


def test_a_copy_is_new() -> None:
    shutil.copy("src/b.py", "src/c.py")
    assert main(CHECK) == 1
    assert main([*CHECK, "src/c.py"]) == 1


def test_a_mended_entry_is_stale_until_it_is_taken_out(capsys: pytest.CaptureFixture[str]) -> None:
    Path("src/a.py").write_text(HEAD + VALUE)
    Path("src/b.py").unlink()
    assert main(CHECK) == 0
    warnings = capsys.readouterr().err.splitlines()
    assert [line.partition(" is in the baseline")[0] for line in warnings[:2]] == [
        "warning: src/a.py: `interpolated-sql`",
        "warning: src/b.py: `interpolated-identifier`",
    ]
    assert warnings[2:] == [
        "warning: 2 entries of the baseline are stale; `persistlint baseline --prune` takes them out"
    ]
    Path("src/c.py").write_text(HEAD + NAME.replace("users", "orders"))
    assert main(["baseline", "--prune"]) == 0
    assert capsys.readouterr().out == f"{FILE}: 1 entry, 0 of them new; 2 taken out.\n"
    assert main(CHECK) == 1


def test_what_a_baseline_says_does_not_change_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    Path("src/b.py").write_text("")
    Path(FILE).write_text(Path(FILE).read_text().replace("`order`", "\\u001b[31m"))
    assert main(CHECK) == 0
    assert "\u241b[31m" in capsys.readouterr().err


def test_what_was_not_looked_at_is_not_stale(capsys: pytest.CaptureFixture[str]) -> None:
    Path("src/b.py").unlink()
    assert main([*CHECK, "src/a.py"]) == 0
    assert main([*CHECK, "--select", "suppressions", "src/a.py"]) == 0
    Path("src/a.py").write_bytes(b"\0")
    assert main([*CHECK, "src/a.py"]) == 2
    assert capsys.readouterr().err == ""


def test_the_baseline_of_a_part_leaves_the_rest_alone() -> None:
    Path("src/a.py").write_text(HEAD)
    before = Path(FILE).read_text()
    assert main(["baseline", "src/b.py"]) == 0
    assert Path(FILE).read_text() == before


def test_a_baseline_speaks_of_paths_beside_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir("src")
    assert main(["check", "--baseline", f"../{FILE}", "."]) == 0


def test_what_people_write_stays_and_its_day_comes(capsys: pytest.CaptureFixture[str]) -> None:
    value = json.loads(Path(FILE).read_text())
    value["entries"][0] |= {"reason": "über Nacht", "until": "2001-02-03"}
    value["entries"][2] |= {"reason": "an admin's tool", "until": "2999-12-31"}
    Path(FILE).write_text(json.dumps(value))
    assert main(["baseline"]) == 0
    assert json.loads(Path(FILE).read_text("utf-8")) == value
    assert main(CHECK) == 1
    captured = capsys.readouterr()
    assert captured.err == ("warning: src/a.py: `interpolated-sql` was in the baseline until 2001-02-03: über Nacht\n")
    assert "Found 1 error in 1 file (2 files checked). 2 problems more in the baseline." in captured.out


def test_new_entries_get_a_reason_and_a_day() -> None:
    Path("src/c.py").write_text(HEAD + NAME.replace("users", "orders"))
    assert main(["baseline", "--reason", "legacy", "--until", "2999-01-01"]) == 0
    entries = read(Path(FILE))
    assert [entry.reason for entry in entries] == ["", "", "", "legacy"]
    assert str(entries[-1].until) == "2999-01-01"


def test_standard_input_has_a_baseline_too(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    import io
    import sys

    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO((HEAD + VALUE).encode())))
    assert main([*CHECK, "--stdin-filename", "src/a.py"]) == 0
    assert "1 entry of the baseline is stale" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('"version": 1', '"version": 9', f"{FILE}: its version is 9, and this persistlint reads 1"),
        ("{\n", "<<<<<<< HEAD\n{\n", f"{FILE}:1: it is not valid JSON: Expecting value"),
        ('"src/b.py"', "7", f"{FILE}:6: `path` of entry 3 must be a string"),
        ('"path": "src/b.py", ', "", f"{FILE}:6: entry 3 has no `path`"),
        ('"path": "src/b.py"', '"pat": "src/b.py"', f"{FILE}:6: unknown key `pat` in entry 3. Did you mean `path`?"),
        ('"path": "src/b.py"', '"path": "b", "until": "soon"', f"{FILE}:6: `until` of entry 3 must be a date such as"),
        ('"entries"', '"entry"', f"{FILE}: it is no baseline of persistlint"),
    ],
)
def test_a_wrong_baseline_is_refused_with_its_line(
    old: str, new: str, message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    text = Path(FILE).read_text()
    assert old in text
    Path(FILE).write_text(text.replace(old, new))
    for command in (CHECK, ["baseline"]):
        assert main(command) == 2
        assert capsys.readouterr().err.startswith(f"error: {message}")


@pytest.mark.parametrize("content", [b"\xff\xfe", b"[" * 100_000, b"[]", b"1", b'{"entries": [null], "version": 1}'])
def test_hostile_baselines_are_refused(content: bytes) -> None:
    Path(FILE).write_bytes(content)
    with pytest.raises(BaselineError):
        read(Path(FILE))


def test_a_baseline_that_is_not_there_is_an_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "--baseline", "gone.json"]) == 2
    assert capsys.readouterr().err == "error: gone.json: there is no such file; `persistlint baseline` writes one\n"


def test_what_is_written_is_read_back() -> None:
    entries = (Entry("a\udce9.py", "r", "f", 'ü "\\'), Entry("b.py", "r", "f", "m", "why"))
    write(Path("x.json"), entries)
    assert read(Path("x.json")) == entries
    write(Path("x.json"), [])
    assert read(Path("x.json")) == ()


def test_an_entry_of_the_same_file_goes_first() -> None:
    known = [Entry(path, "r", "f", "m") for path in ("gone.py", "a.py", "b.py")]
    found = [Entry(path, "r", "f", "m") for path in ("new.py", "a.py", "a.py")]
    comparison = compare(known, found, lambda entry: entry.path == "gone.py")
    assert [entry and entry.path for _, entry in comparison.found] == ["gone.py", "a.py", None]
    assert [entry.path for entry in comparison.left] == ["b.py"]


CONFIGURED = f'baseline = "{FILE}"\n'


def test_the_configuration_names_a_baseline(capsys: pytest.CaptureFixture[str]) -> None:
    _configure(CONFIGURED)
    assert main(["check"]) == 0
    assert capsys.readouterr() == ("All good: 2 files checked. 3 problems more in the baseline.\n", "")
    Path("src/c.py").write_text(HEAD + NAME.replace("users", "orders"))
    assert main(["check"]) == 1
    assert "Found 1 error in 1 file (3 files checked). 3 problems more" in capsys.readouterr().out


def test_the_command_line_goes_before_the_baseline_of_the_configuration(capsys: pytest.CaptureFixture[str]) -> None:
    _configure('baseline = "gone.json"\n')
    assert main(["check"]) == 2
    assert capsys.readouterr().err == "error: gone.json: there is no such file; `persistlint baseline` writes one\n"
    assert main(CHECK) == 0
    assert main(["check", "--no-baseline"]) == 1
    assert "baseline" not in capsys.readouterr().out.splitlines()[-1]
    assert main(["check", "--isolated", "--exit-zero"]) == 0
    assert main([*CHECK, "--no-baseline"]) == 2
    assert "not allowed with argument" in capsys.readouterr().err


def test_the_baseline_of_the_configuration_is_written(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    _configure('baseline = "known/all.json"\n')
    Path("known").mkdir()
    monkeypatch.chdir("src")
    assert main(["baseline"]) == 0
    written = Path("../known/all.json").resolve()
    assert capsys.readouterr().out == f"{written}: 3 entries, 3 of them new; 0 taken out.\n"
    assert [entry.path for entry in read(written)] == ["../src/a.py", "../src/a.py", "../src/b.py"]
    assert main(["check"]) == 0
    capsys.readouterr()
    assert main(["config"]) == 0
    assert f"baseline: {written}\n" in capsys.readouterr().out
    assert main(["baseline", "--output-file", "here.json", "b.py"]) == 0
    assert [entry.path for entry in read(Path("here.json"))] == ["b.py"]


def test_every_configuration_has_a_baseline_of_its_own(capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("one", "two"):
        Path(name).mkdir()
        _configure('baseline = "known.json"\n', Path(name))
        Path(name, "a.py").write_text(HEAD + VALUE)
    assert main(["baseline"]) == 0
    assert sorted(capsys.readouterr().out.splitlines()) == [
        "one/known.json: 1 entry, 1 of them new; 0 taken out.",
        f"{FILE}: 3 entries, 0 of them new; 0 taken out.",
        "two/known.json: 1 entry, 1 of them new; 0 taken out.",
    ]
    assert main(["check", "one", "two"]) == 0
    assert capsys.readouterr() == ("All good: 2 files checked. 2 problems more in the baseline.\n", "")
    Path("one/a.py").unlink()
    Path("two/a.py").write_text(HEAD + VALUE * 2)
    assert main(["check", "one", "two"]) == 1
    captured = capsys.readouterr()
    assert "Found 1 error in 1 file (1 file checked). 1 problem more in the baseline." in captured.out
    assert captured.err.startswith("warning: a.py: `interpolated-sql` is in the baseline, but it is mended")


def test_a_hook_and_standard_input_find_the_baseline(monkeypatch: pytest.MonkeyPatch) -> None:
    import io
    import sys

    _configure(CONFIGURED)
    assert main(["check", "--force-exclude", "src/a.py", "src/b.py"]) == 0
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO((HEAD + VALUE * 3).encode())))
    assert main(["check", "--stdin-filename", "src/a.py"]) == 1


def test_watching_takes_up_a_baseline_that_was_written_anew(capsys: pytest.CaptureFixture[str]) -> None:
    _configure(CONFIGURED)
    shown = []

    def saved() -> Iterator[list[Path]]:
        yield []
        shown.append(capsys.readouterr().out)
        write(Path(FILE), ())
        yield []
        shown.append(capsys.readouterr().out)

    arguments = parser().parse_args(["check", "--watch"])
    follow(arguments, overrides(arguments), saved())
    assert ["3 problems more in the baseline." in text for text in shown] == [True, False]


def _configure(text: str, folder: Path = Path()) -> None:
    (folder / "persistlint.toml").write_text(text)
    forget()
