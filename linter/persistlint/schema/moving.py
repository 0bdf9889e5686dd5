"""What was read at one place of a file, as it is at another: a definition that is written alike is read once."""

from __future__ import annotations

from dataclasses import fields
from functools import cache
from operator import attrgetter
from typing import TYPE_CHECKING, Any, TypeVar

from persistlint.regexes import regex
from persistlint.source import Range

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")
_PLACED = regex(r"\b(?:Range|Column|Constraint|DataType|Expression|Index|Name|Policy|Reference)\b")


def moved(definition: T, by: int) -> T:
    """A definition of `schema.definitions` with all of its ranges, and those of its parts, so many bytes farther on."""
    kind: Any = type(definition)
    read, placed = _shape(kind)
    values = list(read(definition))
    for index in placed:
        value = values[index]
        if value.__class__ is Range:
            values[index] = Range(value.start + by, value.end + by)
        elif value.__class__ is tuple:
            values[index] = tuple([moved(each, by) for each in value])
        elif value is not None:
            values[index] = moved(value, by)
    made: T = kind(*values)
    return made


@cache
def _shape(kind: type[Any]) -> tuple[Callable[[Any], tuple[Any, ...]], tuple[int, ...]]:
    """What reads the values of a definition, and the indices of those that say where something stands."""
    all_fields = fields(kind)
    placed = tuple(index for index, field in enumerate(all_fields) if _PLACED.search(str(field.type)))
    return attrgetter(*(field.name for field in all_fields)), placed
