"""Where a Python program makes a text of values: f-strings, `+`, `%`, and the methods of texts."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from persistlint.languages.joining import (
    HOLE,
    additions,
    follows_literal,
    is_in_text,
    is_said,
    leads_to_literal,
    literal_before,
)
from persistlint.regexes import regex

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.languages.joining import Join

# Each begins with one character, so that `re` finds it fast.
_PREFIXED = (regex(rb"\"(?<=[fFtTrR]\")"), regex(rb"'(?<=[fFtTrR]')"))
_PREFIX = regex(rb"(?:.*\W)?([rR]?[fFtT]|[fFtT][rR])\Z", re.DOTALL)
_TEMPLATE = regex(rb"\"\"\"(.*?)\"\"\"|'''(.*?)'''|\"((?:[^\"\\\n]|\\.)*)\"|'((?:[^'\\\n]|\\.)*)'", re.DOTALL)
_FIELD = regex(rb"\{\{|\}\}|\{[^{}]*(?:\{[^{}]*\}[^{}]*)*\}")
_PERCENT = regex(rb"%=?[\s\\]*([\w({\[\"'])")
_CONVERSION = regex(rb"%(?:\([^)]*\))?[-#0 +]*[\d.*]*[a-zA-Z]")
_CONVERSIONS = b"sdrfixgoceaEGX(0123456789.-+#"
_METHOD = regex(rb"\.(format|format_map|join|replace|substitute|safe_substitute|write|writelines)\s*\(")
_CONSTANTS = regex(rb"\s*[^,()\n]+,\s*[rb]?([\"'])[^\"'\n]*\1\s*[,)]")
_COMMENT = b"#"
_QUOTES = (b'"', b"'")
_LIST = regex(rb"\+=?\s*\[[^\[\]]*\](?!\s*[\[.])")  # is added to another one
_OPERAND_END = regex(rb"[\w\"')\]}]")


def joins(content: bytes) -> Iterator[Join]:
    """Every place of a file where a text may be made of values."""
    for quote in _PREFIXED:
        for match in quote.finditer(content):
            yield from _template(content, match.start())
    for offset, text in additions(content, _COMMENT):
        if text is not None or not _LIST.match(content, offset):
            yield offset, text
    for match in _PERCENT.finditer(content):
        if not _is_modulo(content, match):
            text = literal_before(content, match.start())
            yield match.start(), _CONVERSION.sub(HOLE, text) if text else None
    writes = b"StringIO" in content
    for match in _METHOD.finditer(content):
        start, end = match.span()
        match match[1]:
            case b"write" | b"writelines" if not writes:
                continue
            case b"join" if content.endswith(b"path", 0, start):
                continue
            case b"replace":
                if not _CONSTANTS.match(content, end):
                    yield start, None
            case _:
                text = literal_before(content, start)
                yield start, (_without_fields(text) or HOLE) if text else None


def _template(content: bytes, quote: int) -> Iterator[Join]:
    """The f-string whose quote stands at an offset; a letter before it may also be the last one of another literal."""
    prefix = _PREFIX.match(content[max(0, quote - 3) : quote])
    if prefix is None or is_said(content, quote - len(prefix[1])):
        return
    match = _TEMPLATE.match(content, quote)
    text = match[match.lastindex or 0] if match is not None else None
    if match is None or text is None:
        yield quote, None
    elif b"{" in text:
        is_part = follows_literal(content, quote) or leads_to_literal(content, match.end())
        yield quote, None if is_part else _without_fields(text)


def _without_fields(text: bytes) -> bytes | None:
    """A text with holes for its fields; None where one of them does not end in it."""
    found = _FIELD.sub(lambda field: field.group()[:1] if field.group() in (b"{{", b"}}") else HOLE, text)
    return found if found.count(b"{") == text.count(b"{{") else None


def _is_modulo(content: bytes, match: re.Match[bytes]) -> bool:
    """Whether a `%` is no operator of texts: one between numbers, or a conversion at the beginning or in the middle of
    a literal."""
    operator = match.start()
    before = content[max(0, operator - 200) : operator].rstrip(b" \t\r\n\\")[-1:]
    if not _OPERAND_END.match(before) or match[1].isdigit():
        return True
    if content[operator - 1 : operator] != before:  # a space before the operator
        return before not in _QUOTES and is_in_text(content, operator, _COMMENT)
    line = content.rfind(b"\n", 0, operator) + 1
    if before in _QUOTES:
        opens = content.count(before, line, operator - 1) % 2 == 0
        return opens and content[operator + 1 : operator + 2] in _CONVERSIONS
    return any(content.count(quote, line, operator) % 2 for quote in _QUOTES)
