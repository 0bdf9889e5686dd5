"""A query that a program sends, against the tables that its project has."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

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

    `changes` are what its statements do to the tables of the `catalog`. `tables` are the names, of the default schema,
    that it takes for tables, `columns` what it takes for columns of tables. `is_whole` where the catalog has all tables
    that there are.
    """

    dialect: str | None
    changes: tuple[Change, ...]
    catalog: Catalog
    tables: tuple[str, ...] = ()
    columns: tuple[tuple[Table, str], ...] = ()
    is_whole: bool = False

    @property
    def forward(self) -> tuple[Change, ...]:
        """All of its changes."""
        return self.changes

    def of(self, kind: type[T]) -> list[T]:
        """The changes of one kind."""
        return [change for change in self.changes if isinstance(change, kind)]
