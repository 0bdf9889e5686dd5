"""Several processes: the same results in the same order, whatever happens to one of them."""

from __future__ import annotations

import json
import multiprocessing
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from persistlint.cli import main
from persistlint.running import checking

if TYPE_CHECKING:
    from persistlint.engine import Report
    from persistlint.settings import Settings
    from persistlint.source import SourceFile

FORKS = pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="a process that is not forked is not patched")
BAD = "def find(cursor, name):\n    cursor.execute(f\"SELECT * FROM users WHERE name = '{name}'\")\n"
FIXABLE = "a()  # persistlint: ignore[no-rule]\n"
FILES = 60


@pytest.fixture(autouse=True)
def _many_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for number in range(FILES):
        text = BAD if number % 3 == 0 else FIXABLE if number % 3 == 1 else "x = 1\n"
        Path(f"m{number:02}.py").write_text(text)
    Path("db").mkdir()
    for number in range(8):
        Path(f"db/{number}.sql").write_text(f"ALTER TABLE items ADD COLUMN c{number} int NOT NULL;\n")


def test_the_results_are_those_of_one_process(capsys: pytest.CaptureFixture[str]) -> None:
    Path("m07.py").write_bytes(b"\0" * 100)
    assert _output(capsys, "--jobs=1") == _output(capsys, "--jobs=3")


def test_fixes_are_written(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "--isolated", "--jobs=2", "--fix", "--select=injection,unknown-suppression"]) == 1
    assert "Fixed 20 problems." in capsys.readouterr().out
    assert Path("m01.py").read_text() == "a()\n"


@pytest.mark.parametrize("jobs", ["0", "-1", "many"])
def test_there_is_at_least_one_process(jobs: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", f"--jobs={jobs}"]) == 2
    assert "is no number from 1" in capsys.readouterr().err


WARMED = """
import sys
from pathlib import Path
from persistlint.running.checking import Task, check_file
from persistlint.languages import language_of
from persistlint.configuration.selection import expand
from persistlint.settings import Settings
from persistlint.running.warming import warm_up
settings = Settings(expand(["all"]))
files = [str(path) for path in sorted(Path(sys.argv[1]).rglob("*.*")) if language_of(path.name)]
warm_up([Task(path, settings) for path in files])
before = set(sys.modules)
for path in files:
    check_file(Task(path, settings))
print(*sorted(name for name in set(sys.modules) - before if name.startswith("persistlint.")))
"""


def test_what_files_need_is_loaded_before_processes_fork() -> None:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    command = [sys.executable, "-c", WARMED, str(Path(__file__).parent.parent / "examples")]
    run = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
    assert run.stdout.split() == []


@FORKS
def test_a_process_that_dies_is_an_error_of_its_file(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = _output(capsys, "--jobs=1")

    def die(source: SourceFile) -> None:
        if source.path in ("m05.py", "m40.py"):
            os.kill(os.getpid(), signal.SIGKILL)

    _before_every_check(monkeypatch, die)
    status, found = _output(capsys, "--jobs=2")
    assert status == 2
    assert found["errors"] == [
        {"path": path, "message": "the process that checked it died"} for path in ("m05.py", "m40.py")
    ]
    lost = [item for item in whole[1]["diagnostics"] if item["path"] not in ("m05.py", "m40.py")]
    assert found["diagnostics"] == lost


@FORKS
def test_ctrl_c_ends_all_of_them(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    parent = os.getpid()

    def interrupt(source: SourceFile) -> None:
        if source.path == "m05.py":
            os.kill(parent, signal.SIGINT)
            signal.pause()

    _before_every_check(monkeypatch, interrupt)
    before = set(multiprocessing.active_children())
    handler = signal.signal(signal.SIGINT, signal.default_int_handler)  # where tests run in the background, none is
    try:
        assert main(["check", "--isolated", "--no-cache", "--jobs=2"]) == 130
    finally:
        signal.signal(signal.SIGINT, handler)
    for child in set(multiprocessing.active_children()) - before:
        child.join()
    assert capfd.readouterr() == ("", "")


def _before_every_check(monkeypatch: pytest.MonkeyPatch, act: Any) -> None:
    from persistlint.engine import check

    def acting(source: SourceFile, settings: Settings) -> Report:
        act(source)
        return check(source, settings)

    monkeypatch.setattr(checking, "check", acting)


def _output(capsys: pytest.CaptureFixture[str], *options: str) -> tuple[int, Any]:
    status = main(["check", "--isolated", "--no-cache", "--format=json", *options])
    return status, json.loads(capsys.readouterr().out)
