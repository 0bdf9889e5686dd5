"""A migration or a schema as it is run: its statements in order, what each does, and what the database is like then."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from persistlint.facts import SchemaFile
from persistlint.records import dataclass, replace
from persistlint.schema.changes import (
    AddColumn,
    AddConstraint,
    Change,
    CreateIndex,
    CreateTable,
    RenameTable,
    Statement,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from persistlint.schema.catalog import Catalog
    from persistlint.schema.definitions import Column, Constraint, Name, Table
    from persistlint.schema.difference import Leftover
    from persistlint.source import Range

C = TypeVar("C")
_SETTLED = 10  # migrations that follow one: more than a branch adds
OF_RUNNER = 0  # the number of the transaction that the runner of a migration opens
# The changes by which a file defines columns and constraints.
COLUMNS = (CreateTable, AddColumn)
CONSTRAINTS = (*COLUMNS, AddConstraint)


@dataclass(frozen=True, slots=True)
class Runner:
    """What runs a file. `name` is "" where nobody knows; `wraps` tells whether it opens a transaction around the file,
    None where nobody knows. `switch` says how to make it not do so, `is_off` whether that was done; `annotation` is the
    line that does, or what does at the end of the line of a section where it `is_per_section`. `new` is what a new file
    for it looks like, with `{up}`, `{down}` and `{off}` in it, "" where nobody knows; `no_new` says why it takes only
    files that it made itself, and `no_drift` why nothing lasts in a file that the models do not say, "" where all does.
    `runs_alone` tells whether the one statement of a file can be kept out of a transaction, `joins` whether a second
    one would put both into one. `column_end` is what a column may have behind the name that is said of it, `owner` the
    column by which projects of it say whose row it is, besides those that all do. `not_valid` and `timestamptz` are
    what people write for these, "" where it is SQL, and `concurrent` for CONCURRENTLY, by operation. With `sums` it
    refuses a file that has run with another text; `checks_references` is false where it switches the foreign keys of
    SQLite off around its transaction."""

    name: str = ""
    wraps: bool | None = None
    switch: str = ""
    is_off: bool = False
    annotation: str = ""
    is_per_section: bool = False
    new: str = ""
    no_new: str = ""
    no_drift: str = ""
    runs_alone: bool = False
    joins: bool = False
    column_end: str = ""
    owner: str = ""
    says_utc: bool = False
    not_valid: str = ""
    timestamptz: str = ""
    concurrent: Mapping[str, str] = field(default_factory=dict, hash=False)
    sums: bool = False
    checks_references: bool = True

    def concurrently(self, text: str) -> str:
        """What makes an operation concurrent that is written as `text`."""
        known = (word for operation, word in self.concurrent.items() if f"{operation}(" in text)
        return next(known, "CONCURRENTLY")


@dataclass(frozen=True)
class Script(SchemaFile):
    """One file. `dialect` is a name of sqlglot's, None where nothing tells. `changes` are those of all statements,
    also of the part that undoes the file. `after` is what it leaves behind where it starts from what is known of the
    project before it, `final` what all of the project leaves. `unread` are statements that nobody understood.

    `is_dump` where a program wrote out a whole database. `is_undone` tells whether there is a way back, None where its
    runner has none or nobody knows. `version` is the one in its name, `twin` the path of a script before it of that
    version. `is_rooted` where the project has made all tables that it speaks of, but for one at most. `leftovers`
    is what stays of the file when its way back has been gone. `way_back` is the empty place where something should undo
    the file, None where there is none or it is no place.
    `is_followed` where it is one step of many and not the last, `followers` how many come after it. `siblings` are the
    paths of all scripts of the project, in order. `is_empty` where it does nothing, and does not join other migrations
    either, `is_declared` where it is what a library makes of models. `is_teardown` where it does nothing but take a
    whole database away, as its name says.
    """

    path: str
    dialect: str | None
    runner: Runner
    statements: tuple[Statement, ...]
    changes: tuple[Change, ...]
    after: Catalog
    final: Catalog
    unread: tuple[Range, ...] = ()
    is_dump: bool = False
    is_undone: bool | None = None
    version: str = ""
    twin: str = ""
    is_rooted: bool = False
    leftovers: tuple[Leftover, ...] = ()
    way_back: Range | None = None
    followers: int = 0
    siblings: tuple[str, ...] = ()
    is_empty: bool = False
    is_declared: bool = False
    is_teardown: bool = False

    @property
    def is_followed(self) -> bool:
        return self.followers > 0

    @property
    def is_first(self) -> bool:
        """Whether no other script of its project comes before it."""
        return not self.siblings or str(Path(self.path).absolute()) == self.siblings[0]

    @property
    def has_run(self) -> bool:
        return self.followers >= _SETTLED

    @cached_property
    def kinds(self) -> frozenset[type[Any]]:
        return frozenset(map(type, self.changes))

    @cached_property
    def forward(self) -> tuple[Change, ...]:
        """What the file does, without the part that undoes it."""
        return tuple(change for change in self.changes if change.statement.is_forward)

    @cached_property
    def backward(self) -> tuple[Change, ...]:
        """What the part does that undoes the file."""
        return tuple(change for change in self.changes if not change.statement.is_forward)

    @cached_property
    def blocks(self) -> tuple[Range, ...]:
        """Where `DO` blocks stand."""
        return tuple(statement.range for statement in self.statements if statement.is_block)

    @cached_property
    def is_shared(self) -> bool:
        """Whether another database than PostgreSQL makes its tables as well: one has a type that PostgreSQL lacks."""
        return self.dialect == "postgres" and any(table.is_of_others for table in self.final.tables.values())

    def of(self, kind: type[C]) -> list[C]:
        """The changes of one kind that the file makes, without those of the part that undoes it."""
        return [change for change in self._by_kind.get(kind, ()) if isinstance(change, kind)]

    def is_created(self, place: Range) -> bool:
        """Whether a place in the file is a part of a table that it makes."""
        behind = bisect_right(self._made, place.start, key=lambda made: made.start)
        return behind > 0 and place in self._made[behind - 1]

    @cached_property
    def _made(self) -> list[Range]:
        return sorted(change.range for change in self.of(CreateTable))

    def position(self, change: Change) -> int:
        """The place of a change in the file, to compare with others."""
        return self._positions[id(change)]

    # ------------------------------------------------------------------------------------ what the file defines

    @cached_property
    def created(self) -> tuple[Table, ...]:
        """The tables that the file makes and that stay, as they are in the end: no temporary ones, no partitions. Their
        ranges are those of their CREATE TABLE, in this file."""
        found = {}
        for change in self.of(CreateTable):
            table = self._as_made(change)
            if table is not None and not table.is_temporary and table.parent is None:
                is_same = table.name.range == change.table.range
                name = table.name if is_same else replace(table.name, range=change.table.range)
                found[name.key] = table if is_same else replace(table, name=name)
        return tuple(found.values())

    def is_made(self, column: Column) -> bool:
        """Whether a column of such a table, as it is in the end, is one that the table is made with in this file, and
        not one of another file whose range tells nothing here."""
        return (column.name, column.name_range) in self._made_columns

    @cached_property
    def _made_columns(self) -> frozenset[tuple[str, Range]]:
        made = self.of(CreateTable)
        return frozenset((column.name, column.name_range) for change in made for column in change.definition.columns)

    def columns(self) -> Iterator[tuple[Table, Column, Column]]:
        """The columns that the file defines and that stay: their table in the end, the column as the file defines it,
        and as it is in the end."""
        return iter(self._columns)

    @cached_property
    def _columns(self) -> tuple[tuple[Table, Column, Column], ...]:
        found = []
        for table, column in self._defined_columns():
            final = table.column(column.name) if table is not None else None
            if table is not None and final is not None and not table.is_temporary:
                found.append((table, column, final))
        return tuple(found)

    def constraints(self) -> Iterator[tuple[Table, Constraint]]:
        """The constraints that the file defines and that stay, with their table in the end."""
        return iter(self._constraints)

    @cached_property
    def _constraints(self) -> tuple[tuple[Table, Constraint], ...]:
        found = []
        for table, constraint in self._defined_constraints():
            is_there = table is not None and any(_says_the_same(other, constraint) for other in table.constraints)
            if table is not None and is_there and not table.is_temporary:
                found.append((table, constraint))
        return tuple(found)

    def lasts(self, change: CreateIndex) -> bool:
        """Whether the index of a change is there in the end, over the same keys and for the same rows, and no later one
        that says the same."""
        table, made = self.final_table(change.table), change.index
        rows = made.predicate.words if made.predicate is not None else ()
        return table is not None and any(
            (found.text, found.predicate.words if found.predicate is not None else ()) == (made.text, rows)
            and found.range == made.range
            for found in table.indexes
        )

    def final_table(self, name: Name) -> Table | None:
        """The table of a name in this file, as it is in the end, under whatever name."""
        return self.final.find(self._renames.get(name.key, name))

    def _as_made(self, change: CreateTable) -> Table | None:
        """A table that the file makes, as it is in the end; None where it is gone, or another one took its name."""
        table = self.final_table(change.table)
        return table if table is not None and table.range == change.definition.range else None

    def _defined_columns(self) -> Iterator[tuple[Table | None, Column]]:
        for change in self.forward:
            if isinstance(change, CreateTable):
                table = self._as_made(change)
                yield from ((table, column) for column in change.definition.columns)
            elif isinstance(change, AddColumn):
                yield self.final_table(change.table), change.column

    def _defined_constraints(self) -> Iterator[tuple[Table | None, Constraint]]:
        for change in self.forward:
            if isinstance(change, CreateTable):
                table = self._as_made(change)
                yield from ((table, constraint) for constraint in change.definition.constraints)
            elif isinstance(change, AddColumn):
                yield from ((self.final_table(change.table), constraint) for constraint in change.column.constraints)
            elif isinstance(change, AddConstraint):
                yield self.final_table(change.table), change.constraint

    @cached_property
    def _renames(self) -> dict[str, Name]:
        """What tables are called in the end, by the keys of their names before."""
        found: dict[str, Name] = {}
        for change in self.of(RenameTable):
            found |= {key: change.to for key, name in found.items() if name.key == change.table.key}
            found[change.table.key] = change.to
        return found

    @cached_property
    def _by_kind(self) -> dict[type[Any], list[Change]]:
        found: dict[type[Any], list[Change]] = {}
        for change in self.forward:
            found.setdefault(type(change), []).append(change)
        return found

    @cached_property
    def _positions(self) -> dict[int, int]:
        return {id(change): position for position, change in enumerate(self.changes)}


def _says_the_same(one: Constraint, other: Constraint) -> bool:
    """Whether two constraints are of one kind, over the same columns, and refer to the same."""
    if (one.kind, one.columns) != (other.kind, other.columns):
        return False
    if one.reference is None or other.reference is None:
        return one.reference is other.reference
    return one.reference.columns == other.reference.columns and one.reference.on_delete == other.reference.on_delete
