"""For how long what was seen of the files on disk is taken for true."""

from __future__ import annotations

from contextlib import contextmanager
from time import monotonic
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_FRESH = 5  # seconds
_number = 0
_since = monotonic()
_is_held = False


def moment() -> int:
    """The number of the moment that it is: what was seen in the same one need not be looked up again."""
    return _number if _is_held or monotonic() - _since < _FRESH else new_moment()


def new_moment() -> int:
    """Begin another moment, for one who knows that a file changed just now."""
    global _number, _since
    _number, _since = _number + 1, monotonic()
    return _number


@contextmanager
def held() -> Iterator[None]:
    """Stay in one moment, here and in processes that are forked: a run over many files takes them as they were when
    somebody looked for the first time."""
    global _is_held
    moment()
    before, _is_held = _is_held, True
    try:
        yield
    finally:
        _is_held = before
