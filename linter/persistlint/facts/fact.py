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


@dataclass(frozen=True, slots=True)
class Consulted(Fact):
    """The tables of the project were looked at for what other facts of the file say. `mark` tells the state of the
    files that make them from any other."""

    mark: str


# The languages that migrations are written in.
SCHEMA_LANGUAGES = ("sql", "python", "javascript", "typescript")


@dataclass(frozen=True)
class SchemaFile(Fact):
    """A file that makes or changes the tables of a database, as a whole: SQL, or a migration that is written in a
    program. What there is to know of it stands in `schema.script.Script`, which a run without one does not import."""
