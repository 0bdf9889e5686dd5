"""Every library that can write or open a transaction: the Markdown files in `transactions/` say what the rules about
transactions and errors report of programs that use it, those that are off by default left out. One file per library
table, in the format of rules/README.md."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from markdown import Case, cases
from persistlint.libraries.reading import whole_table
from persistlint.rules import every_rule
from running import diagnostics_of, place_of, source_of

ROOT = files("persistlint.libraries")
FOLDER = Path(__file__).parent / "transactions"
RULES = frozenset(rule.name for rule in every_rule() if rule.group in ("transactions", "errors") and rule.default)
FILES = {f"{path.parent.name}/{path.stem}": cases(path.read_text("utf-8")) for path in sorted(FOLDER.glob("*/*.md"))}
CASES = [(file, case) for file, found in FILES.items() for case in found]
TABLES = {
    f"{folder}/{path.name.removesuffix('.toml')}": whole_table(path, ROOT.joinpath(folder))
    for folder in ("python", "javascript", "go")
    for path in ROOT.joinpath(folder).iterdir()
    if path.name.endswith(".toml")
}


@pytest.mark.parametrize(("file", "case"), CASES, ids=lambda value: _id(value))
def test_reports_what_the_case_says_and_nothing_else(file: str, case: Case) -> None:
    assert file in TABLES
    source = source_of(case, case.text)
    found = [place_of(source, diagnostic) for diagnostic in diagnostics_of(source, RULES, case)]
    assert sorted(found) == sorted(case.expectations)


@pytest.mark.parametrize("file", FILES)
def test_has_silent_and_loud_programs(file: str) -> None:
    assert not FILES[file][0].expectations, "what must stay silent comes first"
    assert any(case.expectations for case in FILES[file])


def test_every_table_with_transactions_has_a_file() -> None:
    assert set(FILES) == {name for name, table in TABLES.items() if _has_roles(table)}


def _has_roles(table: dict[str, Any]) -> bool:
    """Whether a table says what statements belong to, without which nothing of it takes part in a transaction."""
    return any("role" in entry for key in ("types", "functions") for entry in table.get(key, {}).values())


def _id(value: str | Case) -> str:
    return value if isinstance(value, str) else f"{value.line} {value.heading}"
