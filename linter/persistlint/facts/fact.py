"""What all facts have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from persistlint.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Hashable

    from persistlint.source import Range


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that a file does at one place."""

    range: Range

    @property
    def sort(self) -> Hashable:
        """What decides, besides its kind, which rules are told of it."""
        return None


@dataclass(frozen=True, slots=True)
class Consulted(Fact):
    """The tables of the project, its default branch or another module of it were looked at for what other facts of the
    file say. `mark` tells the state that they were in from any other."""

    mark: str


T = TypeVar("T")


@dataclass(frozen=True)
class Statements(Fact):
    """SQL that is run together, and what it does to which tables: all of a file (`schema.script.Script`), or one query
    that a program sends (`schema.sent.Sent`)."""

    @property
    def sort(self) -> Hashable:
        return self.kinds, self.has_run, self.is_declared

    @property
    def kinds(self) -> frozenset[type[Any]]:
        """The kinds of the changes that it makes, those of a part that undoes it among them."""
        raise NotImplementedError

    @property
    def forward(self) -> tuple[Any, ...]:
        """The changes (`schema.changes`) that it makes."""
        raise NotImplementedError

    def of(self, kind: type[T]) -> list[T]:
        """Those of one kind."""
        raise NotImplementedError

    @property
    def is_declared(self) -> bool:
        """Whether models say it, of which a library makes the statements."""
        return False

    @property
    def has_run(self) -> bool:
        """Whether it has surely run where it was to run, as a migration has that many others follow."""
        return False


@dataclass(frozen=True)
class SentStatements(Statements):
    """A query that a program sends, as it is for the tables of the project. What there is to know of it stands in
    `schema.sent.Sent`, which a run without one does not import."""


@dataclass(frozen=True)
class SchemaFile(Statements):
    """A file that makes or changes the tables of a database, as a whole: SQL, or a migration that is written in a
    program. What there is to know of it stands in `schema.script.Script`, which a run without one does not import."""
