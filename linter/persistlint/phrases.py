"""How sentences for people are put together."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

DEFAULT_BRANCH = "the default branch of `origin`"
"""How messages call the branch that `history` knows."""


def conjoined(parts: Sequence[str]) -> str:
    """One or more parts of a sentence as people list them: "a", "a and b", "a, b and c"."""
    return " and ".join(part for part in (", ".join(parts[:-1]), parts[-1]) if part)
