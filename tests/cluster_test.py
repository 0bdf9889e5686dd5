"""Checking on a Dask cluster: the results of a local run."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from persistlint.cli import main

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
    with pytest.raises(SystemExit, match="2"):
        main(["check", "--executor=ray://localhost"])
    assert "does not begin with dask://" in capsys.readouterr().err
