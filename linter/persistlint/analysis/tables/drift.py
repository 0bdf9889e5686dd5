"""Compares the models of a program with the tables that the migrations of its project make.

Only what all schemas of the project say of a table holds. Names of constraints and indexes are not compared, nor are
defaults. A table of which not all is known, in the model or in the migrations, is compared in what is known of it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from persistlint.analysis.models import may_have as may_have
from persistlint.analysis.models import models
from persistlint.analysis.models.traits import traits_of
from persistlint.analysis.tables.catalogs import tables_around
from persistlint.facts import Consulted, Drift, DriftKind
from persistlint.paths import is_product
from persistlint.patterns import Marked
from persistlint.records import dataclass
from persistlint.regexes import regex
from persistlint.schema.families import differ
from persistlint.schema.naming import plural, snake
from persistlint.source import Range

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.analysis.models.traits import Traits
    from persistlint.analysis.tables.catalogs import Tables
    from persistlint.facts import Fact
    from persistlint.languages import Syntax
    from persistlint.schema.definitions import Column, Constraint, Index, Table
    from persistlint.schema.models import Field, Model
    from persistlint.settings import ProjectNames
    from persistlint.source import SourceFile

_OTHER_DATABASE = Marked((b"bind_key",), regex(rb"__bind_key__|\bbind_key\b"))


def facts(syntax: Syntax, names: ProjectNames) -> Iterator[Fact]:
    """Where the models of a file and the migrations do not agree; nothing for tests, examples and migrations."""
    source = syntax.source
    found = models(syntax) if is_product(source.path) and not _OTHER_DATABASE.search(source.content) else ()
    if not found:
        return
    around = tables_around(source)
    if around.mark:
        yield Consulted(Range(0, 0), around.mark)
    if not around.is_told:
        return
    for model in found:
        yield from _compared(model, around, source)


def _compared(model: Model, around: Tables, source: SourceFile) -> Iterator[Drift]:
    traits = traits_of(model.library)
    if traits.parted and not model.is_named:
        return
    tables = _tables(model, around)
    if not tables:
        is_certain = model.is_named and around.is_whole and not traits.elsewhere
        is_certain &= not _is_made_here(model, source)
        if is_certain and not _is_view(model, around) and any(catalog.tables for catalog in around.catalogs):
            yield Drift(model.range, DriftKind.TABLE, str(model.table.name), (), "the table", "")
        return
    if not all(table.is_known for table in tables):
        return
    comparison = _Comparison(model, tables)
    yield from comparison.columns()
    if all(table.is_complete for table in tables):
        yield from comparison.needed()
        yield from comparison.keys()
        yield from comparison.references()


def _is_made_here(model: Model, source: SourceFile) -> bool:
    """Whether the program itself makes the table of a model."""
    call = traits_of(model.library).made_by
    given = re.findall(rf"\b{call}\s*\(([^)]{{0,5000}})\)".encode(), source.content) if call else []
    return model.name.encode() in b" ".join(given)


def _tables(model: Model, around: Tables) -> tuple[Table, ...]:
    """The table of a model in each of the schemas; by other names that its library may give it, too. Where others are
    called so behind a prefix, the project may have put that before all names."""
    name = model.table.name
    if model.is_named:
        return around.find(name.name, name.schema)
    parted = snake(model.name)
    others = () if traits_of(model.library).exact else (plural(parted), parted, model.name, plural(model.name))
    names = (name.name, *others)
    ends = tuple(f"_{each}" for each in names)
    if any(table.name.name.endswith(ends) for catalog in around.catalogs for table in catalog.tables.values()):
        return ()
    return next((found for each in names if (found := around.find(each, name.schema))), ())


def _is_view(model: Model, around: Tables) -> bool:
    name = model.table.name
    return any({name.key, name.name} & catalog.views.keys() for catalog in around.catalogs)


@dataclass(frozen=True)
class _Comparison:
    """A model, and its table in each of the schemas."""

    model: Model
    tables: tuple[Table, ...]

    @property
    def traits(self) -> Traits:
        """What the models of its library tell."""
        return traits_of(self.model.library)

    @property
    def name(self) -> str:
        """What the migrations call the table."""
        return str(self.tables[0].name)

    def columns(self) -> Iterator[Drift]:
        """Columns that are not there, or are something else."""
        is_complete = all(table.is_complete for table in self.tables)
        is_whole = is_complete or self.traits.parted
        for field in self.model.fields:
            own = self.model.table.column(field.column)
            is_told = field.is_named or not self.traits.parted
            if own is None or own.name_range == self.model.range or not is_told:  # the library's own, or renamed
                continue
            others = [self._column(field, table) for table in self.tables]
            found = [column for column in others if column is not None]
            if not found and is_complete:
                yield Drift(own.name_range, DriftKind.COLUMN, self.name, (field.column,), "the column", "")
            if len(found) != len(others) or not is_whole:
                continue
            if all(differ(own.type, column.type) for column in found) and own.type is not None:
                type = found[0].type
                text = type.text if type is not None else ""
                yield Drift(own.name_range, DriftKind.TYPE, self.name, (found[0].name,), own.type.text, text)
            yield from self._null(field, own, found)

    def _null(self, field: Field, own: Column, found: list[Column]) -> Iterator[Drift]:
        """A column that may be NULL for the one, and not for the other."""
        is_required = self.model.table.requires(field.column)
        pairs = zip(self.tables, found, strict=True)
        if field.says_null and all(table.requires(column.name) != is_required for table, column in pairs):
            words = ("NOT NULL", "NULL") if is_required else ("NULL", "NOT NULL")
            yield Drift(own.name_range, DriftKind.NULL, self.name, (found[0].name,), *words)

    def needed(self) -> Iterator[Drift]:
        """Columns that every row must have a value in, and that the model does not know."""
        if not self.model.table.is_complete or not self.traits.columns:
            return
        known = {name for field in self.model.fields for name in _names(field)}
        for column in self.tables[0].columns:
            if column.name.lower() in known or not all(_needs(table, column.name) for table in self.tables):
                continue
            yield Drift(self.model.range, DriftKind.COLUMN, self.name, (column.name,), "", "the column")

    def keys(self) -> Iterator[Drift]:
        """Columns that are unique for the one, and not for the other."""
        primary = self.model.table.primary_key
        own = [key for key in self.model.table.constraints if key.is_key and key is not primary]
        indexes = [index for index in self.model.table.indexes if index.is_unique and "" not in index.columns]
        whole = [(frozenset(key.columns), key.range) for key in own]
        whole += [(frozenset(index.columns), self._place(index)) for index in indexes if index.predicate is None]
        for columns, range in dict(whole).items():
            names = [self._spelled(columns, table) for table in self.tables]
            if None in names or not columns:
                continue
            pairs = zip(names, self.tables, strict=True)
            if not any(columns is not None and _may_be_unique(columns, table) for columns, table in pairs):
                yield Drift(range, DriftKind.UNIQUE, self.name, tuple(sorted(columns)), "unique", "")
        says_none = self.traits.lax and not whole and not self.model.table.indexes
        if not self.model.knows_keys or not self.traits.keys or says_none:
            return
        said = {columns for columns, _ in whole} | {frozenset(index.columns) for index in indexes}
        said |= {frozenset(primary.columns)} if primary is not None else set()
        first, *others = self.tables
        for key in _keys(first):
            columns = frozenset(field.column for field in self.model.fields if key & _names(field))
            is_elsewhere = all(key in _keys(other) for other in others)
            if len(columns) == len(key) and is_elsewhere and not any(each <= columns for each in said):
                yield Drift(self.model.range, DriftKind.UNIQUE, self.name, tuple(sorted(key)), "", "unique")

    def references(self) -> Iterator[Drift]:
        """Columns that refer to another table for the one, and not for the other."""
        says_all = self.traits.references and self.model.knows_keys
        for field in self.model.fields:
            column = self.model.table.column(field.column)
            names = [self._column(field, table) for table in self.tables]
            if column is None or None in names or not field.says_reference:
                continue
            own = _referred(self.model.table, column.name)
            pairs = zip(self.tables, names, strict=True)
            found = [_referred(table, name.name) if name is not None else {} for table, name in pairs]
            told = (self.name, (column.name,))
            if own and not any(found):
                key, text = next(iter(own.values()))
                yield Drift(key.range, DriftKind.REFERENCE, *told, text, "")
            elif own and all(found) and not any(own.keys() & each.keys() for each in found):
                key, text = next(iter(own.values()))
                yield Drift(key.range, DriftKind.REFERENCE, *told, text, next(iter(found[0].values()))[1])
            elif not own and all(found) and says_all:
                key, text = next(iter(found[0].values()))
                if len(key.columns) == 1:
                    yield Drift(column.name_range, DriftKind.REFERENCE, *told, "", text)

    def _place(self, index: Index) -> Range:
        """Where an index is reported: at the first of its columns."""
        column = self.model.table.column(index.columns[0])
        return column.name_range if column is not None else self.model.range

    def _column(self, field: Field, table: Table) -> Column | None:
        """The column of a field in one of the schemas."""
        names = _names(field)
        return next((column for column in table.columns if column.name.lower() in names), None)

    def _spelled(self, columns: frozenset[str], table: Table) -> frozenset[str] | None:
        """Columns of the model as one of the schemas calls them; None where it does not have all of them."""
        fields = [field for field in self.model.fields if field.column in columns]
        found = [self._column(field, table) for field in fields]
        names = frozenset(column.name for column in found if column is not None)
        return names if len(names) == len(columns) else None


def _names(field: Field) -> frozenset[str]:
    """What a column may be called, in lower case; that of a relation after the key that it refers to, too."""
    if field.is_named:
        return frozenset((field.column,))
    name = snake(field.name)
    key = (f"{name}_id",) if field.column == f"{field.name.lower()}id" else ()
    return frozenset((field.column, name, field.name.lower(), *key))


def _needs(table: Table, name: str) -> bool:
    """Whether a row needs to be given a value in a column."""
    column = table.column(name)
    return column is not None and table.requires(name) and not column.has_value


def _keys(table: Table) -> list[frozenset[str]]:
    """The columns that are unique in every row, but for those of the primary key, in lower case."""
    primary = table.primary_key
    found = [key.columns for key in table.constraints if key.is_key and key is not primary]
    found += [index.columns for index in table.indexes if index.is_unique and index.predicate is None]
    return [frozenset(name.lower() for name in columns) for columns in found if columns and "" not in columns]


def _may_be_unique(columns: frozenset[str], table: Table) -> bool:
    """Whether some of these columns are unique in a table, be it in some rows, or what is computed from them."""
    keys = [frozenset(key.columns) for key in table.constraints if key.is_key or key.kind.value == "EXCLUDE"]
    keys += [frozenset(index.columns) - {""} for index in table.indexes if index.is_unique]
    return any(key <= columns for key in keys)


def _referred(table: Table, column: str) -> dict[str, tuple[Constraint, str]]:
    """The foreign keys that a column is in, alone or with others, with what they refer to, by its name without case."""
    keys = ((key, reference.table) for key, reference in table.foreign_keys if column in key.columns)
    return {target.name.lower(): (key, str(target)) for key, target in keys}
