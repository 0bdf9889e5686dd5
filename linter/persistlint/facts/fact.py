"""What all facts have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.records import dataclass

if TYPE_CHECKING:
    from persistlint.source import Range


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that a file does at one place."""

    range: Range


@dataclass(frozen=True)
class SqlFile(Fact):
    """A SQL file as a whole. What there is to know of it stands in `schema.script.Script`, which a run without SQL does
    not import."""
