"""An edit of lines does what the same edit of the text does."""

from __future__ import annotations

import random

import pytest
from lsprotocol import types

from persistlint.source import Range, SourceFile
from persistlint_lsp import lines
from persistlint_lsp.convert import LineIndex

ENCODINGS = list(types.PositionEncodingKind)
PIECES = ["a", "é", "\U0001f60b", "\n", "\r", "\r\n", "\f", "\u2028", "\x85", "x = 1", ""]


def place(line: int, column: int) -> types.Position:
    return types.Position(line, column)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", [""]),
        ("a", ["a"]),
        ("a\n", ["a\n", ""]),
        ("a\rb\r\nc\n\rd", ["a\r", "b\r\n", "c\n", "\r", "d"]),
        ("a\fb\u2028c\x85d\x1ee", ["a\fb\u2028c\x85d\x1ee"]),
    ],
)
def test_lines_end_where_the_protocol_says(text: str, expected: list[str]) -> None:
    assert lines.split(text) == expected


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_any_edits_do_what_they_do_to_the_text(encoding: types.PositionEncodingKind) -> None:
    chance = random.Random(1)
    for _ in range(300):
        text = "".join(chance.choices(PIECES, k=chance.randrange(12)))
        rows = lines.split(text)
        for _ in range(5):
            source = SourceFile("a.py", text.encode(), "python")
            index = LineIndex(source, encoding)
            first, second = sorted(index.offset(place(chance.randrange(8), chance.randrange(6))) for _ in range(2))
            new = "".join(chance.choices(PIECES, k=chance.randrange(4)))
            lines.replace(rows, index.range(Range(first, second)), new, encoding)
            text = (source.content[:first] + new.encode() + source.content[second:]).decode()
            assert rows == lines.split(text)


def test_what_is_outside_comes_to_the_nearest_end() -> None:
    rows = lines.split("abc\nd")
    lines.replace(rows, types.Range(place(0, 99), place(99, 99)), "!", types.PositionEncodingKind.Utf16)
    assert rows == ["abc!"]


def test_a_range_that_runs_backwards_is_turned_round() -> None:
    rows = lines.split("abcd")
    lines.replace(rows, types.Range(place(0, 3), place(0, 1)), "-", types.PositionEncodingKind.Utf16)
    assert rows == ["a-d"]


@pytest.mark.parametrize(("column", "expected"), [(0, 0), (1, 0), (2, 1), (3, 2), (9, 2)])
def test_a_column_inside_a_character_is_that_of_the_character(column: int, expected: int) -> None:
    assert lines.index("\U0001f60bx\n", column, types.PositionEncodingKind.Utf16) == expected


def test_half_a_character_that_is_being_typed_stays() -> None:
    rows = lines.split("")
    for column, half in enumerate(("\ud83d", "\ude0b")):
        here = types.Range(place(0, column), place(0, column))
        lines.replace(rows, here, half, types.PositionEncodingKind.Utf16)
    assert rows == ["\ud83d\ude0b"]
