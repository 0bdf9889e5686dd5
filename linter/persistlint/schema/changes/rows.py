"""Changes of rows, and how they are looked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.records import dataclass
from persistlint.schema.changes.change import Change, TableChange

if TYPE_CHECKING:
    from persistlint.schema.definitions import Expression, Name, Table
    from persistlint.source import Range


@dataclass(frozen=True, slots=True)
class ConflictTarget:
    """The key that `ON CONFLICT (…)` means: its columns, "" for one that is more than a name. `has_predicate` where a
    WHERE says which rows a partial index holds."""

    columns: tuple[str, ...]
    has_predicate: bool
    range: Range


@dataclass(frozen=True, slots=True)
class Insert(TableChange):
    """`INSERT` and `REPLACE`. `columns` is empty where none are named. `replaces` for the forms that delete the row in
    the way; `on_conflict` is "", "nothing" or "update". `is_query` where rows come from a SELECT, `is_filtered` where
    that has a WHERE. `target` is None where `ON CONFLICT` names no columns."""

    columns: tuple[str, ...] = ()
    replaces: bool = False
    on_conflict: str = ""
    is_query: bool = False
    is_filtered: bool = False
    target: ConflictTarget | None = None


@dataclass(frozen=True, slots=True)
class Update(TableChange):
    """`UPDATE`. `where` is None where it has no condition at all; `is_bounded` where something else limits the rows:
    a LIMIT, a join, a cursor. `is_reworked` where every column gets what a function makes of its own value."""

    columns: tuple[str, ...]
    where: Expression | None
    is_bounded: bool = False
    is_reworked: bool = False


@dataclass(frozen=True, slots=True)
class Delete(TableChange):
    """`DELETE`, as `Update`."""

    where: Expression | None
    is_bounded: bool = False


@dataclass(frozen=True, slots=True)
class Truncate(TableChange):
    """`TRUNCATE`, one change for each table. `is_needed` where it is a CASCADE and a foreign key of a table without a
    name there is known to refer to it."""

    is_cascade: bool = False
    is_needed: bool = False


@dataclass(frozen=True, slots=True)
class NotIn(Change):
    """`NOT IN (SELECT column FROM table)` in a statement, where the query says nothing else of the column. `before` as
    in `TableChange`."""

    table: Name
    before: Table | None
    column: str
