"""The tables of a database, as changes leave them, one after the other.

Tables are values: a change puts another one in the place of the old. A change of something that nobody created is
remembered on a table that is not `is_complete`, for what a script says about a table can be all that is known of it.
"""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING

from persistlint.records import dataclass, replace
from persistlint.schema.altering import altered, redirected, refers, without_key
from persistlint.schema.changes import (
    CreateEnum,
    CreateIndex,
    CreateObject,
    CreateTable,
    Delete,
    DropConstraint,
    DropIndex,
    DropObject,
    DropTable,
    Insert,
    RenameKey,
    RenameTable,
    TableChange,
    Truncate,
    Update,
)
from persistlint.schema.definitions import Name, Table
from persistlint.source import Range

if TYPE_CHECKING:
    from collections.abc import Collection

    from persistlint.schema.changes import Change

_NOWHERE = Range(0, 0)
# No database takes as many, or nobody makes them: PostgreSQL has 1600 columns at most. What comes on top of it is left
# out, and the table is not complete.
_MOST_COLUMNS = 1600
_MOST_OTHERS = 500  # constraints, indexes, policies
_MOST_FOLLOWED = 1_000_000  # tables that are looked at for foreign keys to those that get another name


@dataclass
class Catalog:
    """Tables by `Name.key`, and which table an index belongs to by the name of the index. `qualified` are the keys
    of the tables in other schemas than the default one, by their names without it; `views` are views and other
    things that can be used like tables, by their keys, with their kinds, `placed` where they were last made;
    `readers` are the keys of the views that read a table, by the key of it. `guards_unnamed` where row level
    security was enabled for tables whose names no script writes: in a template, or in a loop; `admits_unnamed`
    where policies were made so. `put_since` are the keys of the tables that were put since it was settled,
    `followed` counts what was looked at for tables that are renamed or gone."""

    tables: dict[str, Table] = field(default_factory=dict)
    enums: dict[str, tuple[str, ...]] = field(default_factory=dict)
    indexes: dict[str, str] = field(default_factory=dict)
    qualified: dict[str, frozenset[str]] = field(default_factory=dict)
    views: dict[str, str] = field(default_factory=dict)
    placed: dict[str, Range] = field(default_factory=dict, compare=False)
    readers: dict[str, frozenset[str]] = field(default_factory=dict)
    guards_unnamed: bool = False
    admits_unnamed: bool = False
    put_since: set[str] = field(default_factory=set, compare=False)
    followed: int = field(default=0, compare=False)

    def copy(self) -> Catalog:
        """Another catalog of the same tables."""
        return Catalog(
            self.tables.copy(),
            self.enums.copy(),
            self.indexes.copy(),
            self.qualified.copy(),
            self.views.copy(),
            self.placed.copy(),
            self.readers.copy(),
            self.guards_unnamed,
            self.admits_unnamed,
            self.put_since.copy(),
            self.followed,
        )

    def settled(self, *, is_complete: bool = True, changed: Collection[str] = ()) -> Catalog:
        """The same tables for the next script: none of them is new any more. Where something else may have changed them
        in between, `is_complete` is false; where it changes some, their names are in `changed`."""
        found = self.copy()
        found.put_since = set()
        for key in sorted(self.put_since & self.tables.keys()) if is_complete else tuple(self.tables):
            table = self.tables[key]
            is_kept = is_complete and table.name.name.lower() not in changed
            if table.is_temporary:
                found._remove(table)
            elif table.is_new or (table.is_complete and not is_kept):
                found.tables[key] = replace(table, is_new=False, is_complete=table.is_complete and is_kept)
        return found

    def find(self, name: Name) -> Table | None:
        """The table of a name. One without a schema is also found where just one schema has it."""
        table = self.tables.get(name.key)
        keys = self.qualified.get(name.name, frozenset()) if table is None and not name.schema else frozenset()
        return self.tables.get(next(iter(keys))) if len(keys) == 1 else table

    def table_of_index(self, name: str) -> Table | None:
        """The table that an index belongs to."""
        return self.tables.get(self.indexes.get(name, ""))

    def apply(self, change: Change) -> None:
        """Take over what a change does."""
        if isinstance(change, Insert | Update | Delete | Truncate):
            return  # rows are no matter
        if isinstance(change, CreateTable):
            self._create(change)
        elif isinstance(change, DropTable):
            table = self.find(change.table)
            if table is not None:
                self._remove(table)
                self.readers.pop(table.name.key, None)
                if change.is_cascade:
                    self._release(table.name)
        elif isinstance(change, RenameTable):
            table = self._table(change)
            self._remove(table)
            self.put(replace(table, name=change.to))
            self._note_indexes(self.tables[change.to.key])
            self._redirect(change.table, change.to)
            if table.name.key in self.readers:
                self.readers[change.to.key] = self.readers.pop(table.name.key)
        elif isinstance(change, DropIndex):
            self._drop_index(change)
        elif isinstance(change, CreateObject):
            self.views[change.name.key] = change.kind
            self.placed[change.name.key] = change.range
            for source in change.sources:
                key = self._key(source)
                self.readers[key] = self.readers.get(key, frozenset()) | {change.name.key}
        elif isinstance(change, DropObject) and change.kind == "SCHEMA":
            for table in [table for table in self.tables.values() if table.name.schema == change.name.name]:
                self._remove(table)
        elif isinstance(change, DropObject) and change.kind == "TYPE":
            self.enums.pop(change.name.key, None)
        elif isinstance(change, DropObject) and change.kind.endswith("VIEW"):
            gone = change.name.key
            self.placed.pop(gone, None)
            for read in [read for read, views in self.readers.items() if gone in views]:
                self.readers[read] -= {gone}
            view = self.find(change.name)  # known for its indexes alone
            if view is not None and not view.columns:
                self._remove(view)
        elif isinstance(change, CreateEnum):
            self.enums[change.name.key] = change.values
        elif isinstance(change, TableChange) and (changed := altered(change, self._table(change))):
            self._doubt(changed)
            self.put(changed)
            if isinstance(change, CreateIndex) and change.index.name:
                self.indexes[change.index.name] = changed.name.key
            elif isinstance(change, RenameKey) and change.name in self.indexes:
                self.indexes[change.to] = self.indexes.pop(change.name)
            elif isinstance(change, DropConstraint) and change.is_cascade:
                self._release_from_key(changed)

    def _create(self, change: CreateTable) -> None:
        existing = self.tables.get(change.table.key)  # one in another schema is another one
        made = change.definition
        if existing is not None and change.if_not_exists:
            if existing.is_known:
                return
            made = replace(made, is_complete=False, is_new=False)  # what was spoken of before may have been there
        self.put(made)
        self._note_indexes(made)

    def _table(self, change: TableChange) -> Table:
        return self.find(change.table) or Table(change.table, _NOWHERE, is_complete=False, is_known=False)

    def _doubt(self, altered: Table) -> None:
        """Leave a table open that may be the one which is altered: where nobody made that in the schema that is written
        before its name, the search path may lead there too."""
        same = self.tables.get(altered.name.name) if not altered.is_known and altered.name.schema else None
        if same is not None and same.is_complete and same.name.key != altered.name.key:
            self.put(replace(same, is_complete=False))

    def put(self, table: Table) -> None:
        """Put a table in the place of the one of its name."""
        name = table.name
        self.tables[name.key] = _bounded(table)
        self.put_since.add(name.key)
        if name.key != name.name:
            self.qualified[name.name] = self.qualified.get(name.name, frozenset()) | {name.key}

    def _redirect(self, old: Name, new: Name) -> None:
        """Let foreign keys follow a table to its new name."""
        for table in self._referring(old):
            self.put(replace(table, constraints=tuple(redirected(found, old, new) for found in table.constraints)))

    def _release(self, gone: Name) -> None:
        """Drop the foreign keys to a table that is gone, as CASCADE does."""
        for table in self._referring(gone):
            self.put(replace(table, constraints=tuple(found for found in table.constraints if not refers(found, gone))))

    def _release_from_key(self, target: Table) -> None:
        """Drop the foreign keys to columns of a table that no key covers any more, as CASCADE does with a key."""
        for table in self._referring(target.name):
            kept = tuple(
                found
                for found in table.constraints
                if found.reference is None
                or not refers(found, target.name)
                or target.can_be_referred_to(found.reference)
            )
            self.put(replace(table, constraints=kept))

    def is_needed(self, name: Name, columns: tuple[str, ...] | None = None, gone: Collection[str] = ()) -> bool:
        """Whether a foreign key of another table is known to refer to one, or to some of its columns. Tables whose keys
        are `gone` do not count."""
        table = self.find(name)
        key = table.primary_key.columns if table is not None and table.primary_key is not None else ()
        others = (other for other in self._referring(name) if other.name.key not in (name.key, *gone))
        references = (reference for other in others for found, reference in other.foreign_keys if refers(found, name))
        return any(columns is None or not {*columns}.isdisjoint(reference.columns or key) for reference in references)

    def is_read(self, name: Name) -> bool:
        """Whether a view is known to read a table."""
        return bool(self.readers.get(self._key(name)))

    def _key(self, name: Name) -> str:
        """The key of the table of a name, which may be known in a schema that the name leaves out."""
        table = self.find(name)
        return table.name.key if table is not None else name.key

    def _referring(self, name: Name) -> list[Table]:
        """The tables that refer to one; none for a script that renames or drops thousands of thousands."""
        self.followed += len(self.tables)
        if self.followed > _MOST_FOLLOWED:
            return []
        return [table for table in self.tables.values() if any(refers(found, name) for found in table.constraints)]

    def _note_indexes(self, table: Table) -> None:
        for index in table.indexes:
            if index.name:
                self.indexes[index.name] = table.name.key

    def _remove(self, table: Table) -> None:
        name = table.name
        self.tables.pop(name.key, None)
        if name.key != name.name:
            self.qualified[name.name] = self.qualified.get(name.name, frozenset()) - {name.key}

    def _drop_index(self, change: DropIndex) -> None:
        """MySQL drops a unique key by the name of its index; others keep the two apart and refuse that."""
        name = change.name.name
        table = self.tables.get(change.table.name.key) if change.table is not None else None
        if table is not None:
            indexes = tuple(index for index in table.indexes if index.name != name)
            self.put(replace(table, indexes=indexes, constraints=without_key(table.constraints, name)))
        self.indexes.pop(name, None)


def _bounded(table: Table) -> Table:
    """The table without what is too much of it."""
    others = max(len(table.constraints), len(table.indexes), len(table.policies))
    if len(table.columns) <= _MOST_COLUMNS and others <= _MOST_OTHERS:
        return table
    return replace(
        table,
        columns=table.columns[:_MOST_COLUMNS],
        constraints=table.constraints[:_MOST_OTHERS],
        indexes=table.indexes[:_MOST_OTHERS],
        policies=table.policies[:_MOST_OTHERS],
        is_complete=False,
    )
