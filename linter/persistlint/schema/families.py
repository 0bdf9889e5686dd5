"""Families of types: what a program cannot take for one another."""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.schema.types import FLOATS, INTEGERS, TEXTS, base

if TYPE_CHECKING:
    from persistlint.schema.definitions import DataType

_FAMILIES = {
    **dict.fromkeys(INTEGERS, "integer"),
    **dict.fromkeys(FLOATS, "number"),
    **dict.fromkeys(TEXTS, "text"),
    **dict.fromkeys(("numeric", "money"), "number"),
    "boolean": "boolean",
    "date": "date",
    **dict.fromkeys(("timestamp", "timestamptz", "datetime"), "moment"),
    **dict.fromkeys(("time", "timetz"), "time"),
    "uuid": "uuid",
    **dict.fromkeys(("json", "jsonb"), "json"),
    **dict.fromkeys(("bytea", "blob", "tinyblob", "mediumblob", "longblob", "binary", "varbinary"), "bytes"),
}
# What databases keep in each other's types: a UUID as a text or in bytes, JSON as a text, a boolean as an integer.
_KEPT = frozenset(
    frozenset(pair)
    for pair in (("uuid", "text"), ("uuid", "bytes"), ("json", "text"), ("boolean", "integer"), ("integer", "number"))
)


def differ(one: DataType | None, other: DataType | None) -> bool:
    """Whether two types are known to be of different families, and neither keeps the values of the other."""
    if one is None or other is None or one.is_array or other.is_array:
        return False
    families = {_FAMILIES.get(base(one)), _FAMILIES.get(base(other))}
    return None not in families and len(families) == 2 and frozenset(families) not in _KEPT
