"""Changes of what is no table: views, functions, types."""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.records import dataclass
from persistlint.schema.changes.change import Change

if TYPE_CHECKING:
    from persistlint.schema.definitions import Name


@dataclass(frozen=True, slots=True)
class CreateObject(Change):
    """Any other CREATE. `kind` in capitals: VIEW, MATERIALIZED VIEW, FUNCTION, TRIGGER, SEQUENCE, EXTENSION, …;
    `words` are those of the statement behind the name, in capitals, but for what stands in quotes. `table` is the one
    that a trigger is of."""

    kind: str
    name: Name
    words: tuple[str, ...] = ()
    can_exist: bool = False  # OR REPLACE or IF NOT EXISTS
    sources: tuple[Name, ...] = ()  # the tables that a view reads
    table: Name | None = None


@dataclass(frozen=True, slots=True)
class DropObject(Change):
    """Any other DROP, one change for each object; `table` as in `CreateObject`."""

    kind: str
    name: Name
    if_exists: bool = False
    is_cascade: bool = False
    table: Name | None = None


@dataclass(frozen=True, slots=True)
class AlterObject(Change):
    """Any other ALTER; `words` are those behind the name, in capitals."""

    kind: str
    name: Name
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CreateEnum(Change):
    """`CREATE TYPE … AS ENUM`."""

    name: Name
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AddEnumValue(Change):
    """`ALTER TYPE … ADD VALUE`."""

    name: Name
    value: str
    if_not_exists: bool = False
