"""The tables that the project of a program has, as its migrations and schema files leave them."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING

from persistlint.analysis.migrations import ProgramReader
from persistlint.analysis.models import models
from persistlint.languages import language_of, read
from persistlint.reading import ReadError, read_bytes
from persistlint.records import dataclass
from persistlint.schema.definitions import Name
from persistlint.source import Range, SourceFile
from persistlint.sql import project
from persistlint.sql.project import SQL, project_below
from persistlint.surroundings import Surroundings

if TYPE_CHECKING:
    from persistlint.analysis.models import Model
    from persistlint.schema.catalog import Catalog
    from persistlint.schema.definitions import Table
    from persistlint.schema_files import Source, Tree
    from persistlint.sql.project import Project

_FRESH = 5  # seconds that what was found is taken for true
_NOWHERE = Range(0, 0)
_DECLARES = re.compile(rb"\b(?:class|type|model)\s+(\w+)|\.define\(\s*[\"'`](\w+)|\b(\w+)\.init\(")


@dataclass(frozen=True)
class Tables:
    """What is known of the tables of a project. `catalogs` are what each of the schemas leaves that make it: they may
    follow each other, or be the same for several databases, so that only what all of them say of a table holds.
    `is_whole` where no other tables are made. `mark` tells this state of the files that were read from any other, ""
    for a program that is in no project. `model_files` are the files that may declare models."""

    catalogs: tuple[Catalog, ...] = ()
    is_whole: bool = False
    mark: str = ""
    model_files: tuple[Path, ...] = ()

    def find(self, name: str, schema: str = "") -> tuple[Table, ...]:
        """The table of a name in each schema that knows anything of it, be it not all."""
        names = (Name(schema, name, _NOWHERE), Name(schema.lower(), name.lower(), _NOWHERE))
        found = (catalog.find(names[0]) or catalog.find(names[1]) for catalog in self.catalogs)
        return tuple(table for table in found if table is not None)

    def models(self, name: str) -> tuple[Model, ...]:
        """The models of a name, in whichever files they are."""
        files = _declaring(self.model_files, self.mark).get(name, ())
        return tuple(model for file in files for model in _models(file, self.mark) if model.name == name)


NO_TABLES = Tables()


def tables_around(source: SourceFile) -> Tables:
    """The tables that a program may speak of; nothing for one that is not on disk or in no project."""
    if not Path(source.path).is_file():
        return NO_TABLES
    return _tables(str(Path(source.path).absolute()), source.dialect, int(monotonic() / _FRESH))


def forget() -> None:
    """Look the files of projects up anew, for one who knows that one changed just now."""
    project.forget()
    _surroundings.cache_clear()
    _tables.cache_clear()


@lru_cache(maxsize=256)
def _tables(program: str, dialect: str | None, moment: int) -> Tables:
    surroundings = _surroundings(moment)
    mark = surroundings.mark_of_tables(program)  # before they are read: what changes later makes another mark
    return _read(surroundings.tables(program), dialect, mark)


@lru_cache(maxsize=1)
def _surroundings(moment: int) -> Surroundings:
    return Surroundings()


@lru_cache(maxsize=16)
def _read(tree: Tree, dialect: str | None, mark: str) -> Tables:
    found = [(source, project) for source in tree.sources if (project := _project(source, dialect)) is not None]
    catalogs = tuple(_settled(source, project, has_others=bool(tree.unread)) for source, project in found)
    is_whole = all(project.is_rooted for _, project in found if project.after.tables) and not tree.unread
    return Tables(catalogs, is_whole and len(found) == len(tree.sources), mark, tree.models)


def _project(source: Source, dialect: str | None) -> Project | None:
    reader = SQL if source.language == "sql" else ProgramReader(source.language)
    return project_below(source.folder, source.patterns, dialect, reader)


def _settled(source: Source, project: Project, *, has_others: bool) -> Catalog:
    """What a schema leaves. Migrations beside it that nobody reads may have changed its tables, unless it is one that
    is kept as it is in the end."""
    return project.after.settled(is_complete=source.is_whole or not has_others)


@lru_cache(maxsize=16)
def _declaring(files: tuple[Path, ...], mark: str) -> dict[str, tuple[Path, ...]]:
    """The files that declare each name, as far as their words tell."""
    found: dict[str, list[Path]] = {}
    for file in files:
        names = (next(filter(None, match.groups())) for match in _DECLARES.finditer(_content(file)))
        for name in dict.fromkeys(names):
            found.setdefault(name.decode(), []).append(file)
    return {name: tuple(files) for name, files in found.items()}


@lru_cache(maxsize=64)
def _models(file: Path, mark: str) -> tuple[Model, ...]:
    language = language_of(str(file))
    return models(read(SourceFile(str(file), _content(file), language))) if language is not None else ()


def _content(file: Path) -> bytes:
    try:
        return read_bytes(str(file))[0]
    except ReadError:
        return b""
