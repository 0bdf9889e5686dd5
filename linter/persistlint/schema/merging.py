"""Several schemas as one: what all of them say of a table, where one database may be made by any of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.records import replace
from persistlint.schema.catalog import Catalog

if TYPE_CHECKING:
    from collections.abc import Iterable

    from persistlint.schema.definitions import Column, Table


def merged(catalogs: Iterable[Catalog]) -> Catalog:
    """The tables of all of them. A table that several have has the columns and keys of any, requires what all require
    that make it, and is complete where all know all of it, or all that they add to it."""
    found = Catalog()
    for catalog in catalogs:
        found.enums |= catalog.enums
        found.views |= catalog.views
        for key, table in catalog.tables.items():
            other = found.tables.get(key)
            found.put(table if other is None else merged_table(other, table))
    return found


def merged_table(one: Table, other: Table) -> Table:
    """Two tables of one name as one."""
    if not one.is_known and other.is_known:
        one, other = other, one
    own = {column.name: column for column in one.columns}
    added = tuple(replace(column, is_required=False) for column in other.columns if column.name not in own)
    kept = tuple(_either(column, other.column(name)) for name, column in own.items())
    required = {name for name in own if one.requires(name) and (other.requires(name) or not other.is_known)}
    columns = tuple(replace(column, is_required=column.name in required) for column in kept) + added
    return replace(
        one,
        columns=columns,
        constraints=one.constraints + other.constraints,
        indexes=one.indexes + other.indexes,
        is_complete=one.is_complete and other.is_complete,
        is_known=one.is_known or other.is_known,
    )


def _either(column: Column, other: Column | None) -> Column:
    """A column with the default of whichever has one."""
    return column if other is None or column.has_value or not other.has_value else other
