"""Where a Go program makes a text of values: `+`, `fmt` and `strings`, and what builds texts piece by piece."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from persistlint.languages.joining import HOLE, additions, literal_behind
from persistlint.patterns import any_in

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.languages.joining import Join

_PRINTED = re.compile(rb"fmt\.(S|F|Append|Error)(?:print(?:f|ln)?|f)\s*\(\s*(?:&?[\w.]+\s*,\s*)?")
_VERB = re.compile(rb"%[-+# 0]*(?:\[\d+\])?[\d.*]*[a-zA-Z]")
_JOINED = re.compile(rb"strings\.(?:Join|Replace|ReplaceAll)\s*\(")
_WRITTEN = re.compile(rb"\.Write(?:String|Byte|Rune)?\s*\(")
_BUILDERS = (b"strings.Builder", b"bytes.Buffer", b"NewBuffer")


def joins(content: bytes) -> Iterator[Join]:
    """Every place of a file where a text may be made of values."""
    yield from additions(content)
    builds = any_in(_BUILDERS, content)
    for match in _PRINTED.finditer(content):
        if builds or match[1] != b"F":
            text = literal_behind(content, match.end())
            yield match.start(), _VERB.sub(HOLE, text) if text else None
    for pattern in (_JOINED, _WRITTEN) if builds else (_JOINED,):
        yield from ((match.start(), None) for match in pattern.finditer(content))
