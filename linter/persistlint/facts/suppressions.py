"""Comments that silence nothing."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from persistlint.facts.fact import Fact
from persistlint.records import dataclass

if TYPE_CHECKING:
    from persistlint.source import Range


class SuppressionDefect(Enum):
    """Why a suppression does nothing."""

    UNUSED = "unused"
    UNKNOWN = "unknown"
    EMPTY = "empty"
    MISPLACED = "misplaced"


@dataclass(frozen=True, slots=True)
class Suppression(Fact):
    """A comment `persistlint: ignore[…]`, or one name in it, that does nothing.

    `range` is the name, or the whole comment where that is the matter; `name` is "" for the whole comment.
    `suggestion` is a known name that is spelled like it, or "". `removal` is what to delete to be rid of it.
    """

    name: str
    defect: SuppressionDefect
    removal: Range
    suggestion: str = ""
