"""What is remembered of a file that is edited changes nothing of what is said of it: every version is reported on as by
a process that never saw another one."""

from __future__ import annotations

import random
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from markdown import cases
from persistlint.configuration.selection import expand
from persistlint.engine import check
from persistlint.languages import language_of
from persistlint.memory import forget
from persistlint.settings import Settings
from persistlint.source import SourceFile

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.engine import Report

PAGES = sorted((Path(__file__).parent / "rules").glob("*/*.md"))
PROGRAMS = 4  # of several cases each
CASES = 5
EDITS = 25
GONE = "export function isGone(answer) {\n  return answer.code === 410;\n}\n"
TYPED: list[str] = [
    *"()[]{}\"'`,:;#= 01589.x\n",
    "\n\n",
    "    ",
    "# 37 tries\n",
    "// 37 tries\n",
    "/*",
    "*/",
    "return 37\n",
    "if x > 59:\n    pass\n",
    "if (x > 59) { return 60; }\n",
    "const y = 86400 * 7;\n",
    'f"{x}"',
    "${x}",
    "await ",
    "é",
]


@pytest.mark.parametrize("suffix", [".py", ".js", ".ts", ".tsx", ".go"])
def test_an_edited_file_is_reported_on_as_a_new_one(suffix: str) -> None:
    settings = Settings(expand(["all"]))
    versions = [SourceFile(path, text, language_of(path) or "") for path, text in _versions(suffix)]
    forget()
    edited = [check(source, settings) for source in versions]
    assert edited == [_afresh(source, settings) for source in versions]
    assert sum(len(report.diagnostics) for report in edited) > EDITS


@pytest.mark.parametrize(
    ("path", "text", "above"),
    [
        ("shop/tries.py", "# as everybody knows\ndef may(tries): return tries < 37\n", "# 37 tries are enough,\n"),
        ("shop/place.py", "def is_east(value): return value < 180\n", "longitude = 0\n"),
        ("shop/gone.js", f"\n\n{GONE}", "export const isOut = (answer) => answer.code === 410;\n"),
        ("shop/gone.js", f"\n\n{GONE}", 'import { StatusCodes } from "http-status-codes";\n'),
    ],
    ids=["a comment", "a word", "the same code", "names of codes"],
)
def test_what_stands_beside_a_function_counts(path: str, text: str, above: str) -> None:
    settings = Settings(frozenset(["magic-number", "magic-status"]))
    before, after = (SourceFile(path, content.encode(), language_of(path) or "") for content in (text, above + text))
    assert bool(check(before, settings).diagnostics) != bool(check(after, settings).diagnostics)
    assert check(before, settings) == _afresh(before, settings)


def _afresh(source: SourceFile, settings: Settings) -> Report:
    forget()
    return check(source, settings)


def _versions(suffix: str) -> Iterator[tuple[str, bytes]]:
    """Programs that are edited, each version with its path."""
    chance = random.Random(suffix)
    texts = _texts(suffix)
    for number in range(PROGRAMS):
        path = f"shop/{number}{suffix}"
        text = b"\n\n".join(chance.sample(texts, min(CASES, len(texts))))
        before = [text]
        for _ in range(EDITS):
            yield path, text
            text = chance.choice(before[-3:]) if chance.random() < 0.3 else _edited(text, chance)  # undo, or type
            before.append(text)


@cache
def _texts(suffix: str) -> list[bytes]:
    """The programs of the rules' tests in a language."""
    found = [case for page in PAGES for case in cases(page.read_text("utf-8")) if case.path.endswith(suffix)]
    return [case.text.encode() for case in found if not case.is_broken]


def _edited(text: bytes, chance: random.Random) -> bytes:
    """A text with one edit: something typed, deleted, doubled or moved."""
    start = chance.randrange(len(text) + 1)
    lines = text.splitlines(keepends=True)
    match chance.choice(["type", "type", "number", "delete", "double", "move"]):
        case "type":
            return text[:start] + chance.choice(TYPED).encode() + text[start:]
        case "number":
            return text[:start] + text[start:].replace(b"1", b"37", 1)
        case "delete":
            return text[:start] + text[start + chance.randrange(1, 12) :]
        case "double":
            lines.insert(chance.randrange(len(lines) + 1), chance.choice(lines or [b""]))
        case "move" if lines:
            lines.insert(chance.randrange(len(lines)), lines.pop(chance.randrange(len(lines))))
    return b"".join(lines)
