"""Which questions an index of a table can answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from persistlint.schema.definitions import Expression, Table


def leads_with(table: Table, columns: tuple[str, ...]) -> bool:
    """Whether an index, the primary key or a unique key of the table begins with these columns, in any order. A partial
    index does only where all that it leaves out is NULL."""
    wanted = set(columns)
    keys = [constraint.columns for constraint in table.constraints if constraint.is_key]
    keys += [index.columns for index in table.indexes if _is_usable(index.method, index.predicate, wanted)]
    return any(set(key[: len(columns)]) == wanted for key in keys)


def narrows(table: Table, columns: tuple[str, ...]) -> bool:
    """Whether an index, the primary key or a unique key of the table begins with one of these columns, so that no more
    than a part of the table is read: the rows of one tenant."""
    return any(leads_with(table, (column,)) for column in columns)


def _is_usable(method: str, predicate: Expression | None, columns: set[str]) -> bool:
    if method not in ("", "btree", "hash", "BTREE"):
        return False
    if predicate is None:
        return True
    words = [word for word in predicate.words if word not in ("(", ")")]
    named = {column.lower() for column in columns}  # the words of an expression are in lower case
    return len(words) == 4 and words[0] in named and words[1:] == ["is", "not", "null"]
