"""What is released: the version is one, the changelog is in form, sdist and wheel hold what they should and work."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import release

ROOT = Path(__file__).parent.parent
CHANGELOG = (ROOT / "CHANGELOG.md").read_text("utf-8")
BAD = "def find(cursor, name):\n    cursor.execute(f\"SELECT * FROM users WHERE name = '{name}'\")\n"
# What a consumer with a type checker writes.
CONSUMER = """
from persistlint import Config, Diagnostic, SourceFile, check, fix, read

source: SourceFile = read("a.py")
found: tuple[Diagnostic, ...] = check(source, Config(select=["injection"]))
fixed: bytes = fix(source).content
reveal_type(found[0].severity)
"""


def test_the_version_is_one() -> None:
    release.check_mentions()
    assert release.current_version() not in (ROOT / "pyproject.toml").read_text("utf-8")


def test_the_changelog_is_in_form() -> None:
    assert CHANGELOG.startswith("# Changelog\n\nThe format is that of [Keep a Changelog]")
    headings = re.findall(r"^## (.*)$", CHANGELOG, re.MULTILINE)
    assert headings[0] == "[Unreleased]"
    assert all(re.fullmatch(r"\[\d+\.\d+\.\d+\] - \d{4}-\d\d-\d\d", heading) for heading in headings[1:])
    kinds = {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"}
    assert set(re.findall(r"^### (.*)$", CHANGELOG, re.MULTILINE)) <= kinds


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("## [Unreleased]\n\n## [{version}] - 2030-01-31\n", None),
        ("## [Unreleased]\n\n### Added\n\n- A rule.\n", "has no section"),
        ("## [Unreleased]\n\n## [{version}]\n", "has no date"),
        ("## [Unreleased]\n\n- A rule.\n\n## [{version}] - 2030-01-31\n", "under `Unreleased`"),
        ("## [Unreleased]\n\n## [9.9.9] - 2030-01-31\n\n## [{version}] - 2030-01-30\n", "has no section"),
    ],
)
def test_the_checklist_knows_a_changelog_that_is_ready(text: str, problem: str | None) -> None:
    text = text.replace("{version}", release.current_version())
    if problem is None:
        release.check_changelog(text)
    else:
        with pytest.raises(release.StepError, match=problem):
            release.check_changelog(text)


def test_the_minimum_of_python_is_said_once() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    assert project["project"]["requires-python"] == ">=3.11"
    assert project["tool"]["ruff"]["target-version"] == "py311"


@pytest.fixture(scope="module")
def dist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with the built sdist, and the wheel that was built from it."""
    pytest.importorskip("build", reason="build is not installed")
    pytest.importorskip("hatchling", reason="hatchling is not installed")
    folder = tmp_path_factory.mktemp("dist")
    _build(ROOT, folder)
    return folder


def test_the_distributions_hold_what_they_should(dist: Path) -> None:
    release.check_distributions(dist)


@pytest.fixture(scope="module")
def installed(dist: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Python of an environment with the wheel in it, and beside it the packages of this one: no network is used."""
    folder = tmp_path_factory.mktemp("installed")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder / "venv")], check=True)
    python = folder / "venv" / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    _install(python, *dist.glob("*.whl"))
    (packages,) = (folder / "venv").rglob("site-packages")
    # Behind its own packages; persistlint's of this environment must not be found, so it is not put there as a whole.
    names = ("libcst", "pathspec", "pygls", "rich", "shtab", "sqlglot", "tree_sitter", "watchfiles")
    homes = {str(Path(__import__(name).__file__ or "").parent.parent) for name in names}
    (packages / "dependencies.pth").write_text("\n".join(homes))
    return python


def test_the_wheel_works_outside_of_the_checkout(installed: Path, tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text(BAD)
    run = _persistlint(installed, tmp_path, "check", "--format", "json")
    assert run.returncode == 1, run.stderr
    assert "/pages/interpolated-sql.md" in run.stdout
    assert _persistlint(installed, tmp_path, "explain", "interpolated-sql").returncode == 0
    assert _persistlint(installed, tmp_path, "--version").stdout == f"persistlint {release.current_version()}\n"


def test_a_plugin_that_is_installed_as_a_wheel_works(installed: Path, tmp_path: Path) -> None:
    plugin = shutil.copytree(ROOT / "examples" / "plugin", tmp_path / "plugin")
    _build(plugin, tmp_path / "dist", "--wheel")
    (tmp_path / "project").mkdir()
    (tmp_path / "project" / "a.py").write_text(
        "from acme.warehouse import open_warehouse\n\nopen_warehouse().rows('SELECT * FROM orders')\n"
    )
    assert _persistlint(installed, tmp_path / "project", "check").returncode == 0
    try:
        _install(installed, *(tmp_path / "dist").glob("*.whl"))
        run = _persistlint(installed, tmp_path / "project", "check")
        assert run.returncode == 1, run.stderr
        assert "warning[select-star]" in run.stdout
    finally:
        _pip(installed, "uninstall", "--yes", "acme-persistlint")


def test_a_type_checker_sees_the_types_of_the_wheel(installed: Path, tmp_path: Path) -> None:
    (tmp_path / "consumer.py").write_text(CONSUMER)
    command = [sys.executable, "-m", "mypy", "--strict", "--python-executable", str(installed), "consumer.py"]
    environment = {key: value for key, value in os.environ.items() if key not in ("PYTHONPATH", "MYPYPATH")}
    run = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert run.returncode == 0, run.stdout + run.stderr
    assert 'Revealed type is "persistlint.diagnostic.Severity"' in run.stdout


def _build(project: Path, folder: Path, *options: str) -> None:
    command = [sys.executable, "-m", "build", "--no-isolation", *options, "--outdir", str(folder), str(project)]
    run = subprocess.run(command, capture_output=True, text=True)
    assert run.returncode == 0, run.stdout + run.stderr


def _install(python: Path, *wheels: Path) -> None:
    _pip(python, "install", "--no-deps", "--no-index", *map(str, wheels))


def _pip(python: Path, *arguments: str) -> None:
    command = [
        sys.executable,
        "-m",
        "pip",
        "--python",
        str(python),
        "--quiet",
        "--disable-pip-version-check",
        *arguments,
    ]
    run = subprocess.run(command, capture_output=True, text=True)
    assert run.returncode == 0, run.stdout + run.stderr


def _persistlint(python: Path, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    command = [str(python.parent / "persistlint"), *arguments]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
