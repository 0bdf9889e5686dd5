"""The schema of the configuration in the language service by which VS Code reads JSON. TOML editors use it as well."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from persistlint.configuration.config_file import DIALECTS, KEYS
from persistlint.configuration.selection import selectors
from persistlint.profiles import profiles

pytestmark = pytest.mark.e2e
SCHEMA = json.loads((Path(__file__).parent.parent.parent / "docs" / "persistlint.schema.json").read_text("utf-8"))


def test_a_right_configuration_has_no_problem(language_service: Path) -> None:
    text = {
        "extend": "../persistlint.toml",
        "profile": "production",
        "select": ["default", "injection"],
        "per-file-ignores": {"tests/": ["literals"]},
        "dialect": "postgres",
        "names": {"handles": ["reader"]},
        "rules": {"interpolated-sql": {"severity": "warning", "trust-annotations": False}},
    }
    assert _ask(language_service, json.dumps(text))["problems"] == []


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ('{"selct": []}', "Property selct is not allowed."),
        ('{"dialect": "postgresql"}', 'Value is not accepted. Valid values: "bigquery"'),
        ('{"select": ["injektion"]}', 'Value is not accepted. Valid values: "all"'),
        ('{"profile": "mpv"}', 'Value is not accepted. Valid values: "mvp", "production".'),
        ('{"rules": {"interpolated-sql": {"trust-annotations": 1}}}', 'Incorrect type. Expected "boolean".'),
        ('{"rules": {"interpolated-sql": {"severity": "bad"}}}', 'Value is not accepted. Valid values: "error"'),
    ],
)
def test_what_is_wrong_is_underlined(language_service: Path, text: str, problem: str) -> None:
    (found,) = _ask(language_service, text)["problems"]
    assert found.startswith(problem)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('{"|"}', set(KEYS)),
        ('{"dialect": "|"}', {f'"{name}"' for name in DIALECTS}),
        ('{"profile": "|"}', {f'"{name}"' for name in profiles()}),
        ('{"select": ["|"]}', {f'"{name}"' for name in selectors()}),
        ('{"rules": {"interpolated-sql": {"|"}}}', {"severity", "trust-annotations"}),
    ],
)
def test_what_can_stand_at_a_place_is_offered(language_service: Path, text: str, words: set[str]) -> None:
    assert set(_ask(language_service, text)["words"]) == words


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('{"ig|nore": []}', "Rules that do not run"),
        ('{"rules": {"interpolated|-sql": {}}}', "becomes part of the text of a SQL statement"),
        ('{"rules": {"interpolated-sql": {"trust|-annotations": true}}}', "declared as a number"),
    ],
)
def test_a_key_is_explained(language_service: Path, text: str, words: str) -> None:
    assert words in _ask(language_service, text)["hover"]


def _ask(language_service: Path, text: str) -> dict[str, Any]:
    run = subprocess.run(
        ["node", str(Path(__file__).parent / "json" / "ask.js"), str(language_service)],
        input=json.dumps({"schema": SCHEMA, "text": text}),
        capture_output=True,
        text=True,
        check=True,
    )
    value: dict[str, Any] = json.loads(run.stdout)
    return value
