"""A query that a program sends, against the tables that its project has."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from persistlint.facts import SentStatements
from persistlint.records import dataclass

if TYPE_CHECKING:
    from persistlint.schema.catalog import Catalog
    from persistlint.schema.changes import Change
    from persistlint.schema.definitions import Table

T = TypeVar("T")


@dataclass(frozen=True)
class Sent(SentStatements):
    """One text of SQL. `range` is the argument that holds it, and so is that of everything in it.

    `changes` are what its statements do to the tables of the `catalog`. `unknown` are names that it takes for tables of
    the default schema, and that are none; where there are any, it may be meant for another database, unless the catalog
    `is_whole`. `columns` are what it takes for columns of tables.
    """

    dialect: str | None
    changes: tuple[Change, ...]
    catalog: Catalog
    unknown: tuple[str, ...] = ()
    columns: tuple[tuple[Table, str], ...] = ()
    is_whole: bool = False

    @property
    def kinds(self) -> frozenset[type[Any]]:
        """The kinds of its changes."""
        return frozenset(map(type, self.changes))

    @property
    def forward(self) -> tuple[Change, ...]:
        """All of its changes."""
        return self.changes

    def of(self, kind: type[T]) -> list[T]:
        """The changes of one kind."""
        return [change for change in self.changes if isinstance(change, kind)]
