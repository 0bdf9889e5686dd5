"""A guard before the grammar, whose scanner keeps the levels of indentation in a buffer of fixed size and writes past
its end where there are more than fit. Python itself refuses more than a hundred."""

from __future__ import annotations

import re

from persistlint.regexes import regex

_MOST_WIDTHS = 300  # two bytes each in a buffer of 1,024, of which open strings take up to 257
_TAB = 8  # columns, as the grammar counts them
# Whether anything can be as wide: by a long run of white space, or by one that a backslash carries on.
_WIDE = regex(rb"\n[ \t\f\r]{38}")
_CARRIED_ON = regex(rb"\n[ \t\f\r]*\\\r?\n")
_LINE = regex(rb"^((?:[ \t\f\r]|\\\r?\n)*)([^\n]*)", re.MULTILINE)


def parsed_text(content: bytes, suffix: str) -> tuple[bytes, str]:
    """The content, in which the widest lines are blank where there are more levels than the grammar can keep."""
    if _WIDE.search(content) is None and _CARRIED_ON.search(content) is None:
        return content, suffix
    widths = sorted({_width(white) for white in {line[1] for line in _LINE.finditer(content)}})
    if len(widths) <= _MOST_WIDTHS:
        return content, suffix
    limit = widths[_MOST_WIDTHS]

    def blank(line: re.Match[bytes]) -> bytes:
        return line[0] if _width(line[1]) < limit else re.sub(rb"[^\n]", b" ", line[0])

    return _LINE.sub(blank, content), suffix


def _width(white: bytes) -> int:
    """The columns of the white space before a line; a form feed and a carriage return begin anew."""
    last = re.split(rb"[\f\r]", white.replace(b"\r\n", b"\n"))[-1]
    return last.count(b" ") + _TAB * last.count(b"\t")
