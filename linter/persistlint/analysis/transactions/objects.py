"""What calls say of columns by objects, structs and pieces of SQL, where Python says it by keywords: Prisma, Sequelize,
TypeORM and GORM."""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.analysis.names import last_name
from persistlint.ir import Mapping, Name, String, Unary
from persistlint.sql.equalities import looked_up

if TYPE_CHECKING:
    from persistlint.analysis.transactions.walk import Walk
    from persistlint.ir import Call, Expression

_DATA = frozenset(["data", "select", "skipDuplicates"])  # what Prisma is given to create a row
# What says how rows are read and not which.
_HOW = frozenset(["select", "attributes", "raw", "order", "orderBy", "limit", "take", "transaction", "logging"])
_BUILDS = frozenset(["Model", "WithContext", "Session", "Debug", "Select", "Order", "Limit", "Unscoped"])  # of GORM
_READS = frozenset(["First", "Take", "Find", "Last"])
_NEW = 1  # the index of the first condition behind what a read of GORM fills


def conditions(call: Call, walk: Walk) -> dict[str, str] | None:
    """The columns or fields that a call compares with values by `=`, with the source of the values; None where it has
    another condition, or says it in another way."""
    arguments = [argument.value for argument in call.arguments]
    name = last_name(call.function)
    if walk.handles.language == "go":
        return _of_gorm(name, arguments, walk)
    match arguments:
        case [Mapping() as options, *_] if name.endswith("By"):  # `repository.findOneBy({ email })`
            return _values(options, walk)
        case [Mapping(entries=entries), *_]:
            named = {entry.key.value: entry.value for entry in entries if isinstance(entry.key, String)}
            where = named.pop("where", None)
            if len(named) + 1 == len(entries) and _HOW.issuperset(named) and isinstance(where, Mapping):
                return _values(where, walk)
    return None


def row(call: Call, walk: Walk) -> dict[str, str]:
    """The fields of the one row that a call makes of an object or struct, with the source of their values."""
    made = call.arguments[0].value if call.arguments else None
    while isinstance(made, Unary) and made.operator == "&":
        made = made.operand
    if isinstance(made, Name):
        variable = walk.scope.find(made.id)
        made = variable.value if variable is not None else None
    while isinstance(made, Unary) and made.operator == "&":
        made = made.operand
    if not isinstance(made, Mapping):
        return {}
    named = {entry.key.value: entry.value for entry in made.entries if isinstance(entry.key, String)}
    data = named.get("data")
    if isinstance(data, Mapping) and _DATA.issuperset(named):
        made = data
    return _values(made, walk) or {}


def _of_gorm(name: str, arguments: list[Expression], walk: Walk) -> dict[str, str] | None:
    if name in _BUILDS:
        return {}
    given = arguments[_NEW:] if name in _READS else arguments
    if not given:
        return {} if name in _READS or name == "Count" else None
    if name not in _READS and name != "Where":
        return None
    condition = given[0].operand if isinstance(given[0], Unary) else given[0]
    if isinstance(condition, Mapping):
        return _values(condition, walk) if len(given) == 1 else None
    if not isinstance(condition, String):
        return None
    found: dict[str, str] = {}
    for column, value in looked_up(f"SELECT * FROM t WHERE {condition.value}").items():
        if not isinstance(value, int):
            found[column] = value
        elif value + 1 < len(given):
            found[column] = walk.text(given[value + 1].range)
    return found or None


def _values(mapping: Mapping, walk: Walk) -> dict[str, str] | None:
    """The entries of an object; None where one is computed, or compares otherwise. GORM has names for columns that are
    not those of the fields."""
    named = _gorm_name if walk.handles.language == "go" else str
    found = {}
    for entry in mapping.entries:
        if not isinstance(entry.key, String) or isinstance(entry.value, Mapping):
            return None
        found[named(entry.key.value)] = walk.text(entry.value.range)
    return found


def _gorm_name(field: str) -> str:
    from persistlint.analysis.models.gorm import column_name  # only structs of Go pay for it

    return column_name(field)
