"""The models of a program: classes, structs and calls that say what tables of the database look like.

A reader of each library (`sqlalchemy`, `django`, …) writes what a model says as the SQL that the library would send, as
the readers of migrations do, and that SQL is replayed into the tables of `schema/definitions`. What a reader does not
understand leaves the table incomplete, or the column out.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from persistlint.paths import is_test
from persistlint.patterns import any_in
from persistlint.schema.models import Model
from persistlint.sql.readers import DIALECTS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from persistlint.analysis.models.draft import Draft
    from persistlint.facts import Fact
    from persistlint.languages import Syntax
    from persistlint.settings import ProjectNames
    from persistlint.source import SourceFile

__all__ = ["Model", "models"]

_OF_SEQUELIZE = (b".define(", b".init(", b"sequelize-typescript")
_OF_DRIZZLE = (b"pgTable(", b"mysqlTable(", b"sqliteTable(")
# The readers of a language: modules here with `drafts(syntax, dialect) -> Iterator[Draft]`, and marks of which some are
# in every file with such models, so that no other file imports them. Where marks are in many other files as well, a
# reader has `SHAPES`: patterns, all of which match in every file with such models.
_READERS: Mapping[str, Mapping[str, tuple[bytes, ...]]] = {
    "python": {"sqlalchemy": (b"__tablename__", b"db.Model", b"SQLModel", b"Table("), "django": (b"models.",)},
    "go": {"gorm": (b"gorm",)},
    "javascript": {"sequelize": _OF_SEQUELIZE, "drizzle": _OF_DRIZZLE},
    "typescript": {"sequelize": _OF_SEQUELIZE, "typeorm": (b"@Entity",), "drizzle": _OF_DRIZZLE},
    "prisma": {"prisma": (b"model",)},
}


def facts(syntax: Syntax, names: ProjectNames) -> Iterator[Fact]:
    """The models of a file; nothing for tests, whose tables nobody keeps."""
    if not is_test(syntax.source.path):
        yield from models(syntax)


def may_have(source: SourceFile, names: ProjectNames) -> bool:
    """Whether the bytes of a file have a mark of any library of models."""
    return bool(_readers(source))


def models(syntax: Syntax) -> tuple[Model, ...]:
    """The models that a file defines, in source order. Those of which the table is not known are left out. The dialect
    is that of the configuration: types of one family are alike, so that nothing around the file needs to tell it."""
    dialect = DIALECTS.get(syntax.source.dialect)
    found = [draft.model(dialect) for draft in drafts_of(syntax)]
    return tuple(model for model in found if model is not None)


def drafts_of(syntax: Syntax) -> list[Draft]:
    """What the readers of its language make of the models of a file, in source order."""
    dialect = DIALECTS.get(syntax.source.dialect)
    drafts = [draft for reader in _readers(syntax.source) for draft in reader.drafts(syntax, dialect)]
    return sorted(drafts, key=lambda draft: draft.range)


def _readers(source: SourceFile) -> list[Any]:
    marks = _READERS.get(source.language, {})
    readers = [import_module(f"{__name__}.{name}") for name in marks if any_in(marks[name], source.content)]
    return [reader for reader in readers if _has_shapes(reader, source)]


def _has_shapes(reader: Any, source: SourceFile) -> bool:
    return all(shape.search(source.content) for shape in getattr(reader, "SHAPES", ()))
