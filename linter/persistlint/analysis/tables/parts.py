"""What makes the tables of a project, each part by itself: the files of one source, or one program."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from persistlint.analysis.tables.ddl import OwnTables, own_tables
from persistlint.languages import language_of, read
from persistlint.memory import Memory
from persistlint.reading import ReadError, digest, read_bytes
from persistlint.records import dataclass
from persistlint.regexes import regex
from persistlint.schema.changes import (
    AddColumn,
    AddConstraint,
    CreateIndex,
    CreatePolicy,
    CreateTable,
    Delete,
    DropConstraint,
    DropPolicy,
    DropTable,
    Insert,
    RenameTable,
    SetRowSecurity,
    SetTrigger,
    TableChange,
    Truncate,
    Update,
)
from persistlint.schema.definitions import Name, Table
from persistlint.source import Range, SourceFile
from persistlint.sql.coherence import doubted, left_by, makers_first
from persistlint.sql.listing import listed_below
from persistlint.sql.project import project_below
from persistlint.sql.readers import SQL
from persistlint.sql.steps import is_step

if TYPE_CHECKING:
    from collections.abc import Iterable

    from persistlint.schema.catalog import Catalog
    from persistlint.schema_files import Source
    from persistlint.sql.project import Project
    from persistlint.sql.readers import Reader

_NOWHERE = Range(0, 0)
# What makes a table larger, and nothing that is said of its columns untrue.
ADDITIONS = (
    AddColumn,
    AddConstraint,
    CreateIndex,
    CreatePolicy,
    DropConstraint,
    DropPolicy,
    DropTable,
    SetRowSecurity,
    SetTrigger,
)
# What changes tables without SQL, and, of Go, what sends SQL that does not stand there.
_BUILDS = regex(
    rb"\bAutoMigrate\b|\.Migrator\(\)|\bSync2?\("
    rb"|\.(?:[Cc]reate|[Aa]lter|[Dd]rop|[Rr]ename|[Aa]dd|[Rr]emove|[Cc]hange|[Mm]odify)"
    rb"_?(?:[Tt]able|[Cc]olumn|[Ii]ndex|[Cc]onstraint|Model|Field)"
)
_SENDS_OTHER = regex(rb"\.(?:Must)?(?:Exec|Execute|Raw|Query|QueryRow)(?:x|Context)?\(\s*(?:ctx\s*,\s*)?[^\"`\s)]")
_OWN: Memory[OwnTables] = Memory(most=2_000)


@dataclass(frozen=True)
class Left:
    """What the files of a source leave, which are in one `dialect`. `is_making` where they make a table of which
    anything is known, `is_rooted` where all tables that they change are made by them, `is_understood` where there is
    nothing in them that nobody can read."""

    catalog: Catalog
    dialect: str | None
    is_making: bool
    is_rooted: bool
    is_understood: bool


def left(source: Source, dialect: str | None, *, is_alone: bool) -> Left | None:
    """What a source leaves, None where its files make nothing that can be read. `is_alone` where no migrations that
    nobody reads stand beside it. The dialect is that of the configuration, None where it says nothing."""
    project = project_below(source.folder, source.patterns, dialect, _reader(source.language))
    if project is None or not project.scripts:
        return None
    is_understood = not any(script.unread for script in project.scripts.values())
    catalog = _catalog(project, is_complete=(is_alone or source.is_whole) and is_understood)
    is_making = any(table.is_known for table in project.after.tables.values())
    return Left(catalog, project.dialect, is_making, project.is_rooted, is_understood)


@cache
def _reader(language: str) -> Reader:
    """What reads the sources of a language; most projects have some of one, and a program without a project none."""
    if language == "sql":
        return SQL
    if language == "prisma":
        from persistlint.analysis.models.schema import PrismaReader

        return PrismaReader()
    from persistlint.analysis.migrations import ProgramReader

    return ProgramReader(language)


def _catalog(project: Project, *, is_complete: bool) -> Catalog:
    """The tables that a schema leaves. They are not complete where not all of it is understood, or migrations that
    nobody reads stand beside it, unless it is kept as it is in the end. Of a table that it does not make, what it adds
    is all that it knows: that is complete, unless the table may be something else then."""
    if any(is_step(path) for path in project.scripts):
        changes = [change for script in project.scripts.values() for change in script.forward]
        left = project.after
    else:
        changes = makers_first(project.scripts.values())
        left = left_by(changes)
        left.indexes, left.views, left.enums = project.after.indexes, project.after.views, project.after.enums
    if not project.is_ordered:
        left = doubted(left, project.doubtful | project.again)
    catalog = left.settled(is_complete=is_complete)
    changed, unclear = _changed_elsewhere(change for change in changes if isinstance(change, TableChange))
    for key, name in changed.items():
        table = catalog.find(name) or Table(name, _NOWHERE, is_known=False)
        catalog.put(replace(table, is_complete=not table.is_known and key not in unclear and is_complete))
    return catalog


def _changed_elsewhere(changes: Iterable[TableChange]) -> tuple[dict[str, Name], frozenset[str]]:
    """The tables that changes speak of without making them, by the keys of their names, and the keys of those of which
    it is not known how they are then: where they, or columns of theirs, get other names, or columns become others."""
    made: set[str] = set()
    changed: dict[str, Name] = {}
    unclear: set[str] = set()
    for change in changes:
        key = change.table.key
        if isinstance(change, CreateTable):  # whatever it was before
            made.add(key)
            changed.pop(key, None)
            unclear.discard(key)
        elif isinstance(change, RenameTable) and key in made:
            made.add(change.to.key)
        elif key not in made and not isinstance(change, Insert | Update | Delete | Truncate):
            names = [change.table, change.to] if isinstance(change, RenameTable) else [change.table]
            changed |= {name.key: name for name in names}
            if not isinstance(change, ADDITIONS):
                unclear |= {name.key for name in names}
    return changed, frozenset(unclear)


def steps_of(source: Source) -> tuple[OwnTables, ...]:
    """What the programs of a source do that nobody knows how to read as migrations, each as by `steps`."""
    return tuple(steps(Path(path)) for path, *_ in listed_below(source.folder, source.patterns))


def steps(file: Path) -> OwnTables:
    """What a migration does that is read as any other program: to any table, where it sends what stands elsewhere. In a
    language that is not read at all it may do anything."""
    content = content_of(file)
    is_told = language_of(str(file)) is not None and not _BUILDS.search(content)
    if is_told and (not _SENDS_OTHER.search(content) or b".sql" in content or b"go:embed" in content):
        return own(file)
    return OwnTables(unclear=frozenset({""}))


def own(file: Path) -> OwnTables:
    """What a program does to tables."""
    content, language = content_of(file), language_of(str(file))
    if language is None:
        return OwnTables()
    key = (file, digest(content))
    return _OWN.get(key, lambda: own_tables(read(SourceFile(str(file), content, language))))


def content_of(file: Path) -> bytes:
    """The bytes of a file, none where it cannot be read."""
    try:
        return read_bytes(str(file))[0]
    except ReadError:
        return b""
