"""The examples keep what their comments say: a part that is called good is silent, one that is called bad is not."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path

import pytest

from persistlint.cli import main
from persistlint.languages import languages

EXAMPLES = Path(__file__).parent.parent / "examples"
APPLICATION = [path for language in languages() for path in sorted((EXAMPLES / language).glob("*"))]


@pytest.mark.parametrize("path", APPLICATION, ids=lambda path: path.name)
def test_the_bad_parts_are_reported_and_the_good_ones_are_not(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["check", "--isolated", "--format", "json", str(path)])
    reported = [diagnostic["start"]["line"] for diagnostic in json.loads(capsys.readouterr().out)["diagnostics"]]
    lines = path.read_text("utf-8").splitlines()
    starts = [number for number, line in enumerate(lines, 1) if "Good: " in line or "Bad: " in line]
    assert starts
    assert all(number > starts[0] for number in reported)
    for start, end in pairwise([*starts, len(lines) + 1]):
        assert any(start < number < end for number in reported) == ("Bad: " in lines[start - 1]), f"line {start}"
