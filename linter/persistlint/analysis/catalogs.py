"""The tables that the project of a program has, as its migrations and schema files leave them."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from functools import cached_property, lru_cache
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING

from persistlint.analysis.migrations import ProgramReader
from persistlint.analysis.models import models
from persistlint.analysis.models.schema import PrismaReader
from persistlint.languages import language_of, read
from persistlint.reading import ReadError, read_bytes
from persistlint.records import dataclass
from persistlint.schema.changes import CreateTable, Delete, DropTable, Insert, TableChange, Update
from persistlint.schema.definitions import Name, Table
from persistlint.schema.merging import merged
from persistlint.source import Range, SourceFile
from persistlint.sql import project
from persistlint.sql.project import SQL, is_step, project_below
from persistlint.surroundings import Surroundings

if TYPE_CHECKING:
    from collections.abc import Iterable

    from persistlint.schema.catalog import Catalog
    from persistlint.schema.models import Model
    from persistlint.schema_files import Source, Tree
    from persistlint.sql.project import Project, Reader

_FRESH = 5  # seconds that what was found is taken for true
_NOWHERE = Range(0, 0)
_READERS: dict[str, Reader] = {"sql": SQL, "prisma": PrismaReader()}
# What a program does to a table by itself; no name where that is put together.
_CHANGES = re.compile(
    rb"\b(?:ALTER|CREATE|DROP|RENAME)\s+(?:TEMP\w*\s+|UNLOGGED\s+|VIRTUAL\s+)?TABLE\s+(?:IF\s+(?:NOT\s+)?EXISTS\s+)?"
    rb"(?:ONLY\s+)?[\"'`\\\[]*(?P<name>[\w.]*)"
    rb"|\bCREATE\s+UNIQUE\s+INDEX\b[^;]{0,200}?\bON\s+(?:ONLY\s+)?[\"'`\\\[]*(?P<indexed>[\w.]*)",
    re.IGNORECASE,
)
_DECLARES = re.compile(rb"\b(?:class|type|model)\s+(\w+)|\.define\(\s*[\"'`](\w+)|\b(\w+)\.init\(")


@dataclass(frozen=True)
class Tables:
    """What is known of the tables of a project. `catalogs` are what each of its schemas leaves: they may follow each
    other, or make the same tables in several databases, so that only what all of them say of a table holds. `dialect`
    is the one of all of them, if there is one. `is_whole` where nothing else makes tables, `is_told` where the names of
    all files say that they make them. `mark` tells this state of
    the files that were read from any other, "" for a program that is in no project."""

    catalogs: tuple[Catalog, ...] = ()
    dialect: str | None = None
    is_whole: bool = False
    is_told: bool = False
    mark: str = ""
    programs: tuple[Path, ...] = ()

    def find(self, name: str, schema: str = "") -> tuple[Table, ...]:
        """The table of a name in each schema that knows anything of it, be it not all. Where none is spelled so, the
        one that differs in its capitals alone: models are known in lower case."""
        named = Name(schema, name, _NOWHERE)
        folded = Name(schema.lower(), name.lower(), _NOWHERE)
        pairs = zip(self.catalogs, self._spellings, strict=True)
        found = (c.find(named) or c.find(folded) or c.tables.get(keys.get(folded.key, "")) for c, keys in pairs)
        return tuple(table for table in found if table is not None)

    @cached_property
    def _spellings(self) -> tuple[dict[str, str], ...]:
        """The keys of the tables of each schema by themselves in lower case, but for those that are not told apart."""
        found = []
        for catalog in self.catalogs:
            count = Counter(key.lower() for key in catalog.tables)
            found.append({key.lower(): key for key in catalog.tables if count[key.lower()] == 1})
        return tuple(found)

    @cached_property
    def agreed(self) -> Catalog:
        """What all schemas say of their tables, as one."""
        return merged(self.catalogs)

    def models(self, name: str) -> tuple[Model, ...]:
        """The models of a name, in whichever files they are."""
        files = _declaring(self.programs, self.mark).get(name, ())
        return tuple(model for file in files for model in _models(file, self.mark) if model.name == name)


NO_TABLES = Tables()


def tables_around(source: SourceFile) -> Tables:
    """The tables that a program may speak of; nothing for one that is not on disk or in no project."""
    if not Path(source.path).is_file():
        return NO_TABLES
    return _tables(str(Path(source.path).absolute()), source.dialect, int(monotonic() / _FRESH))


def without(catalog: Catalog, content: bytes) -> Catalog:
    """The same tables, of which those are not complete that a program changes by itself."""
    found = catalog.copy()
    _note_changes(content, [found])
    return found


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
    made = [source for source in tree.sources if source.language != "prisma"] or tree.sources  # what the models say
    found = [(source, project) for source in made if (project := _project(source, dialect)) is not None]
    found = [(source, project) for source, project in found if project.scripts]
    if not found:
        return Tables(mark=mark, programs=tree.programs)
    catalogs = tuple(_left(source, project, is_alone=not tree.unread) for source, project in found)
    for file in tree.programs:
        _note_changes(_content(file), catalogs)
    dialects = {project.dialect for _, project in found}
    is_whole = (
        not tree.unread
        and len(found) == len(made)
        and all(project.is_rooted for _, project in found if project.after.tables)
        and all(_is_understood(project) for _, project in found)
    )
    is_told = all(source.is_told for source, _ in found)
    return Tables(catalogs, dialects.pop() if len(dialects) == 1 else None, is_whole, is_told, mark, tree.programs)


def _project(source: Source, dialect: str | None) -> Project | None:
    reader = _READERS.get(source.language) or ProgramReader(source.language)
    return project_below(source.folder, source.patterns, dialect, reader)


def _is_understood(project: Project) -> bool:
    return not any(script.unread for script in project.scripts.values())


def _left(source: Source, project: Project, *, is_alone: bool) -> Catalog:
    """What a schema leaves. Its tables are not complete where not all of it is understood, or migrations that nobody
    reads stand beside it, unless it is kept as it is in the end; nor are those that a file drops, or changes before
    another makes them, where the names of the files do not say in which order they are run."""
    catalog = project.after.settled(is_complete=(is_alone or source.is_whole) and _is_understood(project))
    for path, script in project.scripts.items():
        for change in script.forward:
            if not isinstance(change, TableChange) or isinstance(change, CreateTable | Insert | Update | Delete):
                continue
            is_early = change.before is None or not change.before.is_known
            if is_early or (isinstance(change, DropTable) and not is_step(path)):
                table = catalog.find(change.table) or Table(change.table, _NOWHERE, is_known=False)
                catalog.put(replace(table, is_complete=False))
    return catalog


def _note_changes(content: bytes, catalogs: Iterable[Catalog]) -> None:
    """Take down which tables a program makes or changes by itself, of which not all is known then."""
    matches = _CHANGES.finditer(content)
    names = {(match["name"] or match["indexed"] or b"").decode().rpartition(".")[2].lower() for match in matches}
    if not names:
        return
    for catalog in catalogs:
        for key, table in list(catalog.tables.items()):
            if table.name.name.lower() in names or "" in names:  # no name: any table may be meant
                catalog.tables[key] = replace(table, is_complete=False)
        for name in names - {""} - catalog.tables.keys():
            catalog.put(Table(Name("", name, _NOWHERE), _NOWHERE, is_complete=False, is_known=False))


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
