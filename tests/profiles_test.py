"""Profiles: what the rules mean to a project at its present size."""

from __future__ import annotations

from pathlib import Path

import pytest

from persistlint.cli import main
from persistlint.configuration.config import ConfigError, Overrides, settings_for
from persistlint.diagnostic import Severity
from persistlint.profiles import path_of, profiles
from persistlint.rules import every_rule

RULES = {rule.name: rule for rule in every_rule()}
DEFAULT = {name for name, rule in RULES.items() if rule.default}
SCRIPT = "CREATE INDEX orders_customer ON orders (customer_id);\n"
POLICY = (
    "CREATE TABLE notes (id bigint PRIMARY KEY, tenant_id bigint NOT NULL, text text NOT NULL);\n"
    "ALTER TABLE notes ENABLE ROW LEVEL SECURITY;\nCREATE POLICY all_of_them ON notes USING (true);\n"
)


@pytest.fixture(autouse=True)
def _in_an_empty_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize(
    ("profile", "expected"), [(None, "warning"), ("mvp", None), ("production", "error")], ids=lambda value: str(value)
)
def test_a_lock_waits_for_the_load_that_it_hurts(
    profile: str | None, expected: str | None, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("001_add.sql").write_text(SCRIPT)
    Path("persistlint.toml").write_text('dialect = "postgres"\n' + (f'profile = "{profile}"\n' if profile else ""))
    assert main(["check"]) == (1 if expected else 0)
    assert (f"{expected}[index-not-concurrent]" in capsys.readouterr().out) == bool(expected)


@pytest.mark.parametrize("profile", profiles())
def test_what_leaks_is_reported_at_any_size(profile: str, capsys: pytest.CaptureFixture[str]) -> None:
    Path("001_add.sql").write_text(POLICY)
    Path("a.py").write_text("def find(cursor, name):\n    cursor.execute(f\"SELECT 1 FROM t WHERE name = '{name}'\")\n")
    assert main(["check", "--profile", profile]) == 1
    out = capsys.readouterr().out
    assert "[rls-policy-always-true]" in out
    assert "error[interpolated-sql]" in out


@pytest.mark.parametrize("profile", profiles())
def test_no_error_is_switched_off_or_lowered(profile: str) -> None:
    settings = settings_for(Path("a.py"), Overrides(profile=profile))
    errors = {name for name in DEFAULT if RULES[name].severity is Severity.ERROR}
    assert errors <= settings.rules
    assert all(settings.severities.get(name, Severity.ERROR) is Severity.ERROR for name in errors)


def test_the_two_go_opposite_ways_from_the_default() -> None:
    mvp, production = (settings_for(Path("a.py"), Overrides(profile=name)) for name in ("mvp", "production"))
    assert mvp.rules < DEFAULT < production.rules
    order = list(Severity)
    for settings, sign in ((mvp, 1), (production, -1)):
        for name, severity in settings.severities.items():
            assert sign * (order.index(severity) - order.index(RULES[name].severity)) > 0, name


def test_a_profile_changes_what_default_is_and_nothing_else() -> None:
    def rules(text: str) -> frozenset[str]:
        Path("sub").mkdir(exist_ok=True)
        path = Path("sub") / f"{len(list(Path('sub').iterdir()))}.toml"
        path.write_text(text)
        return settings_for(Path("a.py"), Overrides(config=path)).rules

    usual = rules('profile = "mvp"')
    assert rules('profile = "mvp"\nselect = ["default"]') == usual
    assert rules('profile = "mvp"\nselect = ["default", "magic-number"]') == usual | {"magic-number"}
    assert rules('profile = "mvp"\nselect = ["magic-number"]') == {"magic-number"}
    assert rules('profile = "mvp"\nextend-select = ["magic-number"]') == usual | {"magic-number"}
    assert rules('profile = "production"\nignore = ["query-in-loop"]') == rules('profile = "production"') - {
        "query-in-loop"
    }


def test_the_files_of_a_project_change_the_severities_of_a_profile() -> None:
    Path("persistlint.toml").write_text('profile = "production"\n[rules.drop-table]\nseverity = "info"\n')
    assert settings_for(Path("a.py")).severities["drop-table"] is Severity.INFO
    assert settings_for(Path("a.py")).severities["drop-column"] is Severity.ERROR


def test_the_command_line_goes_before_the_file_and_the_file_before_its_base() -> None:
    Path("base.toml").write_text('profile = "mvp"')
    Path("persistlint.toml").write_text('extend = "base.toml"')
    assert "magic-number" not in settings_for(Path("a.py")).rules
    assert "query-in-loop" in settings_for(Path("a.py"), Overrides(profile="production")).rules


def test_a_profile_that_nobody_knows() -> None:
    Path("persistlint.toml").write_text('\nprofile = "mpv"\n')
    with pytest.raises(ConfigError, match=r"persistlint.toml:2: `mpv` is no profile. Did you mean `mvp`\?"):
        settings_for(Path("a.py"))


def test_the_profile_of_a_path_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["config", ".", "--profile", "mvp"]) == 0
    assert "\nprofile: mvp\n" in capsys.readouterr().out


@pytest.mark.parametrize("profile", profiles())
def test_a_profile_says_why(profile: str) -> None:
    assert path_of(profile).read_text("utf-8").startswith("# ")
