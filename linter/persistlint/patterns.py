"""Patterns that most files have nothing of, found out in a fraction of the time."""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING, TypeAlias

from persistlint.regexes import regex

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

# The characters that an alternative begins with; one that is repeated is none of them.
_PLAIN = regex(rb"(\\b)?((?:(?:[-\w#/<>,:=!%\"' ]|\\[^\w])(?![?*+{]))*)")
_CHARACTER = regex(rb"\\?.", re.DOTALL)
_FIRST_TEXTS = 20


class Marked:
    """A pattern, and texts of which each match has one: where none of them stands, `re` does not try every byte, which
    takes ten times as long. It is searched for as a pattern is."""

    def __init__(self, marks: tuple[bytes, ...], pattern: re.Pattern[bytes]) -> None:
        self.marks, self.pattern = marks, pattern

    def search(self, text: bytes) -> re.Match[bytes] | None:
        """The first match in a text."""
        return self.pattern.search(text) if any_in(self.marks, text) else None


Pattern: TypeAlias = "Marked | AnyOf | Joined | re.Pattern[bytes]"


class AnyOf:
    """Several patterns, of which one is enough."""

    def __init__(self, patterns: tuple[Pattern, ...]) -> None:
        self.patterns = patterns

    def search(self, text: bytes) -> re.Match[bytes] | None:
        """A match of one of them in a text."""
        return next((found for pattern in self.patterns if (found := pattern.search(text)) is not None), None)


class Joined:
    """Many patterns as one. To compile that takes as long as to look for all of them in some texts one by one, which is
    enough for a run over a few files."""

    def __init__(self, alternatives: tuple[bytes, ...]) -> None:
        self._alternatives = alternatives
        self._first = _FIRST_TEXTS

    def search(self, text: bytes) -> re.Match[bytes] | None:
        """A match of one of them in a text."""
        if not self._first:
            return self._whole.search(text)
        self._first -= 1
        return self._parts.search(text)

    @cached_property
    def _parts(self) -> AnyOf:
        return one_by_one(*self._alternatives)

    @cached_property
    def _whole(self) -> re.Pattern[bytes]:
        """Alternatives that begin alike stand together, so that two characters of a text tell `re` mostly that none of
        them begins there."""
        groups: dict[bytes, dict[bytes, list[bytes]]] = {}
        for plain, rest in map(_parted, self._alternatives):
            first, second, *others = *_CHARACTER.findall(plain), b"", b""
            groups.setdefault(first, {}).setdefault(second, []).append(b"".join(others) + rest)
        return re.compile(_branches({first: [_branches(seconds)] for first, seconds in groups.items()}))


def one_by_one(*alternatives: bytes) -> AnyOf:
    """A few patterns, each of which begins with plain characters, with or without `\\b` before them. Where these stand
    nowhere, the pattern is not even compiled; `re` looks for them twenty times as fast as it tries a pattern at every
    byte."""
    parts = map(_parted, alternatives)
    return AnyOf(tuple([Marked((_written(plain),), regex(plain + rest)) for plain, rest in parts]))


def together(*alternatives: bytes) -> Joined:
    """One pattern of many such alternatives."""
    return Joined(alternatives)


def _branches(groups: Mapping[bytes, Iterable[bytes]]) -> bytes:
    return b"|".join([character + b"(?:" + b"|".join(rests) + b")" for character, rests in groups.items()])


def _written(plain: bytes) -> bytes:
    """The text that plain characters of a pattern match."""
    return b"".join([character[-1:] for character in _CHARACTER.findall(plain)])


def _parted(alternative: bytes) -> tuple[bytes, bytes]:
    """The plain characters that an alternative begins with, and the rest of it; a `\\b` is looked for behind them."""
    match = _PLAIN.match(alternative)
    boundary, plain = match.groups() if match is not None else (None, b"")
    rest = alternative[len(boundary or b"") + len(plain) :]
    return plain, (b"(?<=\\b" + plain + b")" if boundary else b"") + rest


def any_in(marks: Iterable[bytes], text: bytes) -> bool:
    """Whether one of these stands in a text."""
    for mark in marks:  # noqa: SIM110 - `any` takes twice as long, and every file is asked
        if mark in text:
            return True
    return False
