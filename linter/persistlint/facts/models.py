"""What models say of the tables of a project, and where the migrations say otherwise."""

from __future__ import annotations

from enum import Enum

from persistlint.facts.fact import Fact
from persistlint.records import dataclass


@dataclass(frozen=True)
class ModelDefinition(Fact):
    """What a program says of a table: a class, a struct or a call. What there is to know of it stands in
    `schema.models.Model`, which a run without one does not import."""


class DriftKind(Enum):
    """What a model and the migrations do not agree on."""

    TABLE = "whether there is the table"
    COLUMN = "whether there is a column"
    NULL = "whether a column may be NULL"
    TYPE = "the type of a column"
    UNIQUE = "whether columns are unique"
    REFERENCE = "what a column refers to"


@dataclass(frozen=True, slots=True)
class Drift(Fact):
    """Something that a model and the migrations of its project do not agree on. `table` and `columns` are named as the
    migrations do, or as the model does where they have none. `model` and `migrations` are what each of the two says,
    "" for nothing: a type, what a column refers to, "NULL" or "NOT NULL", or just that there is such a thing."""

    kind: DriftKind
    table: str
    columns: tuple[str, ...]
    model: str
    migrations: str
