"""Where names and numbers stand in a file, found once for all that ask."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from functools import cached_property
from typing import TYPE_CHECKING

from persistlint.records import dataclass
from persistlint.regexes import regex

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from persistlint.source import Range

_WORD = regex(rb"[\w$]+")
_NUMBER = regex(rb"[\w.]+")


@dataclass(frozen=True)
class Standing:
    """The words of a file with these comments."""

    content: bytes
    comments: Sequence[Range]

    def mentions(self, word: str, start: int = 0, end: int | None = None) -> list[int]:
        """Where a name stands in a part of the file, in code, in texts, in comments and as that of a member."""
        found = _found(self._words, _WORD, rb"(?<![\w$])%s(?![\w$])", word, self.content)
        last = (len(self.content) if end is None else end) - len(word.encode())
        return found[bisect_left(found, start) : bisect_right(found, last)]

    def names(self, name: str, start: int, end: int) -> Iterator[int]:
        """Where a name stands in a part of the file, but for comments and the names of members."""
        within = self.mentions(name, start, end)
        return (at for at in within if self.content[max(at - 1, 0) : at] != b"." and not self._is_comment(at))

    def numbers(self, number: str, start: int, end: int) -> list[int]:
        """Where a number stands in a part of the file."""
        found = _found(self._numbers, _NUMBER, rb"(?<![\w.])%s(?![\w.])", number, self.content)
        return found[bisect_left(found, start) : bisect_right(found, end - len(number))]

    def _is_comment(self, at: int) -> bool:
        index = bisect_right(self._comments, at) - 1
        return index >= 0 and at < self._comment_ends[index]

    @cached_property
    def _comments(self) -> list[int]:
        return sorted(comment.start for comment in self.comments)

    @cached_property
    def _comment_ends(self) -> list[int]:
        return [comment.end for comment in sorted(self.comments)]

    @cached_property
    def _words(self) -> dict[bytes, list[int]]:
        return _places(_WORD, self.content)

    @cached_property
    def _numbers(self) -> dict[bytes, list[int]]:
        return _places(_NUMBER, self.content)


def _places(pattern: re.Pattern[bytes], content: bytes) -> dict[bytes, list[int]]:
    found: dict[bytes, list[int]] = {}
    for match in pattern.finditer(content):
        found.setdefault(match[0], []).append(match.start())
    return found


def _found(
    places: dict[bytes, list[int]], pattern: re.Pattern[bytes], around: bytes, text: str, content: bytes
) -> list[int]:
    """Where a text stands alone; one that is not all of one kind, as a name with a dot in it, is looked for."""
    wanted = text.encode()
    if pattern.fullmatch(wanted):
        return places.get(wanted, [])
    return [match.start() for match in re.finditer(around % re.escape(wanted), content)]
