"""What tells a diagnostic from others when lines move: its rule and the code that it speaks of, never a line number."""

from __future__ import annotations

from collections import Counter
from hashlib import sha256
from typing import TYPE_CHECKING

from persistlint.source import Range

if TYPE_CHECKING:
    from collections.abc import Sequence

    from persistlint.diagnostic import Diagnostic
    from persistlint.source import SourceFile

_LENGTH = 16  # hexadecimal digits
_MOST = 4096  # bytes of the code before and behind a place; a line may be the whole of a generated file


def fingerprint(source: SourceFile, diagnostic: Diagnostic) -> str:
    """Digits that are the same for the same rule on the same code, whatever its path, line and white space."""
    range = diagnostic.range
    first = source.line_range(source.line_of(range.start))
    last = source.line_range(source.line_of(max(range.start, range.end - 1)))
    start, end = max(first.start, range.start - _MOST), min(max(last.end, range.end), range.start + _MOST)
    places = (Range(start, end), Range(range.start, min(range.end, end)))
    texts = (b"".join(source.content[place.start : place.end].split()) for place in places)
    return digest(diagnostic.rule.encode(), *texts)


def fingerprints(source: SourceFile, diagnostics: Sequence[Diagnostic]) -> list[str]:
    """The fingerprints of the diagnostics of a file, in order, with a number after those that come again."""
    seen = Counter[str]()
    found = []
    for diagnostic in diagnostics:
        own = fingerprint(source, diagnostic)
        seen[own] += 1
        found.append(f"{own}:{seen[own]}")
    return found


def digest(*parts: bytes) -> str:
    """Digits that stand for some bytes."""
    return sha256(b"\0".join(parts)).hexdigest()[:_LENGTH]
