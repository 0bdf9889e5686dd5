"""A model while it is being read, and the table that comes of it."""

from __future__ import annotations

from dataclasses import field, replace
from typing import TYPE_CHECKING

from persistlint.analysis.migrations.writer import REST
from persistlint.analysis.migrations.writing import join, listed
from persistlint.records import dataclass
from persistlint.schema.catalog import Catalog
from persistlint.schema.definitions import ConstraintKind
from persistlint.schema.models import Field, Model
from persistlint.sql.replay import Replay

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from persistlint.analysis.migrations.writing import Fragment
    from persistlint.schema.definitions import Table
    from persistlint.source import Range
    from persistlint.sql.text import Text

_MOST_COLUMNS = 1_000


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
    indexes: list[tuple[Fragment, Range]] = field(default_factory=list)
    fields: list[Field] = field(default_factory=list)
    is_complete: bool = True
    knows_keys: bool = True
    is_named: bool = True

    def add(self, found: Field, name: Fragment, written: Fragment) -> None:
        """Add a column: its field, its name, and what is said behind the name. One of the same name in a base class
        gives way. What is more than a table can have is left out."""
        if len(self.fields) == _MOST_COLUMNS:
            self.is_complete = False
            return
        found = replace(found, column=found.column.lower())
        if any(other.column == found.column for other in self.fields):
            index = next(i for i, other in enumerate(self.fields) if other.column == found.column)
            self.fields[index], self.items[index] = found, (*name, *written)
            return
        self.fields.append(found)
        self.items.insert(len(self.fields) - 1, (*name, *written))

    def index(
        self,
        columns: Fragment,
        *,
        is_unique: bool,
        name: Fragment = (),
        where: Fragment = (),
        method: Fragment = (),
        nulls: Fragment = (),
        range: Range | None = None,
    ) -> None:
        """Add an index over columns of the table; `range` where an own part of the model says it, `method` and
        `nulls` (NULLS NOT DISTINCT) as they stand in SQL."""
        if self.table is not None:
            head: Fragment = ("CREATE", "UNIQUE" if is_unique else "", "INDEX", *name, "ON", *self.table, *method)
            written: Fragment = (*head, "(", *columns, ")", *nulls, *(("WHERE", *where) if where else ()))
            self.indexes.append((written, range or self.range))

    def statements(self) -> Iterator[Text]:
        """The SQL that makes the table and its indexes; nothing where it has no name, or no known column."""
        if self.table is None or not self.fields:
            return
        items = [*self.items, *(() if self.is_complete else (REST,))]
        yield join(("CREATE TABLE", *self.table, "(", *listed(items), ")"), self.range)
        yield from (join(written, range) for written, range in self.indexes)

    def model(self, dialect: str | None) -> Model | None:
        """The model; None where it has no table, or no column that is understood."""
        found = _replayed(self.statements(), dialect)
        if found is None:
            return None
        fields = tuple(self.fields)
        return Model(self.name_range, self.library, self.name, found, fields, self.knows_keys, self.is_named)


def texts(fragment: Fragment) -> list[str]:
    """The words of a fragment."""
    return [part if isinstance(part, str) else part.text for part in fragment]


def _replayed(made: Iterable[Text], dialect: str | None) -> Table | None:
    """The one table that statements make."""
    replay = Replay(dialect, Catalog())
    replay.read_texts(made)
    tables = list(replay.catalog.tables.values())
    return _with_one_key(tables[0]) if len(tables) == 1 and tables[0].is_known else None


def _with_one_key(table: Table) -> Table:
    """The table with one primary key of all the columns that say they are part of it."""
    keys = [found for found in table.constraints if found.kind is ConstraintKind.PRIMARY_KEY]
    if len(keys) < 2:
        return table
    whole = replace(keys[0], columns=tuple(dict.fromkeys(column for key in keys for column in key.columns)))
    return replace(table, constraints=(whole, *(found for found in table.constraints if found not in keys)))
