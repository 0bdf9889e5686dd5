"""Fixing all in an editor does what `--fix` does, with edits that leave the rest of the file alone."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest

from persistlint.settings import Settings
from persistlint.source import SourceFile
from persistlint_lsp import tasks

if TYPE_CHECKING:
    from collections.abc import Iterable

    from persistlint.diagnostic import Edit

RULES = frozenset(["unused-suppression", "unknown-suppression"])
UNKNOWN = "x  # persistlint: ignore[no-such]\n"


def fixed(text: str, rule: str | None = None) -> str:
    source = SourceFile("a.py", text.encode(), "python")
    return edited(source.content, tasks.fix_all(source, Settings(RULES), rule)).decode()


def edited(content: bytes, edits: Iterable[Edit]) -> bytes:
    """What the edits make of a text; all of them, in one go."""
    for edit in sorted(edits, key=lambda edit: edit.range, reverse=True):
        content = content[: edit.range.start] + edit.text.encode() + content[edit.range.end :]
    return content


def test_all_rules_or_one() -> None:
    text = f"{UNKNOWN}y\n{UNKNOWN}"
    assert fixed(text) == "x\ny\nx\n"
    assert fixed(text, "unknown-suppression") == "x\ny\nx\n"
    assert fixed(text, "unused-suppression") == text


def test_line_ends_stay() -> None:
    assert fixed(f"{UNKNOWN}y\n".replace("\n", "\r\n")) == "x\r\ny\r\n"


@pytest.mark.parametrize("largest", [0, 10**6])
def test_differences_make_one_of_the_other(largest: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tasks, "_LARGEST_DIFFERENCE", largest)
    chance = random.Random(1)
    pieces = [b"a\n", b"b\n", b"c\r\n", b"\n", b"d"]
    for _ in range(500):
        before, after = (b"".join(chance.choices(pieces, k=chance.randrange(7))) for _ in range(2))
        assert edited(before, tasks._differences(before, after)) == after


def test_what_is_the_same_stays() -> None:
    (edit,) = tasks._differences(b"a\nb\nc\n", b"a\nB\nc\n")
    assert (edit.range.start, edit.range.end, edit.text) == (2, 4, "B\n")
