"""Where a Go program makes a text of values: `+`, `fmt` and `strings`, and what builds texts piece by piece."""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.languages.joining import HOLE, additions, is_said, literal_behind
from persistlint.patterns import any_in
from persistlint.regexes import regex

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.languages.joining import Join

_PRINTED = regex(rb"fmt\.(S|F|Append)(?:print(?:f|ln)?|f)\s*\(\s*(?:&?[\w.]+\s*,\s*)?")
_VERB = regex(rb"%[-+# 0]*(?:\[\d+\])?[\d.*]*[a-zA-Z]")
_JOINED = regex(rb"strings\.(?:Join|Replace|ReplaceAll)\s*\(")
_WRITTEN = regex(rb"\.Write(?:String|Byte|Rune)?\s*\(")
_BUILDERS = (b"strings.Builder", b"bytes.Buffer", b"NewBuffer")


def joins(content: bytes) -> Iterator[Join]:
    """Every place of a file where a text may be made of values."""
    yield from additions(content, b"//")
    builds = any_in(_BUILDERS, content)
    for match in _PRINTED.finditer(content):
        if (builds or match[1] != b"F") and not is_said(content, match.start()):
            text = literal_behind(content, match.end())
            yield match.start(), _VERB.sub(HOLE, text) if text else None
    for pattern in (_JOINED, _WRITTEN) if builds else (_JOINED,):
        yield from ((match.start(), None) for match in pattern.finditer(content))
