"""What an analysis made of many files, lent to it by a run that keeps it for the next one."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator


class Shelf(Protocol):
    """Bytes by keys. Who puts them there looks whether they still hold."""

    def fetch(self, key: bytes) -> bytes | None:
        """The bytes of a key, None if they are not known."""

    def store(self, key: bytes, data: bytes) -> None:
        """Remember the bytes of a key, if that is possible."""


_lent: Shelf | None = None


@contextmanager
def lend(shelf: Shelf | None) -> Iterator[None]:
    """Let whatever is analysed in this process, and in those that are forked from it, keep things there."""
    global _lent
    before, _lent = _lent, shelf
    try:
        yield
    finally:
        _lent = before


def lent() -> Shelf | None:
    """The one that is there now."""
    return _lent
