"""Checking on a Dask cluster: the results of a local run."""

from __future__ import annotations

import json
import sys
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import pytest

from persistlint.cli import main

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType

BAD = "def find(cursor, name):\n    cursor.execute(f\"SELECT * FROM users WHERE name = '{name}'\")\n"


@pytest.fixture(autouse=True)
def _project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for number in range(20):
        Path(f"m{number}.py").write_text(BAD if number % 2 else "x = 1\n")
    Path("db").mkdir()
    for number in range(4):
        Path(f"db/{number}.sql").write_text(f"ALTER TABLE items ADD COLUMN c{number} int NOT NULL;\n")
    Path("m7.py").write_bytes(b"\0" * 10)


def test_the_results_are_those_of_a_local_run(tmp_path: Path) -> None:
    distributed = pytest.importorskip("distributed", reason="Dask is not installed")
    options = ["check", "--no-cache", "--isolated", "--format=json"]
    assert main([*options, "--output-file=local"]) == 2
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=2, dashboard_address=None, local_directory=tmp_path
    ) as cluster:
        url = cluster.scheduler_address.replace("tcp://", "dask://")
        assert main([*options, "--output-file=cluster", "--executor", url]) == 2
    assert Path("cluster").read_text() == Path("local").read_text()


class KilledWorker(Exception):  # noqa: N818 - as it is called there
    """What Dask raises when a task has ended several workers."""


class Client:
    """A cluster whose workers die of one file."""

    def __init__(self, address: str, **options: object) -> None:
        assert address == "tcp://here:1"

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *error: object) -> None: ...

    def run(self, function: Callable[[], str]) -> dict[str, str]:
        """What a function returns on every worker."""
        return {"worker": function()}

    def nthreads(self) -> dict[str, int]:
        """How many threads every worker has."""
        return {"worker": 2}

    def get_executor(self) -> Executor:
        """An executor that can be shut down once."""
        return _Executor()


class _Executor(ThreadPoolExecutor):
    def submit(self, function: Callable[..., Any], chunk: Any) -> Future[Any]:  # type: ignore[override]
        return super().submit(self._run, function, chunk)

    def shutdown(self, wait: bool = True) -> None:  # type: ignore[override]
        super().shutdown(wait)

    @staticmethod
    def _run(function: Callable[..., Any], chunk: Any) -> Any:
        if any(task.path == "m3.py" for _, task in chunk.tasks):
            raise KilledWorker
        return function(chunk)


def test_a_worker_that_dies_is_an_error_of_its_file(monkeypatch: pytest.MonkeyPatch) -> None:
    module = SimpleNamespace(Client=Client, KilledWorker=KilledWorker)
    monkeypatch.setitem(sys.modules, "distributed", cast("ModuleType", module))
    options = ["check", "--no-cache", "--isolated", "--format=json", "--output-file=report"]
    assert main([*options, "--executor=dask://here:1"]) == 2
    on_cluster = json.loads(Path("report").read_text())
    assert main(options) == 2
    local = json.loads(Path("report").read_text())
    died = {"path": "m3.py", "message": "the process that checked it died"}
    assert on_cluster["errors"] == [died, *local["errors"]]
    assert on_cluster["diagnostics"] == [item for item in local["diagnostics"] if item["path"] != "m3.py"]


def test_a_cluster_that_is_not_there_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("distributed", reason="Dask is not installed")
    assert main(["check", "--no-cache", "--executor=dask://localhost:no-port"]) == 2
    assert capsys.readouterr().err.startswith("error: dask://localhost:no-port: ")


def test_without_dask_it_is_said_how_to_get_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    assert main(["check", "--no-cache", "--executor=dask://localhost:8786"]) == 2
    assert "`pip install persistlint[dask]` does it" in capsys.readouterr().err


def test_only_dask_is_known(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "--executor=ray://localhost"]) == 2
    assert "does not begin with dask://" in capsys.readouterr().err
