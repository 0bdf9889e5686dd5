"""The action and the recipes for other services: held to their schemas, and what can be run is run."""

from __future__ import annotations

import json
import os
import re
import shutil
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped]

from persistlint.cli import main

ROOT = Path(__file__).parent.parent
ACTION: dict[str, Any] = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))
STEPS: dict[str, dict[str, Any]] = {step["name"]: step for step in ACTION["runs"]["steps"]}
PAGE = (ROOT / "docs" / "ci.md").read_text("utf-8")
RECIPES = dict(re.findall(r"<!-- file: (\S+) -->\n```\w+\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE))
SCHEMAS = {
    ".github/workflows/persistlint.yml": "github-workflows",
    ".github/workflows/plain.yml": "github-workflows",
    ".gitlab-ci.yml": "gitlab-ci",
    "azure-pipelines.yml": "azure-pipelines",
    "bitbucket-pipelines.yml": "bitbucket-pipelines",
}
# What runs an environment of a project by itself, without the network: the program on PATH is the one that is tested.
RUNNERS = {
    "tox.ini": ["tox", "-e", "persistlint", "-x", "testenv:persistlint.deps=", "-x", "testenv.allowlist_externals=*"],
    "noxfile.py": ["nox", "--default-venv-backend", "none", "--no-install", "--session", "persistlint"],
}
BAD = "def find(cursor, name):\n    cursor.execute(f\"SELECT * FROM users WHERE name = '{name}'\")\n"

needs_bash = pytest.mark.skipif(shutil.which("bash") is None, reason="needs bash")


@pytest.fixture(autouse=True)
def _in_a_project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "project").mkdir()
    (tmp_path / "project" / "a.py").write_text(BAD)
    (tmp_path / "project" / "b c.py").write_text("a()  # persistlint: ignore[no-rule]\n")
    monkeypatch.chdir(tmp_path / "project")


def test_the_action_is_one() -> None:
    _validate(ROOT / "action.yml", "github-actions")


def test_no_input_of_the_action_becomes_part_of_a_script() -> None:
    for step in STEPS.values():
        assert "${{" not in step.get("run", "")
        assert "uses" in step or step["shell"] == "bash"


def test_the_page_names_every_input() -> None:
    rows = re.findall(r"^\| `([\w-]+)` \|", PAGE, re.MULTILINE)
    assert rows == list(ACTION["inputs"])


@needs_bash
@pytest.mark.parametrize(
    ("paths", "arguments", "status", "found"),
    [
        (".", "", 1, 2),
        ("a.py", "--quiet --select injection", 1, 1),
        ("gone.py", "", 2, 0),
        (".", "--ignore all", 0, 0),
        (".", "--config gone.toml", 2, None),
    ],
)
def test_the_action_checks_and_reports(
    tmp_path: Path, paths: str, arguments: str, status: int, found: int | None
) -> None:
    _install_stub(tmp_path / "persistlint" / "bin" / "persistlint")
    run = _step("Check", tmp_path, PATHS=paths, ARGUMENTS=arguments)
    assert run.returncode == 0, run.stderr
    outputs = _outputs(tmp_path)
    assert outputs["status"] == str(status)
    if found is None:
        assert "sarif" not in outputs
    else:
        value = json.loads(Path(outputs["sarif"]).read_text())
        assert len(value["runs"][0]["results"]) == found
        assert run.stdout.count("::error file=a.py") == (found > 0)
        assert (tmp_path / "summary").read_text().startswith("## persistlint\n") == ("--quiet" not in arguments)
    assert _step("Pass or fail", tmp_path, STATUS=outputs["status"]).returncode == status


@needs_bash
def test_the_key_of_the_cache_changes_with_what_is_installed(tmp_path: Path) -> None:
    for name in ("linter", "lsp"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "a.py").write_text("1")
    (tmp_path / "pyproject.toml").touch()
    keys = [_key(tmp_path, ""), _key(tmp_path, ""), _key(tmp_path, "persistlint==1; rm")]
    (tmp_path / "lsp" / "a.py").write_text("2")
    keys.append(_key(tmp_path, ""))
    assert keys[0] == keys[1]
    assert len(set(keys)) == 3
    assert keys[2].startswith("persistlint==1--rm-")


@pytest.mark.e2e
@needs_bash
def test_the_action_installs(tmp_path: Path) -> None:
    assert _step("Install", tmp_path, PACKAGE="", PYTHON=sys.executable, action=ROOT).returncode == 0
    assert _step("Check", tmp_path, PATHS=".", ARGUMENTS="").returncode == 0
    assert _outputs(tmp_path)["status"] == "1"


@pytest.mark.parametrize("name", SCHEMAS)
def test_a_recipe_is_one(name: str, tmp_path: Path) -> None:
    path = tmp_path / name.rpartition("/")[2]
    path.write_text(RECIPES[name])
    _validate(path, SCHEMAS[name])


@pytest.mark.parametrize("name", [name for name in RECIPES if name not in RUNNERS])
def test_what_a_recipe_runs_works_and_writes_what_it_uploads(name: str) -> None:
    commands = re.findall(r"persistlint check[^'\n]*", RECIPES[name])
    assert bool(commands) != ("uses: <owner>/persistlint" in RECIPES[name])
    Path("test-results").mkdir()
    for command in commands:
        assert main(command.split()[1:]) == 1
        for path in re.findall(r"=(\S+)", command):
            assert Path(path).stat().st_size
            assert RECIPES[name].count(path) > 1 or path.startswith("test-results/")


@needs_bash
@pytest.mark.parametrize("name", RUNNERS)
def test_a_runner_of_environments_runs_it(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip(RUNNERS[name][0], reason=f"{RUNNERS[name][0]} is not installed")
    _install_stub(tmp_path / "bin" / "persistlint")
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.delenv("TOX_OVERRIDE", raising=False)
    Path(name).write_text(RECIPES[name])
    for arguments, found in (([], "error[interpolated-sql]"), (["--", "--select", "literals"], "All good")):
        command = [sys.executable, "-m", *RUNNERS[name], *arguments]
        run = subprocess.run(command, capture_output=True, text=True)
        assert found in run.stdout, run.stdout + run.stderr
        assert (run.returncode == 0) == (found == "All good")


def test_the_image_is_made_of_files_that_are_there() -> None:
    dockerfile = (ROOT / "Dockerfile").read_text("utf-8")
    assert 'ENTRYPOINT ["persistlint"]' in dockerfile
    kept = [line[1:] for line in (ROOT / ".dockerignore").read_text("utf-8").splitlines() if line.startswith("!")]
    assert all((ROOT / name).exists() for name in kept)


def _validate(path: Path, schema: str) -> None:
    command = [sys.executable, "-m", "check_jsonschema", "--regex-variant", "nonunicode"]
    command += ["--builtin-schema", f"vendor.{schema}", str(path)]
    run = subprocess.run(command, capture_output=True, text=True)
    assert run.returncode == 0, run.stdout + run.stderr


def _install_stub(path: Path) -> None:
    """A program `persistlint` that is the one of this checkout."""
    path.parent.mkdir(parents=True)
    python_path = os.pathsep.join(entry for entry in sys.path if entry)
    path.write_text(f'#!/bin/sh\nPYTHONPATH="{python_path}" exec "{sys.executable}" -m persistlint "$@"\n')
    path.chmod(path.stat().st_mode | stat.S_IXUSR)


def _step(
    name: str, temporary: Path, action: Path | None = None, **environment: str
) -> subprocess.CompletedProcess[str]:
    """Run a step of the action as GitHub's runner does."""
    given = {
        "RUNNER_TEMP": str(temporary),
        "GITHUB_OUTPUT": str(temporary / "output"),
        "GITHUB_STEP_SUMMARY": str(temporary / "summary"),
        "GITHUB_ACTION_PATH": str(action or temporary),
    }
    return subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", STEPS[name]["run"]],
        env={**os.environ, **given, **environment},
        capture_output=True,
        text=True,
    )


def _outputs(temporary: Path) -> dict[str, str]:
    return dict(line.split("=", 1) for line in (temporary / "output").read_text().splitlines())


def _key(temporary: Path, package: str) -> str:
    assert _step("Tell what is to be installed", temporary, PACKAGE=package).returncode == 0
    return _outputs(temporary)["key"]
