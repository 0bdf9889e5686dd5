"""A model of a program: the table that it stands for, and which of its fields are which columns."""

from __future__ import annotations

from dataclasses import field, replace
from typing import TYPE_CHECKING

from persistlint.analysis.migrations.writer import REST
from persistlint.analysis.migrations.writing import join, listed
from persistlint.records import dataclass
from persistlint.schema.catalog import Catalog
from persistlint.schema.definitions import ConstraintKind
from persistlint.sql.lexer import statements
from persistlint.sql.replay import Replay

if TYPE_CHECKING:
    from collections.abc import Iterable

    from persistlint.analysis.migrations.writing import Fragment
    from persistlint.schema.definitions import Column, Table
    from persistlint.source import Range

_MOST_COLUMNS = 1_000


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a model that is a column, whose name is in lower case. `says_null` is false where the model leaves
    open whether it may be NULL; so is `is_named` where the name of the column follows from that of the field, by a habit
    that a project can change."""

    name: str
    column: str
    says_null: bool = True
    is_named: bool = True


@dataclass(frozen=True)
class Model:
    """A class, struct or call that describes a table. `name_range` is where its name stands.

    `table` is what the framework makes of it, with names in lower case. Its ranges are those of the file: of a column
    the field that it comes from. It is not `is_complete` where not all of its columns are known, and `knows_keys` is
    false where there may be more unique keys than those. `is_named` is false where the name of the table follows from
    that of the model, by a habit that a project can change.
    """

    library: str
    name: str
    name_range: Range
    table: Table
    fields: tuple[Field, ...]
    knows_keys: bool = True
    is_named: bool = True

    def column(self, field: str) -> Column | None:
        """The column of a field by the name that the field has in the program."""
        return next((self.table.column(found.column) for found in self.fields if found.name == field), None)

    def keys(self) -> tuple[frozenset[str], ...]:
        """The sets of columns that are unique in every row: its primary key, unique constraints and indexes over the
        whole table."""
        found = [constraint.columns for constraint in self.table.constraints if constraint.is_key]
        found += [index.columns for index in self.table.indexes if index.is_unique and index.predicate is None]
        return tuple(frozenset(columns) for columns in found if columns and "" not in columns)


@dataclass
class Draft:
    """A model that is being read, as the SQL that its framework writes for it. `items` are first its columns, in the
    order of `fields`, then its constraints. `table` is None where nobody can tell what it is called."""

    library: str
    name: str
    name_range: Range
    range: Range
    table: Fragment | None
    items: list[Fragment] = field(default_factory=list)
    indexes: list[Fragment] = field(default_factory=list)
    fields: list[Field] = field(default_factory=list)
    is_complete: bool = True
    knows_keys: bool = True
    is_named: bool = True

    def add(self, found: Field, name: Fragment, written: Fragment) -> None:
        """Add a column: its field, its name, and what is said behind the name. One of the same name in a base class
        gives way."""
        found = replace(found, column=found.column.lower())
        if any(other.column == found.column for other in self.fields):
            index = next(i for i, other in enumerate(self.fields) if other.column == found.column)
            self.fields[index], self.items[index] = found, (*name, *written)
            return
        self.fields.append(found)
        self.items.insert(len(self.fields) - 1, (*name, *written))

    def index(self, columns: Fragment, *, is_unique: bool, name: Fragment = (), where: Fragment = ()) -> None:
        """Add an index over columns of the table."""
        if self.table is not None:
            head: Fragment = ("CREATE", "UNIQUE" if is_unique else "", "INDEX", *name, "ON", *self.table)
            self.indexes.append((*head, "(", *columns, ")", *(("WHERE", *where) if where else ())))

    def model(self, dialect: str | None) -> Model | None:
        """The model; None where it has no table, or no column that is understood."""
        if self.table is None or not self.fields or len(self.fields) > _MOST_COLUMNS:
            return None
        items = [*self.items, *(() if self.is_complete else (REST,))]
        made: Fragment = ("CREATE TABLE", *self.table, "(", *listed(items), ")")
        found = _replayed((made, *self.indexes), self.range, dialect)
        if found is None:
            return None
        fields = tuple(self.fields)
        return Model(self.library, self.name, self.name_range, found, fields, self.knows_keys, self.is_named)


def _replayed(fragments: Iterable[Fragment], range: Range, dialect: str | None) -> Table | None:
    """The one table that statements make."""
    replay = Replay(dialect, Catalog())
    for fragment in fragments:
        text = join(fragment, range)
        for tokens in statements(text.text, dialect):
            replay.read(text, tokens)
    tables = list(replay.catalog.tables.values())
    return _with_one_key(tables[0]) if len(tables) == 1 and tables[0].is_known else None


def _with_one_key(table: Table) -> Table:
    """The table with one primary key of all the columns that say they are part of it."""
    keys = [found for found in table.constraints if found.kind is ConstraintKind.PRIMARY_KEY]
    if len(keys) < 2:
        return table
    whole = replace(keys[0], columns=tuple(dict.fromkeys(column for key in keys for column in key.columns)))
    return replace(table, constraints=(whole, *(found for found in table.constraints if found not in keys)))
