"""Plugins: packages beside persistlint that bring rules and library tables, and what happens when they cannot."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from markdown import blocks

ROOT = Path(__file__).parent.parent
EXAMPLE = ROOT / "examples" / "plugin"
PROGRAM = """\
from acme.warehouse import open_warehouse


def find(name):
    warehouse = open_warehouse()
    warehouse.rows("SELECT * FROM orders")
    return warehouse.rows(f"SELECT id FROM orders WHERE name = '{name}'")
"""
RULES, LIBRARIES = "acme_persistlint/rules/select_star.py", "acme_persistlint/libraries/python/warehouse.toml"


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A folder of installed packages that holds the example."""
    site = tmp_path / "site"
    shutil.copytree(EXAMPLE / "acme_persistlint", site / "acme_persistlint")
    _declare(site, rules="acme = acme_persistlint.rules", libraries="acme = acme_persistlint.libraries")
    (tmp_path / "project").mkdir()
    (tmp_path / "project" / "a.py").write_text(PROGRAM)
    return site


def test_its_rules_and_tables_are_used(site: Path) -> None:
    run = _persistlint(site, "check", "--isolated")
    assert run.returncode == 1, run.stderr
    assert "warning[select-star]: `rows` asks for every column" in run.stdout
    assert "Pass the value by its name: `rows(" in run.stdout


def test_without_it_they_are_not(site: Path) -> None:
    (site / "acme_persistlint-1.0.0.dist-info" / "entry_points.txt").unlink()
    assert "unknown" not in _persistlint(site, "check", "--isolated").stdout
    assert _persistlint(site, "explain", "select-star").returncode == 2


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("explain", "select-star"), "Group acme, warning, on by default"),
        (("rules",), "\nacme\n  select-star "),
        (("config", "."), "persistlint.rules: acme of acme-persistlint 1.0.0"),
        (("check", "--select", "acme", "--statistics"), "1  warning  select-star"),
        (("check", "--format", "sarif"), '"id": "select-star"'),
        (("completion", "bash"), "select-star"),
    ],
    ids=" ".join,
)
def test_its_rules_are_rules_like_others(site: Path, arguments: tuple[str, ...], expected: str) -> None:
    run = _persistlint(site, *arguments)
    assert expected in run.stdout, run.stderr


def test_a_configuration_speaks_of_its_rules(site: Path) -> None:
    (site.parent / "project" / "persistlint.toml").write_text('[rules.select-star]\nseverity = "error"\n')
    assert "error[select-star]" in _persistlint(site, "check").stdout


def test_the_examples_of_its_page_behave(site: Path) -> None:
    run = _persistlint(site, "explain", "select-star")
    bad, good = (block.text for block in blocks(run.stdout) if block.kind == "python")
    for text, status in ((bad, 1), (good, 0)):
        (site.parent / "project" / "a.py").write_text(text)
        assert _persistlint(site, "check", "--select", "acme").returncode == status


@pytest.mark.parametrize(
    ("broken", "text", "reason"),
    [
        ("acme_persistlint/rules/__init__.py", "import no_such_module", "No module named 'no_such_module'"),
        (RULES, "1 / 0", "ZeroDivisionError: division by zero"),
        (RULES, "", "declares no rule `select-star`"),
        ("acme_persistlint/rules/interpolated_sql.py", "", "there is another rule `interpolated-sql`"),
        (LIBRARIES, "library =", "python/warehouse.toml: "),
        (LIBRARIES, 'library = "Acme"\nwrong = 1', "python/warehouse.toml: the file has unknown keys: wrong"),
        (LIBRARIES, 'library = "Acme"\n[types]\nWarehouse = 1', "python/warehouse.toml: "),
    ],
)
def test_one_that_cannot_be_used_is_named(site: Path, broken: str, text: str, reason: str) -> None:
    (site / broken).write_text(text)
    run = _persistlint(site, "check", "--isolated")
    assert run.returncode == 2, run.stdout
    assert run.stderr.startswith("error: the plugin `acme` of acme-persistlint 1.0.0 cannot be used: ")
    assert reason in run.stderr
    assert run.stderr.count("\n") == 1


def test_a_package_that_is_not_there(site: Path) -> None:
    shutil.rmtree(site / "acme_persistlint")
    run = _persistlint(site, "check", "--isolated")
    assert (run.returncode, run.stdout) == (2, "")
    assert "No module named 'acme_persistlint'" in run.stderr


def test_a_group_of_rules_that_is_there_already(site: Path) -> None:
    _declare(site, rules="injection = acme_persistlint.rules")
    assert "there is another group of rules `injection`" in _persistlint(site, "check").stderr


def test_a_project_that_is_checked_brings_no_code(site: Path) -> None:
    (site / "acme_persistlint" / "rules" / "__init__.py").write_text("raise SystemExit(99)")
    run = subprocess.run(
        [sys.executable, "-m", "persistlint", "check", "--isolated", "--ignore", "all", "."],
        cwd=site,
        env=_environment(),
        capture_output=True,
        text=True,
    )
    assert run.returncode == 0, run.stderr


def test_the_digest_tells_sets_of_plugins_apart(site: Path) -> None:
    program = "from persistlint.plugins import digest\nprint(digest())"
    found = []
    for change in (lambda: None, lambda: (site / LIBRARIES).write_text("# changed"), lambda: _declare(site, "2.0.0")):
        change()
        run = subprocess.run(
            [sys.executable, "-c", program], env=_environment(site), capture_output=True, text=True, check=True
        )
        found.append(run.stdout.strip())
    run = subprocess.run([sys.executable, "-c", program], env=_environment(), capture_output=True, text=True)
    assert run.stdout.strip() == ""
    assert len(set(found)) == 3
    assert all(found)


def _declare(site: Path, version: str = "1.0.0", **entries: str) -> None:
    """Write what an installer writes."""
    folder = site / "acme_persistlint-1.0.0.dist-info"
    folder.mkdir(exist_ok=True)
    (folder / "METADATA").write_text(f"Metadata-Version: 2.4\nName: acme-persistlint\nVersion: {version}\n")
    entries = entries or {"rules": "acme = acme_persistlint.rules"}
    text = "".join(f"[persistlint.{kind}]\n{entry}\n" for kind, entry in entries.items())
    (folder / "entry_points.txt").write_text(text)


def _persistlint(site: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "persistlint", *arguments]
    return subprocess.run(command, cwd=site.parent / "project", env=_environment(site), capture_output=True, text=True)


def _environment(*first: Path) -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": os.pathsep.join([*map(str, first), *(path for path in sys.path if path)])}
