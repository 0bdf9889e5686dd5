"""A model of a program: the table that it stands for, and which of its fields are which columns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.facts import ModelDefinition
from persistlint.records import dataclass

if TYPE_CHECKING:
    from persistlint.schema.definitions import Column, Table


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a model that is a column, whose name is in lower case. `says_null` is false where the model leaves
    open whether it may be NULL, `says_reference` where it leaves open what the column refers to, `is_named` where the
    project may call the column otherwise than after the field."""

    name: str
    column: str
    says_null: bool = True
    is_named: bool = True
    says_reference: bool = True


@dataclass(frozen=True)
class Model(ModelDefinition):
    """A class, struct or call that describes a table. `range` is where its name stands.

    `table` is what the library makes of it, with names in lower case. Its ranges are those of the file: of a column
    the field that it comes from. It is not `is_complete` where not all of its columns are known, and `knows_keys` is
    false where there may be more unique keys than those. `is_named` is false where the project may call the table
    otherwise than after the model.
    """

    library: str
    name: str
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
