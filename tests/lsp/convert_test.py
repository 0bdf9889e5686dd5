"""Positions of the protocol: every offset goes there and back, in every encoding, whatever ends a line or does not."""

from __future__ import annotations

import pytest
from lsprotocol.types import Position, PositionEncodingKind

from persistlint.source import SourceFile
from persistlint_lsp.convert import LineIndex, to_utf8

UTF8, UTF16, UTF32 = PositionEncodingKind.Utf8, PositionEncodingKind.Utf16, PositionEncodingKind.Utf32
TEXTS = [
    "",
    "\n",
    "a",
    "a\n",
    "one\r\ntwo\rthree\nfour",
    "\r\r\n\n\r",
    "caf\u00e9 = '\u00fc'\n",
    "x = '\U0001f60b' + y\n\U0001f468\u200d\U0001f469\u200d\U0001f467 z\n",
    "a\fb\vc\x1cd\x1de\x1ef\x85g\u2028h\u2029i\nj",  # nothing of this but LF ends a line of the protocol
    "\u6f22\u5b57\r\n\U00020000\r\n",
    "a\0b\n",
]


def index(text: str, encoding: PositionEncodingKind) -> LineIndex:
    return LineIndex(SourceFile("a.py", text.encode(), "python"), encoding)


@pytest.mark.parametrize("encoding", PositionEncodingKind)
@pytest.mark.parametrize("text", TEXTS, ids=ascii)
def test_every_offset_goes_there_and_back(text: str, encoding: PositionEncodingKind) -> None:
    lines = index(text, encoding)
    within_line_end = [i for i in range(1, len(text)) if text[i - 1 : i + 1] == "\r\n"]
    for characters in set(range(len(text) + 1)) - set(within_line_end):
        offset = len(text[:characters].encode())
        assert lines.offset(lines.position(offset)) == offset


@pytest.mark.parametrize("encoding", PositionEncodingKind)
@pytest.mark.parametrize("text", TEXTS, ids=ascii)
def test_the_order_of_questions_does_not_matter(text: str, encoding: PositionEncodingKind) -> None:
    size = len(text.encode())
    asked_forwards = index(text, encoding)
    forwards = [asked_forwards.position(offset) for offset in range(size + 1)]
    asked_backwards = index(text, encoding)
    assert [asked_backwards.position(offset) for offset in range(size, -1, -1)] == forwards[::-1]


@pytest.mark.parametrize(
    ("text", "characters", "encoding", "expected"),
    [
        ("\U0001f60b x", 2, UTF8, (0, 5)),
        ("\U0001f60b x", 2, UTF16, (0, 3)),
        ("\U0001f60b x", 2, UTF32, (0, 2)),
        ("\u00e9x", 1, UTF8, (0, 2)),
        ("\u00e9x", 1, UTF16, (0, 1)),
        ("a\r\nb", 3, UTF16, (1, 0)),
        ("a\rb", 2, UTF16, (1, 0)),
        ("a\fb", 2, UTF16, (0, 2)),
        ("a\u2028b", 2, UTF16, (0, 2)),
        ("a\u2028b\nc", 4, UTF8, (1, 0)),
        ("a\n", 2, UTF16, (1, 0)),
    ],
)
def test_positions(text: str, characters: int, encoding: PositionEncodingKind, expected: tuple[int, int]) -> None:
    position = index(text, encoding).position(len(text[:characters].encode()))
    assert (position.line, position.character) == expected


@pytest.mark.parametrize(
    ("line", "character", "expected"),
    [
        (0, 999, 4),  # beyond the line: its end, the line end left out
        (9, 0, 10),  # beyond the file: its end
        (1, 1, 6),  # inside a pair of surrogates: the start of the character
        (1, 2, 10),
    ],
)
def test_positions_outside_come_to_the_nearest_place(line: int, character: int, expected: int) -> None:
    assert index("abcd\r\n\U0001f60b", UTF16).offset(Position(line, character)) == expected


@pytest.mark.parametrize(("offset", "expected"), [(-1, (0, 0)), (99, (1, 1)), (2, (0, 1))])
def test_offsets_outside_come_to_the_nearest_place(offset: int, expected: tuple[int, int]) -> None:
    position = index("a\r\nb", UTF16).position(offset)
    assert (position.line, position.character) == expected


@pytest.mark.parametrize("text", ["plain", "\u00e9\U0001f60b"])
def test_text_becomes_utf_8(text: str) -> None:
    assert to_utf8(text) == text.encode()


def test_half_a_surrogate_pair_keeps_its_width() -> None:
    assert to_utf8("a\ud83db") == "a\ufffdb".encode()


def test_a_long_line_is_read_once() -> None:
    word = "\u00e9\U0001f60b"
    count = 100_000
    lines = index(word * count, UTF16)
    assert [lines.position(len(word.encode()) * at).character for at in range(count)] == list(range(0, 3 * count, 3))
