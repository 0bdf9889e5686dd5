"""The tables that the project of a program has, as its migrations and schema files leave them."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from persistlint.analysis.ddl import OwnTables, own_tables
from persistlint.analysis.migrations import ProgramReader
from persistlint.analysis.models import models
from persistlint.analysis.models.schema import PrismaReader
from persistlint.analysis.stored_tables import dump, load
from persistlint.languages import language_of, read
from persistlint.memory import Memory
from persistlint.reading import ReadError, digest, read_bytes
from persistlint.records import dataclass
from persistlint.regexes import regex
from persistlint.schema.catalog import Catalog
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
from persistlint.schema.merging import merged, merged_table
from persistlint.shelf import lent
from persistlint.source import Range, SourceFile
from persistlint.sql.project import SQL, is_step, project_below
from persistlint.surroundings import Surroundings, recent

if TYPE_CHECKING:
    from collections.abc import Iterable

    from persistlint.schema.models import Model
    from persistlint.schema_files import Source, Tree
    from persistlint.sql.project import Project, Reader

_NOWHERE = Range(0, 0)
# What makes a table larger, and nothing that is said of its columns untrue.
_ADDITIONS = (
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
_READERS: dict[str, Reader] = {"sql": SQL, "prisma": PrismaReader()}
# Of Go: what changes tables without SQL, and what sends SQL that does not stand there.
_BUILDS = regex(
    rb"\bAutoMigrate\b|\.Migrator\(\)|\bSync2?\(|\.(?:Create|Alter|Drop|Rename|Add|Modify)(?:Table|Column|Index|Constraint)"
)
_SENDS_OTHER = regex(rb"\.(?:Must)?(?:Exec|Execute|Raw|Query|QueryRow)(?:x|Context)?\(\s*(?:ctx\s*,\s*)?[^\"`\s)]")
_DECLARES = regex(
    rb"\b(?:class|type|model)\s+(\w+)|\.define\(\s*[\"'`](\w+)|\b(\w+)\.init\(|\b(\w+)\s*=\s*(?:pg|mysql|sqlite)Table\("
)


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
_KNOWN: Memory[Tables] = Memory(most=16)


def tables_around(source: SourceFile) -> Tables:
    """The tables that a program may speak of; nothing for one that is not on disk or in no project."""
    if not Path(source.path).is_file():
        return NO_TABLES
    surroundings = recent()
    tables: Tables = surroundings.once(_tables, surroundings, str(Path(source.path).absolute()), source.dialect)
    return tables


def mark_around(source: SourceFile) -> str:
    """`Tables.mark` of the tables around a program, of which none is read; "" for one that is not on disk."""
    path = Path(source.path)
    return recent().mark_of_tables(str(path.absolute())) if path.is_file() else ""


def with_own(catalog: Catalog, own: OwnTables) -> Catalog:
    """The same tables, with those that a program makes by itself. Of those that it may change in another way not all is
    known."""
    found = catalog.copy()
    _take_own(own, [found])
    return found


def _tables(surroundings: Surroundings, program: str, dialect: str | None) -> Tables:
    mark = surroundings.mark_of_tables(program)  # before they are read: what changes later makes another mark
    tree = surroundings.tables(program)
    return _KNOWN.get((tree, dialect, mark), lambda: _kept(program, surroundings, dialect, mark))


def _kept(program: str, surroundings: Surroundings, dialect: str | None, mark: str) -> Tables:
    """What is read, or was read by an earlier run of files with the same names and contents."""
    tree, shelf = surroundings.tables(program), lent()
    if shelf is None or not tree.sources:
        return _read(tree, dialect, mark)
    key = _key(program, surroundings, dialect)
    if known := load(shelf.fetch(key) or b""):
        return replace(known, mark=mark, programs=tree.programs)
    tables = _read(tree, dialect, mark)
    if _key(program, Surroundings(), dialect) == key:  # else a file changed while it was read
        shelf.store(key, dump(replace(tables, mark="", programs=())))
    return tables


def _key(program: str, surroundings: Surroundings, dialect: str | None) -> bytes:
    return digest(f"tables {dialect} ".encode() + surroundings.digest_of_tables(program))


def _read(tree: Tree, dialect: str | None, mark: str) -> Tables:
    sources = [source for source in tree.sources if source.language != "prisma"] or tree.sources  # what the models say
    found = [(source, project) for source in sources if (project := _project(source, dialect)) is not None]
    found = [(source, project) for source, project in found if project.scripts]
    unread = [_steps(file, mark) for file in tree.unread]
    own = [made for made in (*(_own(file, mark) for file in tree.programs), *unread) if made != OwnTables()]
    is_alone = not any("" in steps.unclear for steps in unread)
    if not found and not any(made.changes for made in own):
        return Tables(mark=mark, programs=tree.programs)
    catalogs = tuple(_left(source, project, is_alone=is_alone) for source, project in found) or (Catalog(),)
    for made in own:
        _take_own(made, catalogs)
    dialects = {project.dialect for _, project in found}
    making = [project for _, project in found if any(table.is_known for table in project.after.tables.values())]
    is_whole = (
        tree.is_own
        and not tree.unread
        and len(found) == len(sources)
        and all(project.is_rooted for project in making)
        and bool(making)
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
    reads stand beside it, unless it is kept as it is in the end. Of a table that it does not make, what it adds is all
    that it knows: that is complete, unless the table may be something else then."""
    is_complete = (is_alone or source.is_whole) and _is_understood(project)
    changes = [change for script in project.scripts.values() for change in script.forward]
    if any(is_step(path) for path in project.scripts):
        left = project.after
    else:  # nobody knows in which order: what makes tables comes first, and what takes them away is run at another time
        changes = sorted(changes, key=lambda change: not isinstance(change, CreateTable))
        left = Catalog()
        for change in changes:
            if not isinstance(change, DropTable):
                left.apply(change)
        left.indexes, left.views, left.enums = project.after.indexes, project.after.views, project.after.enums
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
            if not isinstance(change, _ADDITIONS):
                unclear |= {name.key for name in names}
    return changed, frozenset(unclear)


def _take_own(own: OwnTables, catalogs: Iterable[Catalog]) -> None:
    """Add to schemas what a program makes and changes by itself."""
    for catalog in catalogs:
        names = set(own.unclear)
        for change in own.changes:
            known = catalog.find(change.table)
            if isinstance(change, CreateTable):
                made = replace(change.definition, is_new=False)
                catalog.put(merged_table(known, made) if known is not None and known.is_known else made)
            elif isinstance(change, _ADDITIONS) and not isinstance(change, DropTable):
                catalog.apply(change)
            elif not isinstance(change, DropTable | Insert | Update | Delete | Truncate):
                names |= {change.table.name.lower()}
                names |= {change.to.name.lower()} if isinstance(change, RenameTable) else set()
        for key, table in list(catalog.tables.items()) if names else ():
            if table.name.name.lower() in names or "" in names:  # no name: any table may be meant
                catalog.tables[key] = replace(table, is_complete=False)
        for name in names - {""} - catalog.tables.keys():
            catalog.put(Table(Name("", name, _NOWHERE), _NOWHERE, is_complete=False, is_known=False))


def _steps(file: Path, mark: str) -> OwnTables:
    """What a migration does that is read as any other program: to any table, where it sends what stands elsewhere. In a
    language that is not read at all it may do anything."""
    content = _content(file)
    is_told = language_of(str(file)) is not None and not _BUILDS.search(content)
    if is_told and (not _SENDS_OTHER.search(content) or b".sql" in content or b"go:embed" in content):
        return _own(file, mark)
    return OwnTables(unclear=frozenset({""}))


@lru_cache(maxsize=512)
def _own(file: Path, mark: str) -> OwnTables:
    language = language_of(str(file))
    return own_tables(read(SourceFile(str(file), _content(file), language))) if language is not None else OwnTables()


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
