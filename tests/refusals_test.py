"""What the help says where a rule has no fix: why, wherever the rule has fixes at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from markdown import cases
from running import diagnostics_of, source_of

_RULES = Path(__file__).parent / "rules"
_FILES = [file for group in ("schema", "migrations", "consistency") for file in sorted((_RULES / group).glob("*.md"))]
_WHY = " No fix: "


@pytest.mark.parametrize("file", _FILES, ids=lambda file: file.stem)
def test_a_rule_that_has_fixes_says_why_there_is_none(file: Path) -> None:
    loud = [case for case in cases(file.read_text("utf-8")) if case.expectations]
    found = [(case, each) for case in loud for each in diagnostics_of(source_of(case, case.text), {file.stem}, case)]
    has_fixes = any(diagnostic.fixes for _, diagnostic in found)
    for case, diagnostic in found:
        assert (_WHY in diagnostic.help) == (has_fixes and not diagnostic.fixes), f"{file.name}:{case.line}"
