"""Applying fixes to the text of a file. Text goes in and out; nothing is parsed or written."""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING

from persistlint.source import Range

if TYPE_CHECKING:
    from collections.abc import Sequence

    from persistlint.diagnostic import Edit, Fix

_NOWHERE = Range(0, 0)


def apply(content: bytes, fixes: Sequence[Fix]) -> tuple[bytes, int]:
    """Apply the fixes that do not collide, in the order of their first edits; return the new content and how many.

    A fix that touches what another one changed is left out whole, for a later round. An edit that two fixes share
    (both add the same import) is made once. Line feeds in the text of an edit become the line ends of the file.
    """
    made: set[Edit] = set()
    taken: list[Range] = []  # what `made` changes, in order
    count = 0
    for fix in sorted(fixes, key=lambda fix: min((edit.range for edit in fix.edits), default=_NOWHERE)):
        added = _added(taken, [edit.range for edit in set(fix.edits) - made], len(content))
        if fix.edits and added is not None:
            made.update(fix.edits)
            taken = added
            count += 1
    ending = line_end(content).encode("ascii")
    parts: list[bytes] = []
    end = 0
    for edit in sorted(made, key=lambda edit: edit.range):
        parts += (content[end : edit.range.start], edit.text.encode("utf-8").replace(b"\n", ending))
        end = edit.range.end
    return b"".join([*parts, content[end:]]), count


def line_end(content: bytes) -> str:
    """How most lines of a file end: with a line feed, or a carriage return before it."""
    return "\r\n" if 2 * content.count(b"\r\n") > content.count(b"\n") else "\n"


def _added(taken: list[Range], ranges: list[Range], size: int) -> list[Range] | None:
    """`taken` with more ranges, in order; None if one of them is outside of the file or collides."""
    result = taken.copy()
    for range in ranges:
        index = bisect_left(result, range)
        if not 0 <= range.start <= range.end <= size:
            return None
        if any(_collide(range, neighbour) for neighbour in result[max(index - 1, 0) : index + 1]):
            return None
        result.insert(index, range)
    return result


def _collide(one: Range, other: Range) -> bool:
    """Whether two ranges share a byte; an insertion also collides with what begins or ends where it stands."""
    if one.start == one.end or other.start == other.end:
        return one.start <= other.end and other.start <= one.end
    return one.start < other.end and other.start < one.end
