"""Shares of a run on several machines, and one report of all."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from persistlint.cli import main

BAD = "def find(cursor, name):\n    cursor.execute(f\"SELECT * FROM users WHERE name = '{name}'\")\n"
SHARES = 3


@pytest.fixture(autouse=True)
def _project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("src/ü b").mkdir(parents=True)
    for number in range(12):
        Path(f"src/m{number}.py").write_text(BAD if number % 2 else "a()  # persistlint: ignore[no-rule]\n")
    Path("src/ü b/c%20.py").write_text(BAD)
    for name in ("one", "two"):
        Path(name).mkdir()
        for number in range(4):
            Path(f"{name}/{number}.sql").write_text(f"ALTER TABLE items ADD COLUMN c{number} int NOT NULL;\n")


@pytest.mark.parametrize("format", ["json", "sarif"])
@pytest.mark.parametrize("is_broken", [False, True])
def test_the_shares_together_are_the_whole(format: str, is_broken: bool) -> None:
    if is_broken:
        for name in ("src/m3.py", "src/m7.py"):
            Path(name).write_bytes(b"\0" * 10)
    status = main(["check", f"--format={format}", "--output-file=whole"])
    for number in range(1, SHARES + 1):
        main(["check", f"--format={format}", f"--output-file=part{number}", f"--shard={number}/{SHARES}"])
        assert Path(f"part{number}").read_text() != Path("whole").read_text()
    reports = [f"part{number}" for number in range(1, SHARES + 1)]
    assert main(["merge", *reports, "--output-file=merged"]) == status
    assert Path("merged").read_text() == Path("whole").read_text()
    assert main(["merge", *reversed(reports), "--output-file=merged"]) == status
    assert Path("merged").read_text() == Path("whole").read_text(), "in whatever order they come"


def test_a_file_stays_in_its_share_and_a_sql_project_in_one() -> None:
    before = _shares()
    assert sum(len(files) for files in before) == len(set().union(*before)) == 21
    assert sum("one/0.sql" in files for files in before) == 1
    assert all({f"one/{number}.sql" for number in range(4)} <= files for files in before if "one/0.sql" in files)
    Path("src/another.py").write_text(BAD)
    assert all(old <= new for old, new in zip(before, _shares(), strict=True))


def test_clean_shares_are_a_clean_whole(capsys: pytest.CaptureFixture[str]) -> None:
    for number in "12":
        assert main(["check", "--format=json", f"--output-file={number}", "--select=json-clone", "src"]) == 0
    assert main(["merge", "1", "2"]) == 0
    assert json.loads(capsys.readouterr().out)["summary"] == {"files": 26, "diagnostics": 0, "fixable": 0}


@pytest.mark.parametrize("share", ["0/2", "3/2", "1", "a/b", "1/0", "-1/2"])
def test_a_share_is_one_of_all(share: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", f"--shard={share}"]) == 2
    assert "is no share such as 1/4" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("texts", "message"),
    [
        (["{"], "a0: it is not valid JSON"),
        (["[]"], "a0: it is no report of persistlint"),
        (["{}"], "no reports of one version of persistlint"),
        (['{"version": 99, "diagnostics": [], "errors": []}'], "version 1 is read here"),
        (['{"runs": 3}'], "no reports of one version of persistlint"),
        (['{"runs": [{"tool": {"driver": {"name": "x", "version": "1", "rules": []}}}]}'], "several tools or versions"),
        (['{"runs": []}', '{"version": 1}'], "reports in JSON cannot be merged with reports in SARIF"),
    ],
)
def test_what_is_no_report_is_refused(texts: list[str], message: str, capsys: pytest.CaptureFixture[str]) -> None:
    for number, text in enumerate(texts):
        Path(f"a{number}").write_text(text)
    assert main(["merge", *(f"a{number}" for number in range(len(texts)))]) == 2
    assert message in capsys.readouterr().err
    assert main(["merge", "gone"]) == 2


def _shares() -> list[set[str]]:
    found = []
    for number in range(1, SHARES + 1):
        main(["check", "--select=all", "--format=json", "--output-file=part", f"--shard={number}/{SHARES}"])
        report = json.loads(Path("part").read_text())
        files = {item["path"] for item in report["diagnostics"]}
        assert report["summary"]["files"] == len(files), "every file has something"
        found.append(files)
    return found
