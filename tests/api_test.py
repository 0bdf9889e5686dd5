"""persistlint as a library: what `import persistlint` gives, and what it costs."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import persistlint
from persistlint import Config, Severity, SourceFile, check, fix, read

BAD = "def find(cursor, name):\n    cursor.execute(f\"SELECT * FROM users WHERE name = '{name}'\")\n"
UNUSED = "a()  # persistlint: ignore[no-rule]\n"


@pytest.fixture(autouse=True)
def _in_an_empty_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_a_file_on_disk_is_checked_as_on_the_command_line() -> None:
    Path("persistlint.toml").write_text('[rules.interpolated-sql]\nseverity = "warning"\n')
    Path("a.py").write_text(BAD)
    source = read("a.py")
    (diagnostic,) = check(source, Config.of("a.py"))
    assert (diagnostic.rule, diagnostic.severity) == ("interpolated-sql", Severity.WARNING)
    assert (source.position(diagnostic.range.start).line, source.text(diagnostic.range)) == (2, "name")


def test_text_in_memory_is_checked_with_the_default_rules() -> None:
    source = SourceFile("a.py", (BAD + UNUSED).encode(), "python")
    assert [diagnostic.rule for diagnostic in check(source)] == ["interpolated-sql", "unknown-suppression"]


def test_a_program_says_which_rules_run_and_how() -> None:
    source = SourceFile("a.py", (BAD + UNUSED).encode(), "python")
    assert check(source, Config(select=["injection"], ignore=["interpolated-sql"])) == ()
    (diagnostic,) = check(source, Config(["injection"], severities={"interpolated-sql": Severity.INFO}))
    assert diagnostic.severity is Severity.INFO


def test_the_dialect_of_the_configuration_is_that_of_a_file_that_says_none() -> None:
    source = SourceFile("a.sql", b"CREATE TABLE t (id int PRIMARY KEY, at timestamp NOT NULL);\n", "sql")
    rules = ["timestamp-without-time-zone"]
    assert [diagnostic.rule for diagnostic in check(source, Config(rules, dialect="postgres"))] == rules
    assert check(source, Config(rules, dialect="mysql")) == ()


def test_fixing_changes_nothing_on_disk() -> None:
    Path("a.py").write_text(UNUSED)
    assert fix(read("a.py")).content == b"a()\n"
    assert Path("a.py").read_text() == UNUSED


def test_unsafe_fixes_are_made_when_they_are_asked_for() -> None:
    text = (
        b"CREATE TABLE a (id bigint PRIMARY KEY);\n"
        b"CREATE TABLE ledger_entries (id bigint PRIMARY KEY, a_id bigint REFERENCES a (id) ON DELETE CASCADE);\n"
    )
    source = SourceFile("a.sql", text, "sql", dialect="postgres")
    config = Config(["cascade-unsafe"])
    assert fix(source, config) == source
    assert b"ON DELETE RESTRICT" in fix(source, config, unsafe=True).content


def test_a_rule_that_nobody_knows() -> None:
    with pytest.raises(ValueError, match=r"`injecton` is no rule and no group of rules. Did you mean `injection`\?"):
        Config(select=["injecton"])


def test_errors_say_what_is_wrong() -> None:
    with pytest.raises(persistlint.ReadError, match="it does not exist"):
        read("gone.py")
    Path("persistlint.toml").write_text("selct = []\n")
    with pytest.raises(persistlint.ConfigError, match=r"persistlint.toml:1: unknown key `selct`"):
        Config.of("a.py")


def test_every_name_is_there_and_nothing_else() -> None:
    assert set(persistlint.__all__) <= set(dir(persistlint))
    assert all(getattr(persistlint, name) is not None for name in persistlint.__all__)
    with pytest.raises(AttributeError, match="has no attribute 'nothing'"):
        persistlint.nothing  # noqa: B018


def test_importing_it_imports_nothing_else() -> None:
    program = "import sys, persistlint\nprint(*sorted(name for name in sys.modules if name.startswith('persistlint')))"
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    run = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True)
    assert run.stdout.split() == ["persistlint", "persistlint.version"]
