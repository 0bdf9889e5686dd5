"""Where a program in JavaScript makes a text of values: template literals, `+`, and the methods of texts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.languages.joining import HOLE, additions, is_said, literal_behind
from persistlint.regexes import regex

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.languages.joining import Join

_LONGEST = 60  # bytes of a tag with its type
# Tags that bind what stands in the holes. What they splice all the same was made by a call that counts itself.
_BINDS = regex(rb"(?:\b(?:sql|SQL)|\$queryRaw|\$executeRaw)(?:<[^<>`]*(?:<[^<>]*>)?[^<>`]*>)?\Z")
# A tag of that name that may do something else: not imported by its own name.
_OWN_TAG = regex(rb"\b(?:sql|SQL)\s*(?::[^=\n;]*)?=(?![=>])|\b(?:function|import|as)\s+(?:sql|SQL)\b")
_MADE_HERE = regex(rb"\$\{\s*(?:\(\s*\)|\w+)\s*=>")
_HOLE = regex(rb"\$\{[^{}]*(?:\{[^{}]*\}[^{}]*)*\}([^`$]*)")
_METHOD = regex(rb"\.(join|replace|replaceAll|concat)\s*\(")
_FUNCTIONS = (regex(rb"format\s*\("), regex(rb"sprintf\s*\("), regex(rb"withArray\s*\("))
_CONSTANTS = regex(
    rb"\s*(?:/(?:[^/\n\\]|\\.)+/\w*|[^,()\n]+),\s*([\"'`])[^\"'`\n$]*\1\s*[,)]|[^\n;]{0,200}?(?:=>|\bfunction\b)"
)
_SPLICED = regex(rb"\$[({<\[/]?\w+(?::raw|:value|\^|#)")  # in the SQL of pg-promise


def joins(content: bytes) -> Iterator[Join]:
    """Every place of a file where a text may be made of values."""
    yield from _holes(content)
    yield from additions(content, b"//")
    for match in _METHOD.finditer(content):
        start, end = match.span()
        match match[1]:
            case b"join":
                if not content.endswith(b"path", 0, start):
                    text = literal_behind(content, end)
                    yield start, (text or HOLE) if text is not None else None
            case b"replace" | b"replaceAll":
                if not _CONSTANTS.match(content, end):
                    yield start, None
            case _:
                yield start, None
    for pattern in (*_FUNCTIONS, _SPLICED):
        yield from ((match.start(), None) for match in pattern.finditer(content))


def _holes(content: bytes) -> Iterator[Join]:
    """The holes of template literals, each with the text on its both sides."""
    binds = b"sql`" not in content.lower() or _OWN_TAG.search(content) is None
    start = content.find(b"${")
    while start >= 0:
        opened = content.rfind(b"`", 0, start)
        is_bound = binds and _BINDS.search(content[max(0, opened - _LONGEST) : opened])
        is_made = not is_bound or _MADE_HERE.match(content, start)
        if opened >= 0 and is_made and not is_said(content, opened):
            hole = _HOLE.match(content, start)
            before = content[max(opened, content.rfind(b"}", 0, start)) + 1 : start]
            yield start, before + HOLE + hole[1] if hole is not None else None
        start = content.find(b"${", start + 2)
