"""Types of columns: one name for what databases spell in many ways, and what follows from changing one to another."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from persistlint.schema.definitions import DataType

# What is written (without arguments, in lower case) and what it is called here.
CANONICAL = {
    "int": "integer",
    "int4": "integer",
    "serial4": "serial",
    "int8": "bigint",
    "serial8": "bigserial",
    "int2": "smallint",
    "serial2": "smallserial",
    "bool": "boolean",
    "character varying": "varchar",
    "char varying": "varchar",
    "national character varying": "varchar",
    "nvarchar": "varchar",
    "character": "char",
    "bpchar": "char",
    "nchar": "char",
    "bit varying": "varbit",
    "decimal": "numeric",
    "dec": "numeric",
    "fixed": "numeric",
    "float4": "real",
    "float8": "double precision",
    "double": "double precision",
    "timestamp without time zone": "timestamp",
    "timestamp with time zone": "timestamptz",
    "time without time zone": "time",
    "time with time zone": "timetz",
    "bigint unsigned": "bigint",
}
FLOATS = frozenset({"float", "real", "double precision"})
INTEGERS = {"smallint": 2, "mediumint": 3, "integer": 4, "bigint": 8, "tinyint": 1}  # and their bytes
SERIALS = {"smallserial": "smallint", "serial": "integer", "bigserial": "bigint"}
TEXTS = frozenset({"text", "varchar", "char", "citext", "tinytext", "mediumtext", "longtext"})
_UNLIMITED = 1 << 30
_DIGITS_OF_MYSQL = 10  # of a `numeric` of which nothing more is said, none of them behind the point


def base(type: DataType) -> str:
    """The type of the values: a serial is an integer."""
    return SERIALS.get(type.name, type.name)


def keeps_rows(old: DataType, new: DataType) -> bool:
    """Whether PostgreSQL changes a column from one type to the other without writing the table anew or reading it, as
    measured on PostgreSQL 15. A change to `timestamptz` keeps the rows only where the session is in UTC; here it does
    not."""
    if old.is_array != new.is_array:
        return False
    if old.name == new.name and old.arguments == new.arguments:
        return True
    if old.name == "varchar":
        return new.name == "text" or (new.name == "varchar" and _limit(new) >= _limit(old))
    if old.name == "text":
        return new.name == "varchar" and not new.arguments
    if old.name == new.name == "varbit":
        return _limit(new) >= _limit(old)
    if old.name == new.name == "numeric":
        return not new.arguments or (bool(old.arguments) and _scale(old) == _scale(new) and _limit(new) >= _limit(old))
    if old.name == new.name and old.name in ("timestamp", "timestamptz", "time", "timetz", "interval"):
        return not new.arguments or (bool(old.arguments) and _limit(new) >= _limit(old))
    return (old.name, new.name) == ("cidr", "inet")


def narrows(old: DataType, new: DataType, dialect: str | None = None) -> bool:
    """Whether some values of the old type do not fit into the new one."""
    before, after = base(old), base(new)
    if before in INTEGERS and after in INTEGERS:
        return INTEGERS[after] < INTEGERS[before] or (
            INTEGERS[after] == INTEGERS[before] and new.is_unsigned != old.is_unsigned
        )
    if before in ("text", "varchar", "char", "citext") and after in ("varchar", "char"):
        return _limit(new) < _limit(old)
    if before == after == "numeric":
        old_digits, new_digits = _digits(old, dialect), _digits(new, dialect)
        if old_digits is None or new_digits is None:
            return new_digits is not None
        return _scale(new) < _scale(old) or new_digits - _scale(new) < old_digits - _scale(old)
    if before == "numeric" and (after in INTEGERS or after in FLOATS):
        return _scale(old) > 0 or not old.arguments or after in FLOATS
    if before in FLOATS and after in INTEGERS:
        return True
    return (before, after) in {
        ("double precision", "real"),
        ("timestamptz", "date"),
        ("timestamp", "date"),
        ("timestamptz", "time"),
        ("timestamp", "time"),
    }


def _limit(type: DataType) -> int:
    if type.length is not None:
        return type.length
    return 1 if type.name == "char" else _UNLIMITED


def _digits(type: DataType, dialect: str | None) -> int | None:
    """How many digits a `numeric` has; None where there is no limit."""
    if not type.arguments:
        return _DIGITS_OF_MYSQL if dialect == "mysql" else None
    return _limit(type)


def _scale(type: DataType) -> int:
    return int(type.arguments[1]) if len(type.arguments) > 1 and type.arguments[1].isdecimal() else 0
