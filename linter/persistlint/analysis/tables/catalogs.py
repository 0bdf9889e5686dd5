"""The tables that the project of a program has, as its migrations and schema files leave them."""

from __future__ import annotations

import os
from collections import Counter
from dataclasses import replace
from functools import cached_property, lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TypeVar

from persistlint.analysis.tables.ddl import OwnTables
from persistlint.analysis.tables.parts import ADDITIONS, content_of, left, own, steps, steps_of
from persistlint.analysis.tables.stored_parts import Parts
from persistlint.languages import language_of, read
from persistlint.memory import Memory
from persistlint.reading import digest
from persistlint.records import dataclass
from persistlint.regexes import regex
from persistlint.schema.catalog import Catalog
from persistlint.schema.changes import CreateTable, Delete, DropTable, Insert, RenameTable, Truncate, Update
from persistlint.schema.definitions import Name, Table
from persistlint.schema.merging import merged, merged_table
from persistlint.shelf import lent
from persistlint.source import Range, SourceFile
from persistlint.surroundings import Surroundings, recent

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from persistlint.analysis.tables.ddl import OwnTables
    from persistlint.schema.models import Model
    from persistlint.schema_files import Source, Tree

_NOWHERE = Range(0, 0)
T = TypeVar("T")
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
    """What is read, but for the parts that an earlier run read of files with the same names and contents."""
    tree, shelf = surroundings.tables(program), lent()
    if shelf is None or not tree.sources:
        return _read(tree, dialect, mark, _anew)
    places = sorted(map(str, tree.packages.union(source.folder for source in tree.sources)))
    parts = Parts(shelf, digest(os.fsencode("\0".join(("tables", str(dialect), *places)))))

    def find(what: str, of: Source | Path, make: Callable[[], T]) -> T:
        return parts.find(digest(os.fsencode(f"{what} {dialect} {of!r} ") + surroundings.digest_of_part(of)), make)

    tables = _read(tree, dialect, mark, find)
    if parts.are_new and Surroundings().digest_of_tables(program) == surroundings.digest_of_tables(program):
        parts.keep()  # else a file changed while it was read
    return tables


class _Find(Protocol):
    """How a part is found: what of a source or a program, and a function that reads it."""

    def __call__(self, what: str, of: Source | Path, make: Callable[[], T]) -> T: ...


def _anew(what: str, of: Source | Path, make: Callable[[], T]) -> T:
    return make()


def _read(tree: Tree, dialect: str | None, mark: str, find: _Find) -> Tables:
    sources = [source for source in tree.sources if source.language != "prisma"] or tree.sources  # what the models say
    unread = [find("steps", file, partial(steps, file)) for file in tree.unread]
    is_alone = not any("" in part.unclear for part in unread)
    what = "left alone" if is_alone else "left"
    parts = [find(what, source, partial(left, source, dialect, is_alone=is_alone)) for source in sources]
    read = [(source, part) for source, part in zip(sources, parts, strict=True) if part is not None]
    unknown = [source for source, part in zip(sources, parts, strict=True) if part is None and source.is_of_programs]
    made = [*unread, *(step for source in unknown for step in find("steps", source, partial(steps_of, source)))]
    own_of = {file: find("own", file, partial(own, file)) for file in tree.programs}
    if not read and not any(part.changes for part in (*made, *own_of.values())):
        return Tables(mark=mark, programs=tree.programs)
    found = [part for _, part in read]
    catalogs = tuple(part.catalog.copy() for part in found) or (Catalog(),)
    folders = [source.folder if source.is_of_programs else None for source, _ in read] or [None]
    for file, part in own_of.items():  # what stands among migrations is known from them
        _take_own(part, [c for c, folder in zip(catalogs, folders, strict=True) if folder != file.parent])
    for part in made:
        _take_own(part, catalogs)
    dialects = {part.dialect for part in found}
    making = [part for part in found if part.is_making]
    is_whole = (
        tree.is_own
        and not tree.unread
        and len(found) == len(sources)
        and all(part.is_rooted for part in making)
        and bool(making)
        and all(part.is_understood for part in found)
    )
    is_told = all(source.is_told for source, part in zip(sources, parts, strict=True) if part is not None)
    return Tables(catalogs, dialects.pop() if len(dialects) == 1 else None, is_whole, is_told, mark, tree.programs)


def _take_own(own: OwnTables, catalogs: Iterable[Catalog]) -> None:
    """Add to schemas what a program makes and changes by itself."""
    for catalog in catalogs:
        names = set(own.unclear)
        for change in own.changes:
            known = catalog.find(change.table)
            if isinstance(change, CreateTable):
                made = replace(change.definition, is_new=False)
                catalog.put(merged_table(known, made) if known is not None else made)
            elif isinstance(change, ADDITIONS) and not isinstance(change, DropTable):
                catalog.apply(change)
            elif not isinstance(change, DropTable | Insert | Update | Delete | Truncate):
                names |= {change.table.name.lower()}
                names |= {change.to.name.lower()} if isinstance(change, RenameTable) else set()
        for key, table in list(catalog.tables.items()) if names else ():
            if table.name.name.lower() in names or "" in names:  # no name: any table may be meant
                catalog.tables[key] = replace(table, is_complete=False)
        for name in names - {""} - catalog.tables.keys():
            catalog.put(Table(Name("", name, _NOWHERE), _NOWHERE, is_complete=False, is_known=False))


@lru_cache(maxsize=16)
def _declaring(files: tuple[Path, ...], mark: str) -> dict[str, tuple[Path, ...]]:
    """The files that declare each name, as far as their words tell."""
    found: dict[str, list[Path]] = {}
    for file in files:
        names = (next(filter(None, match.groups())) for match in _DECLARES.finditer(content_of(file)))
        for name in dict.fromkeys(names):
            found.setdefault(name.decode(), []).append(file)
    return {name: tuple(files) for name, files in found.items()}


@lru_cache(maxsize=64)
def _models(file: Path, mark: str) -> tuple[Model, ...]:
    from persistlint.analysis.models import models  # only who asks for a model reads any

    language = language_of(str(file))
    return models(read(SourceFile(str(file), content_of(file), language))) if language is not None else ()
