"""Which configuration applies to a path, what it comes to, and what is said about a wrong one."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import jsonschema  # type: ignore[import-untyped]
import pytest

from persistlint.configuration.config import (
    ConfigError,
    Overrides,
    configuration_for,
    forget,
    is_excluded,
    settings_for,
)
from persistlint.configuration.config_file import DIALECTS
from persistlint.diagnostic import Severity
from persistlint.rules import every_rule, groups

ROOT = Path(__file__).parent.parent
DEFAULT = {rule.name for rule in every_rule() if rule.default}


def test_without_a_file_the_default_rules_run(tmp_path: Path) -> None:
    settings = settings_for(tmp_path / "a.py")
    assert settings.rules == DEFAULT
    assert settings.dialect is None


def test_the_nearest_file_wins_and_is_alone(tmp_path: Path) -> None:
    _write(tmp_path / "persistlint.toml", 'dialect = "mysql"\nselect = ["injection"]')
    _write(tmp_path / "inner" / "persistlint.toml", 'dialect = "sqlite"')
    assert settings_for(tmp_path / "a.py").dialect == "mysql"
    assert settings_for(tmp_path / "other" / "deep" / "a.py").rules == set(groups()["injection"])
    inner = settings_for(tmp_path / "inner" / "deep" / "a.py")
    assert inner.dialect == "sqlite"
    assert inner.rules == DEFAULT


def test_pyproject_counts_if_it_has_a_table_of_ours(tmp_path: Path) -> None:
    _write(tmp_path / "pyproject.toml", '[tool.persistlint]\ndialect = "mysql"')
    _write(tmp_path / "inner" / "pyproject.toml", '[tool.other]\ndialect = "sqlite"\n')
    assert settings_for(tmp_path / "inner" / "a.py").dialect == "mysql"


def test_the_file_of_our_own_goes_before_pyproject(tmp_path: Path) -> None:
    _write(tmp_path / "pyproject.toml", '[tool.persistlint]\ndialect = "mysql"')
    _write(tmp_path / "persistlint.toml", 'dialect = "sqlite"')
    assert settings_for(tmp_path / "a.py").dialect == "sqlite"


def test_a_base_is_extended_layer_by_layer(tmp_path: Path) -> None:
    _write(
        tmp_path / "base.toml",
        'dialect = "mysql"\nselect = ["all"]\nignore = ["suppressions", "interpolated-sql"]\n'
        '[rules.unused-suppression]\nseverity = "info"\n',
    )
    _write(
        tmp_path / "inner" / "persistlint.toml",
        'extend = "../base.toml"\nextend-select = ["unused-suppression"]\nignore = ["unknown-suppression"]',
    )
    settings = settings_for(tmp_path / "inner" / "a.py")
    assert "unused-suppression" in settings.rules
    assert not settings.rules & {"unknown-suppression", "interpolated-sql"}
    assert settings.dialect == "mysql"
    assert settings.severities == {"unused-suppression": Severity.INFO}
    files = [file.path.name for file in configuration_for(tmp_path / "inner" / "a.py").files]
    assert files == ["base.toml", "persistlint.toml"]


@pytest.mark.parametrize("base", ["persistlint.toml", "other.toml"])
def test_extending_in_a_circle_is_an_error(tmp_path: Path, base: str) -> None:
    _write(tmp_path / "persistlint.toml", f'extend = "{base}"')
    _write(tmp_path / "other.toml", 'extend = "persistlint.toml"')
    with pytest.raises(ConfigError, match="leads back to"):
        settings_for(tmp_path / "a.py")


def test_a_base_that_does_not_exist_is_an_error(tmp_path: Path) -> None:
    _write(tmp_path / "persistlint.toml", 'extend = "gone.toml"')
    with pytest.raises(ConfigError, match=r"`extend` names .*gone\.toml, which does not exist"):
        settings_for(tmp_path / "a.py")


def test_rules_are_ignored_per_file(tmp_path: Path) -> None:
    _write(
        tmp_path / "persistlint.toml",
        '[per-file-ignores]\n"tests/" = ["injection"]\n"*_gen.py" = ["all"]\n"/top.py" = ["suppressions"]',
    )
    assert settings_for(tmp_path / "a.py").rules == DEFAULT
    assert settings_for(tmp_path / "src" / "tests" / "a.py").rules == DEFAULT - set(groups()["injection"])
    assert settings_for(tmp_path / "src" / "x_gen.py").rules == set()
    assert settings_for(tmp_path / "top.py").rules == DEFAULT - set(groups()["suppressions"])
    assert settings_for(tmp_path / "src" / "top.py").rules == DEFAULT


def test_files_are_excluded_by_patterns_relative_to_the_configuration(tmp_path: Path) -> None:
    _write(tmp_path / "app" / "persistlint.toml", 'exclude = ["/generated/", "*.gen.py", "!keep.gen.py"]')
    assert is_excluded(tmp_path / "app" / "generated" / "a.py")
    assert is_excluded(tmp_path / "app" / "src" / "a.gen.py")
    assert not is_excluded(tmp_path / "app" / "keep.gen.py")
    assert not is_excluded(tmp_path / "app" / "src" / "generated" / "a.py")
    assert not is_excluded(tmp_path / "generated" / "a.py")


def test_patterns_of_a_file_that_the_command_line_names_are_relative_to_the_current_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shared = _write(tmp_path / "shared" / "base.toml", 'exclude = ["/gen/"]\n[per-file-ignores]\n"/top.py" = ["all"]')
    (tmp_path / "app").mkdir()
    monkeypatch.chdir(tmp_path / "app")
    assert is_excluded(Path("gen/a.py"), Overrides(config=shared))
    assert settings_for(Path("top.py"), Overrides(config=shared)).rules == set()


def test_options_and_severities_of_rules(tmp_path: Path) -> None:
    rule = next(rule for rule in every_rule() if any(isinstance(option.default, bool) for option in rule.options))
    option = next(option for option in rule.options if isinstance(option.default, bool))
    value = not option.default
    _write(
        tmp_path / "persistlint.toml",
        f'[rules.{rule.name}]\nseverity = "warning"\n{option.name} = {str(value).lower()}',
    )
    settings = settings_for(tmp_path / "a.py")
    assert settings.severities == {rule.name: Severity.WARNING}
    assert settings.options == {rule.name: {option.name: value}}


def test_the_command_line_has_the_last_word(tmp_path: Path) -> None:
    _write(tmp_path / "persistlint.toml", 'select = ["injection"]\nignore = ["interpolated-sql"]\ndialect = "mysql"')
    _write(tmp_path / "other.toml", 'dialect = "sqlite"')
    path = tmp_path / "a.py"
    assert settings_for(path, Overrides(select=("interpolated-sql",))).rules == {"interpolated-sql"}
    assert settings_for(path, Overrides(ignore=("injection",))).rules == set()
    assert settings_for(path, Overrides(only=("interpolated-identifier", "transactions"))).rules == {
        "interpolated-identifier"
    }
    assert settings_for(path, Overrides(select=("schema",), only=("plaintext-pii",))).rules == {"plaintext-pii"}
    assert settings_for(path, Overrides(config=tmp_path / "other.toml")).dialect == "sqlite"
    isolated = settings_for(path, Overrides(isolated=True))
    assert isolated.dialect is None
    assert isolated.rules == DEFAULT


def test_a_baseline_stands_beside_the_file_that_names_it(tmp_path: Path) -> None:
    _write(tmp_path / "persistlint.toml", 'baseline = "known.json"')
    _write(tmp_path / "a" / "persistlint.toml", 'extend = "../persistlint.toml"')
    _write(tmp_path / "b" / "persistlint.toml", 'extend = "../persistlint.toml"\nbaseline = "../b.json"')
    _write(tmp_path / "c" / "persistlint.toml", "")
    found = [configuration_for(tmp_path / name / "x.py").baseline for name in ("", "a", "b", "c")]
    assert found == [tmp_path / "known.json", tmp_path / "known.json", tmp_path / "b.json", None]


def test_a_changed_file_is_seen_after_forgetting(tmp_path: Path) -> None:
    file = _write(tmp_path / "persistlint.toml", 'dialect = "mysql"')
    assert settings_for(tmp_path / "a.py").dialect == "mysql"
    file.write_text('dialect = "sqlite"')
    forget()
    assert settings_for(tmp_path / "a.py").dialect == "sqlite"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("\nselct = []", r":2: unknown key `selct`\. Did you mean `select`\?"),
        ('select = ["interpolated-sq"]', r":1: in `select`, `interpolated-sq` is no rule .* `interpolated-sql`\?"),
        ('extend-select = "all"', ":1: `extend-select` must be a list of strings"),
        ("ignore = [1]", ":1: `ignore` must be a list of strings"),
        ('dialect = "postgresql"', r":1: `postgresql` is no dialect of SQL\. Did you mean `postgres`\?"),
        ('dialect = "sqlserver"', r":1: `sqlserver` is no dialect of SQL\. There are bigquery, .*, tsql\."),
        ('profile = "small"', r":1: `small` is no profile\. There are mvp, production\."),
        ("[tool.persistlint]", r"`\[tool.persistlint\]` is for pyproject.toml; its keys stand here without that table"),
        ("dialect = 1", ":1: `dialect` must be a string"),
        ("baseline = 1", ":1: `baseline` must be a string"),
        ('baseline = ""', ":1: `baseline` must name a file"),
        ("extend = []", ":1: `extend` must be a string"),
        ("rules = 1", ":1: `rules` must be a table"),
        ("\n[rules.unused]\n", ":2: unknown rule `unused`"),
        ("[rules.unused-suppression]\n\nx = 1", ":3: unknown option of `unused-suppression` `x`"),
        ('[rules.unused-suppression]\nseverity = "bad"', ":2: `severity` is one of error, warning, info"),
        ("rules.unused-suppression = { severity = [] }", ":1: `severity` is one of"),
        ("[rules]\nunused-suppression = 1", ":2: `unused-suppression` must be a table"),
        ('[per-file-ignores]\n"a.py" = ["injektion"]', ":2: in `a.py`, `injektion` is no rule"),
        ('select = [\n  "injection",\n  "injektion",\n]', ":3: in `select`, `injektion` is no rule"),
        ("\nselect = [1 2]", ":2:13: it is not valid TOML: Unclosed array$"),
        ("select = [", r"it is not valid TOML: Invalid value \(at end of document\)$"),
        ("a = " + "[" * 100_000, "it is not valid TOML"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(tmp_path: Path, text: str, message: str) -> None:
    path = _write(tmp_path / "persistlint.toml", text)
    with pytest.raises(ConfigError, match=re.escape(str(path)) + ".*" + message):
        settings_for(tmp_path / "a.py")


def test_the_place_is_looked_for_in_our_part_of_pyproject(tmp_path: Path) -> None:
    text = "[tool.other]\nselect = []\n[tool.persistlint]\nselect = 1\n"
    _write(tmp_path / "pyproject.toml", text)
    with pytest.raises(ConfigError, match=r"pyproject\.toml:4: `select`"):
        settings_for(tmp_path / "a.py")


def test_a_file_that_is_no_text_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "persistlint.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(ConfigError, match="it is not UTF-8 text"):
        settings_for(tmp_path / "a.py")


def test_options_must_have_the_type_of_their_default(tmp_path: Path) -> None:
    rule = next(rule for rule in every_rule() if rule.options)
    option = rule.options[0]
    _write(tmp_path / "persistlint.toml", f"[rules.{rule.name}]\n{option.name} = 1.5")
    with pytest.raises(ConfigError, match=f":2: `{option.name}` of rule `{rule.name}` must be "):
        settings_for(tmp_path / "a.py")


def test_dialects_are_known_to_sqlglot() -> None:
    from sqlglot.dialects import Dialect

    assert all(Dialect.get(name) for name in DIALECTS)


def test_the_schema_is_current() -> None:
    command = [sys.executable, str(ROOT / "scripts" / "generate_schema.py"), "--check"]
    run = subprocess.run(command, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr


@pytest.mark.parametrize(
    ("text", "is_valid"),
    [
        ('select = ["default", "injection"]\n[rules.unused-suppression]\nseverity = "info"', True),
        ('[per-file-ignores]\n"tests/" = ["all"]', True),
        ('select = ["injektion"]', False),
        ('baseline = "known.json"', True),
        ('baseline = ""', False),
        ("selct = []", False),
        ("[rules.unused-suppression]\nx = 1", False),
    ],
)
def test_the_schema_and_the_program_agree(tmp_path: Path, text: str, is_valid: bool) -> None:
    schema = json.loads((ROOT / "docs" / "persistlint.schema.json").read_text("utf-8"))
    _write(tmp_path / "persistlint.toml", text)
    assert jsonschema.Draft202012Validator(schema).is_valid(tomllib.loads(text)) == is_valid
    if is_valid:
        settings_for(tmp_path / "a.py")
    else:
        with pytest.raises(ConfigError):
            settings_for(tmp_path / "a.py")


def _write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
    return path
