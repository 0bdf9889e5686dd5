"""A file as the linter sees it: its bytes, its language and its lines.

Every offset inside persistlint counts UTF-8 bytes from 0, as tree-sitter does. Lines and columns exist only at the
edges: for people here (`SourceFile.position`), for editors in `persistlint_lsp.convert`.
"""

from __future__ import annotations

import codecs
import re
from bisect import bisect_right
from dataclasses import field
from functools import cached_property
from itertools import accumulate, chain
from typing import TYPE_CHECKING

from persistlint.records import dataclass
from persistlint.regexes import regex

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

_CONTINUATION = bytes(range(0x80, 0xC0))  # the bytes of a code point behind its first
_BLANKED = bytes(byte if byte >= 0x80 or chr(byte).isalnum() or byte == ord("_") else 0x20 for byte in range(0x100))
_WORD = regex(rb"[\w\x80-\xff]+")  # as `SourceFile.words` has them
_FEW = 50  # words of a file
_LAST_PART = regex(rb"(?:[A-Z]?[a-z0-9]+|[A-Z]+)$")
_LONGEST_AVERAGE = 300  # bytes of a line
_MOST_WORDS = 30_000  # whose names are kept
_SMALL, _LARGE = 10_000, 1_000_000  # bytes of a file: a smaller one counts as written by hand, a larger one does not
# https://go.dev/s/generatedcode, which generators for other languages write as well, "auto-generated" too, and the mark
# of Meta's tools.
_GENERATED = regex(
    rb"^[ \t]*(?://|#|/?\*)[ \t]*"
    rb"(?:(?:Code|.*\bauto(?:matically )?-?) ?generated\b.*\bDO NOT (?:EDIT|MODIFY)\b|@generated\b)",
    re.MULTILINE | re.IGNORECASE,
)
_HEAD = 2_000  # bytes in which that stands
_BLOCK = 4096  # bytes
_PYTHON_CODING = regex(rb"^[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)")  # PEP 263


class DecodeError(ValueError):
    """The bytes of a file are not text in any encoding that persistlint knows; the message says why."""


@dataclass(frozen=True, slots=True, order=True)
class Range:
    """Half-open UTF-8 byte offsets into a source file: `start` is inside, `end` is not."""

    start: int
    end: int

    def __contains__(self, other: Range | int) -> bool:
        if isinstance(other, int):
            return self.start <= other < self.end
        return self.start <= other.start and other.end <= self.end

    def __hash__(self) -> int:
        return hash((self.start, self.end))

    def moved(self, distance: int) -> Range:
        """The same range so many bytes behind its place."""
        return Range(self.start + distance, self.end + distance)


@dataclass(frozen=True, slots=True)
class Position:
    """Where an offset is, for people: line and column count from 1, the column in Unicode code points."""

    line: int
    column: int
    offset: int


@dataclass(frozen=True)
class SourceFile:
    """One file to check.

    `path` is shown as it is given, with forward slashes. `content` is UTF-8 without a byte order mark, whatever the
    encoding on disk; `encoding` and `bom` say how to write it back. `language` is a name from `persistlint.languages`.
    """

    path: str
    content: bytes
    language: str
    encoding: str = "utf-8"
    bom: bytes = b""
    dialect: str | None = field(default=None)

    @classmethod
    def decode(cls, path: str, data: bytes, language: str, dialect: str | None = None) -> SourceFile:
        """Make a source file of the bytes of a file on disk; raise `DecodeError` if they are not text."""
        content, encoding, bom = to_utf8(data)
        return cls(path, content, language, encoding, bom, dialect)

    @cached_property
    def line_starts(self) -> list[int]:
        """Byte offset of the start of every line; a line ends at LF, CRLF or CR."""
        starts = [0, *accumulate(map(len, self.content.splitlines(keepends=True)))]
        if self.content and not self.content.endswith((b"\n", b"\r")):
            starts.pop()
        return starts

    @cached_property
    def is_written_by_hand(self) -> bool:
        """Whether people wrote it: their files do not begin with the mark of a generator, are no larger than they can
        read, and their lines are short on average, unlike those of minified and bundled code."""
        if self.content.find(b"generated", 0, _HEAD) >= 0 and _GENERATED.search(self.content, 0, _HEAD):
            return False
        size = len(self.content)
        if size < _SMALL or size >= _LARGE:
            return size < _SMALL
        is_short = size < _LONGEST_AVERAGE * self.content.count(b"\n")  # which finds all lines of nearly all files
        return is_short or size < _LONGEST_AVERAGE * len(self.line_starts)

    @cached_property
    def lowered(self) -> bytes:
        """The content in lower case, as far as it is ASCII."""
        return self.content.lower()

    @cached_property
    def words(self) -> frozenset[bytes]:
        """Every word that the file is made of: letters, digits and underscores, and all that is not ASCII. What is not
        among them stands nowhere, so that most of what could be looked for needs no look."""
        return words_in(self.content)

    @cached_property
    def called(self) -> frozenset[bytes]:
        """What things may be called here, in lower case: every word, underscores around it left out, and the last part
        of one that has several (`db` of `mainDB` and of `main_db`)."""
        return frozenset(chain.from_iterable(map(_NAMES.__getitem__, self.words)))

    @cached_property
    def vocabulary(self) -> bytes:
        """All of `called` in one text, to look for a pattern in: a fraction of the file."""
        return b" ".join(self.called)

    def places(self, words: Collection[bytes]) -> Iterator[Range]:
        """Where some words stand, perhaps as a part of another one where they are few. To find a few takes a fraction
        of the time that it takes to look at every word."""
        content = self.content
        own = self.words.intersection(words)
        if len(own) > _FEW:
            found = (match.span() for match in _WORD.finditer(content) if match.group() in own)
            yield from (Range(start, end) for start, end in found)
            return
        for word in own:
            start = content.find(word)
            while start >= 0:
                yield Range(start, start + len(word))
                start = content.find(word, start + len(word))

    def found(self, pattern: re.Pattern[bytes], range: Range) -> frozenset[str]:
        """What the first group of a pattern matches, wherever it does in a range of bytes."""
        return frozenset(match[1].decode() for match in pattern.finditer(self.content, range.start, range.end))

    def line_of(self, offset: int) -> int:
        """The 1-based line that holds a byte offset."""
        return bisect_right(self.line_starts, offset)

    def line_range(self, line: int) -> Range:
        """The bytes of a 1-based line, its line end left out."""
        start = self.line_starts[line - 1]
        end = self.line_starts[line] if line < len(self.line_starts) else len(self.content)
        return Range(start, start + len(self.content[start:end].rstrip(b"\r\n")))

    def position(self, offset: int) -> Position:
        """The 1-based line and code-point column of a byte offset."""
        line = self.line_of(offset)
        return Position(line, self._code_points(offset) - self._code_points(self.line_starts[line - 1]) + 1, offset)

    def text(self, range: Range) -> str:
        """The source text of a range."""
        return self.content[range.start : range.end].decode("utf-8", "replace")

    def _code_points(self, offset: int) -> int:
        """How many code points begin before a byte offset; a line of megabytes is not counted anew every time."""
        offset = min(offset, len(self.content))  # the file may have become shorter since it was checked
        block = offset // _BLOCK
        return self._code_points_before[block] + _begun_in(self.content[block * _BLOCK : offset])

    @cached_property
    def _code_points_before(self) -> list[int]:
        """Of every block, and of the end."""
        starts = range(0, len(self.content) + 1, _BLOCK)
        return [0, *accumulate(_begun_in(self.content[start : start + _BLOCK]) for start in starts)]


class _Names(dict[bytes, tuple[bytes, ...]]):
    """What words call something, in lower case. They are kept, for most words are in many files."""

    def __missing__(self, word: bytes) -> tuple[bytes, ...]:
        name = word.strip(b"_")
        lowered = name.lower()
        found = [lowered]
        if name != lowered and (last := _LAST_PART.search(name)):
            found.append(last.group().lower())
        if b"_" in lowered:
            found.append(lowered.rpartition(b"_")[2])
        if len(self) >= _MOST_WORDS:
            self.clear()
        self[word] = names = tuple(found)
        return names


_NAMES = _Names()


def _begun_in(data: bytes) -> int:
    return len(data.translate(None, _CONTINUATION))


def words_in(text: bytes) -> frozenset[bytes]:
    """Every word that a text is made of: letters, digits and underscores, and all that is not ASCII."""
    return frozenset(text.translate(_BLANKED).split())


def to_utf8(data: bytes) -> tuple[bytes, str, bytes]:
    """Decode the bytes of a file: return UTF-8 content, the encoding they were in and their byte order mark.

    A byte order mark decides, then UTF-8, then a PEP 263 coding comment, then Latin-1, which is refused where it
    would make control characters of the bytes. Raises `DecodeError` for binary content.
    """
    for bom, encoding in (
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark it begins with
        (codecs.BOM_UTF32_BE, "utf-32-be"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
    ):
        if data.startswith(bom):
            body = data[len(bom) :]
            try:
                return body.decode(encoding).encode("utf-8"), encoding, bom
            except UnicodeError as error:
                raise DecodeError(
                    f"it starts with a {encoding.upper()} byte order mark but is not {encoding.upper()} text"
                ) from error
    if b"\0" in data[:8192]:
        raise DecodeError("it is a binary file")
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return _decode_legacy(data), _legacy_encoding(data), b""
    return data, "utf-8", b""


def _legacy_encoding(data: bytes) -> str:
    for line in data.splitlines()[:2]:
        if match := _PYTHON_CODING.match(line):
            name = match.group(1).decode("ascii")
            try:
                if codecs.lookup(name)._is_text_encoding:
                    return name
            except LookupError:
                continue
    return "latin-1"


def _decode_legacy(data: bytes) -> bytes:
    encoding = _legacy_encoding(data)
    try:
        text = data.decode(encoding)
    except (UnicodeError, ValueError) as error:
        raise DecodeError(f"it is not {encoding} text") from error
    if encoding == "latin-1" and sum(data.count(bytes([byte])) for byte in range(0x80, 0xA0)) > len(data) // 20:
        raise DecodeError("it is neither UTF-8 nor Latin-1 text")
    return text.encode("utf-8")
