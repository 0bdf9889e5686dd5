"""Help with a word that nobody knows: which known one was meant."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


def closest(word: str, known: Iterable[str]) -> str | None:
    """The known word that is spelled most like `word`, None if none is close."""
    from difflib import get_close_matches  # only a mistake pays for the import

    return next(iter(get_close_matches(word, sorted(known), n=1)), None)


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """A sentence that names the closest known word, with a space before it; "" if none is close."""
    found = closest(word, known)
    return f" Did you mean `{found}`?" if found else ""
