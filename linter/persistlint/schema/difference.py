"""What is left of a migration when its way back has been gone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.records import dataclass
from persistlint.schema import changes as c

if TYPE_CHECKING:
    from collections.abc import Iterable

    from persistlint.schema.catalog import Catalog
    from persistlint.source import Range


@dataclass(frozen=True, slots=True)
class Leftover:
    """Something that stays. `name` is what people call it, `made` where it was made."""

    name: str
    made: Range


def leftovers(made_by: Iterable[c.Change], start: Catalog, end: Catalog) -> tuple[Leftover, ...]:
    """The tables, columns, indexes and enums that changes have made and that are there in the end. What was there at
    the start, what the changes take away as well, or what they make under some condition, is none of them."""
    made: dict[str, c.Change] = {}
    gone = set()
    for change in made_by:
        name = _made(change)
        if isinstance(change, c.CreateIndex):
            is_of_view = change.table.key in end.views
            is_remade = f"the table `{change.table.key}`" in gone  # with it went an index that may be the same
            name = "" if is_of_view or is_remade else name
        if name and not change.statement.is_conditional:
            made[name] = change
        gone.add(_gone(change))
    if not made:
        return ()
    dropped = {
        change.index.text
        for change in made.values()
        if isinstance(change, c.CreateIndex) and not _is_there(change, end)
    }
    return tuple(
        Leftover(name, change.range)
        for name, change in made.items()
        if name not in gone
        and _is_there(change, end)
        and not _is_there(change, start)
        and not _goes_with(change, dropped, end)
    )


@dataclass(frozen=True, slots=True)
class Sums:
    """What changes make and what they take away, as people call it."""

    made: frozenset[str]
    gone: frozenset[str]


def sums_of(changes: Iterable[c.Change]) -> Sums:
    """The sums of some changes: tables, columns, indexes and enums."""
    every = tuple(changes)
    return Sums(frozenset(map(_made, every)) - {""}, frozenset(map(_gone, every)) - {""})


def strays(back: Iterable[c.Change], own: Iterable[c.Change], of_all: Sums) -> bool:
    """Whether a way back takes away something that another migration has made, or brings something back that another
    one has taken away: it belongs to another migration, or to several. What it makes anew is still there."""
    backward = tuple(back)
    mine, undone = sums_of(own), sums_of(backward)
    anew = {f"the table `{change.to.key}`" for change in backward if isinstance(change, c.RenameTable)}
    taken = (undone.gone & of_all.made) - mine.made - undone.made - anew
    brought = (undone.made & of_all.gone) - mine.gone - undone.gone
    return bool(taken or brought)


def is_needed(change: c.Change) -> bool:
    """Whether a change of a type, or of NOT NULL, makes a known column another than it is; whether a table that gets
    another name is known."""
    match change:
        case c.RenameTable(before=before):
            return before is not None and before.is_known
        case c.ChangeType(name=name, before=before, type=type):
            column = before.column(name) if before is not None else None
            old = column.type if column is not None else None
            return old is not None and (old.name, old.arguments) != (type.name, type.arguments)
        case c.SetNotNull(column=name, before=before, is_required=is_required):
            column = before.column(name) if before is not None else None
            return column is not None and column.is_required != is_required
    return True


def _goes_with(change: c.Change, dropped: set[str], end: Catalog) -> bool:
    """Whether it is the index of a partition, which goes with the index of the same keys of the whole table."""
    if not isinstance(change, c.CreateIndex) or change.index.text not in dropped:
        return False
    table = end.find(change.table)
    return table is None or not table.is_known or table.parent is not None


def _made(change: c.Change) -> str:
    match change:
        case c.CreateTable(table=table, definition=definition):
            return "" if definition.is_temporary else f"the table `{table.key}`"
        case c.AddColumn(table=table, column=column):
            return f"the column `{table.key}.{column.name}`"
        case c.CreateIndex(index=index):
            return f"the index `{index.name}`" if index.name else ""
        case c.CreateEnum(name=name):
            return f"the type `{name.key}`"
    return ""


def _gone(change: c.Change) -> str:
    match change:
        case c.DropTable(table=table) | c.RenameTable(table=table):
            return f"the table `{table.key}`"
        case c.DropColumn(table=table, column=column) | c.RenameColumn(table=table, column=column):
            return f"the column `{table.key}.{column}`"
        case c.DropIndex(name=name):
            return f"the index `{name.name}`"
        case c.AlterObject(kind="INDEX", words=("ATTACH", "PARTITION", part, *_)):
            return f"the index `{part.lower()}`"  # goes with the index of the whole table
        case c.DropObject(kind="TYPE", name=name) | c.AlterObject(kind="TYPE", name=name):
            return f"the type `{name.key}`"
    return ""


def _is_there(change: c.Change, catalog: Catalog) -> bool:
    """Whether a catalog has what a change makes. The columns of a table that was made whole go with it."""
    match change:
        case c.CreateTable(table=table):
            found = catalog.tables.get(table.key)
            return found is not None and found.is_known
        case c.AddColumn(table=table, column=column):
            found = catalog.tables.get(table.key)
            return found is not None and found.column(column.name) is not None
        case c.CreateIndex(table=table, index=index):
            places = (catalog.find(table), catalog.table_of_index(index.name))
            return any(other.name == index.name for place in places if place is not None for other in place.indexes)
        case c.CreateEnum(name=name):
            return name.key in catalog.enums
    return False
