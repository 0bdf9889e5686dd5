"""The files below a directory that may be one project, in the order of their names, as they are on disk."""

from __future__ import annotations

import re
from functools import cached_property, lru_cache
from pathlib import Path

from persistlint.moments import moment
from persistlint.regexes import regex

_BACK = regex(r"(?:^|[._-])(?:down|rollback|undo|revert)\.sql$|^U\d", re.IGNORECASE)
_PARTS = regex(r"(\d+)")
_MOMENT = regex(r"(\d{4})-(\d\d)-(\d\d)-(\d{6})")  # as Diesel writes it: one number, as `20240229101500` is
_TEXTUAL = ("/migration.sql", "\\migration.sql")
_MOST_FILES = 5_000
_MOST_BYTES = 20_000_000  # of all files together; a folder of dumps is no project, and reading it takes too long


class Signature(tuple[tuple[str, int, int], ...]):
    """Of every file of a project its path, the time of its last change, and its size. As every file of it asks for the
    project, its hash is computed once."""

    @cached_property
    def _hash(self) -> int:
        return super().__hash__()

    def __hash__(self) -> int:
        return self._hash


def forget() -> None:
    """Look the folders up anew, for one who knows that a file changed just now."""
    _listing.cache_clear()


def files_below(root: str, patterns: tuple[str, ...]) -> Signature:
    """The files below a directory whose paths match, in the order of their names."""
    return _listing(root, patterns, moment())


@lru_cache(maxsize=64)
def _listing(root: str, patterns: tuple[str, ...], moment: int) -> Signature:
    """The same, looked up anew in every other moment."""
    return listed_below(Path(root), patterns)


def listed_below(root: Path, patterns: tuple[str, ...]) -> Signature:
    try:
        found = (path for pattern in patterns for path in root.glob(pattern) if not _BACK.search(path.name))
        stated = [(str(path), path.stat()) for path in found]
    except OSError:
        return Signature()
    if len(stated) > _MOST_FILES or sum(status.st_size for _, status in stated) > _MOST_BYTES:
        return Signature()
    files = [(path, status.st_mtime_ns, status.st_size) for path, status in stated]
    return _known(Signature(sorted(files, key=lambda each: place_of(each[0]))))


@lru_cache(maxsize=64)
def _known(files: Signature) -> Signature:
    """The first one that was equal: the same object is found in a cache without comparing all of its files."""
    return files


def place_of(path: str) -> list[tuple[int, str]]:
    """What to sort paths by: the numbers in them as numbers, a moment as one of them, but for the folders of Prisma,
    which are texts to it."""
    if path.endswith(_TEXTUAL):
        return [(0, path)]
    return [(int(part), "") if part.isdecimal() else (0, part) for part in _PARTS.split(_MOMENT.sub(r"\1\2\3\4", path))]
