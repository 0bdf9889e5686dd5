"""What a result depends on besides its file. SQL files, and programs among migrations, are read as a part of a project:
see `sql.project` and `sql.runners`. Any other program stands for itself, unless its analysis asks for the tables of its
project (`analysis.catalogs`), or for what another module of it exports (`analysis.exports`): its report says so by
marks (`facts.Consulted`), and then it depends on all files that make tables, or on that one."""

from __future__ import annotations

import os
import stat
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from persistlint.language_groups import SCHEMA_LANGUAGES
from persistlint.languages import language_of
from persistlint.moments import moment, new_moment
from persistlint.paths import is_migration
from persistlint.reading import ReadError, digest, is_settled, mark, read_bytes
from persistlint.records import dataclass
from persistlint.sql.neighbours import (
    absolute,
    beside,
    is_evidence,
    listed,
    names_of,
    programs_among,
    project_of,
    steps_elsewhere,
    upwards,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Iterator

    from persistlint.schema_files import Source, Tree

OF_HISTORY = "git:"
"""How the mark begins of what depends on the default branch (`history.state`)."""
OF_MODULE = "module:"
"""How the mark begins of what depends on another module of the program (`mark_of_module`)."""


@dataclass(frozen=True)
class _Group:
    """Files whose contents matter, and names of which it matters that they are there."""

    files: tuple[str, ...]
    names: tuple[str, ...] = ()

    @cached_property
    def mark(self) -> bytes:
        return self._with(mark(status) if status else "" for status in self._statuses)

    @cached_property
    def is_settled(self) -> bool:
        """Whether every later change will show in the mark, as the coming of a file that is not there does."""
        return all(status is None or is_settled(status) for status in self._statuses)

    @cached_property
    def digest(self) -> bytes:
        return self._with(_digest(file).hex() for file in self.files)

    @cached_property
    def _statuses(self) -> list[os.stat_result | None]:
        return [_status(file) for file in self.files]

    def _with(self, states: Iterable[str]) -> bytes:
        parts = (*self.names, *(f"{file}={state}" for file, state in zip(self.files, states, strict=True)))
        return digest(os.fsencode("\0".join(parts)))


@dataclass(frozen=True)
class _Together:
    """Several groups as one."""

    groups: tuple[_Group | _Together, ...]

    @cached_property
    def mark(self) -> bytes:
        return digest(b"".join(group.mark for group in self.groups))

    @cached_property
    def is_settled(self) -> bool:
        return all(group.is_settled for group in self.groups)

    @cached_property
    def digest(self) -> bytes:
        return digest(b"".join(group.digest for group in self.groups))


class Surroundings:
    """The files around others, as they are when somebody asks for the first time."""

    def __init__(self) -> None:
        self._made: dict[object, Any] = {}

    def mark(self, path: str) -> str:
        """What changes when a file around this one does, comes or goes, as `reading.mark` does; "" if none counts."""
        return b"".join([group.mark for group in self._around(path)]).hex()

    def is_settled(self, path: str, consulted: str = "") -> bool:
        """Whether every later change will show in the mark, and in those of what was consulted."""
        return all(group.is_settled for group in self._around(path, consulted))

    def digest(self, path: str, consulted: str = "") -> bytes:
        """What stands for the names and the contents of the files around, and of what was consulted."""
        history = "".join(mark for mark in consulted.split() if mark.startswith(OF_HISTORY))
        return digest(b"".join(group.digest for group in self._around(path, consulted)) + history.encode())

    def tables(self, path: str) -> Tree:
        """What makes the tables that a program speaks of; nothing for a file that is not on disk or in no project."""
        return self._making(path)[0]

    def mark_of_tables(self, path: str) -> str:
        """What changes when any of these files does, comes or goes; never ""."""
        return self._making(path)[1].mark.hex()

    def digest_of_tables(self, path: str) -> bytes:
        """What stands for the names and the contents of these files."""
        return self._making(path)[1].digest

    def digest_of_part(self, part: Source | Path) -> bytes:
        """What stands for the names and the contents of the files that a source is made of and told by, or for the
        content of a program."""
        if isinstance(part, Path):
            return _digest(str(part))
        groups = (*self._of_source(part), *(self.once(_evidence, folder) for folder in self.once(upwards, part.folder)))
        return digest(b"".join(group.digest for group in groups))

    def _making(self, path: str) -> tuple[Tree, _Together]:
        """What makes the tables that a program speaks of, and all that it depends on."""
        # Hundreds of programs ask, and `Path` takes five times as long.
        is_file = os.path.isfile(path)  # noqa: PTH113
        folder = os.path.join(os.getcwd(), os.path.dirname(path)) if is_file else None  # noqa: PTH109, PTH118, PTH120
        return cast("tuple[Tree, _Together]", self.once(self._made_in, folder))

    def _made_in(self, folder: str | None) -> tuple[Tree, _Together]:
        """What makes the tables of the programs of a folder, of none if it is None."""
        from persistlint.schema_files import Tree, root_of, tree_below  # only who asks for tables pays for it

        place = None if folder is None else Path(folder)
        root = self.once(root_of, place) if place else None
        if root is None or place is None:
            return Tree(), _Together(())
        own = self.once(tree_below, root).packages.intersection((place, *place.parents))
        tree, around = self.once(self._made_around, root, own)
        above = (self.once(_evidence, directory) for directory in self.once(upwards, place))  # names the drivers
        return tree, _Together((around, *above))

    def _made_around(self, root: Path, own: frozenset[Path]) -> tuple[Tree, _Together]:
        from persistlint.schema_files import tree_below

        tree = self.once(tree_below, root).around(own)
        programs = map(str, (*tree.programs, *tree.unread, *tree.settings))
        groups = [_Group(tuple(programs), tuple(map(str, tree.sources)))]
        for source in tree.sources:
            groups += self._of_source(source)
        folders = dict.fromkeys([source.folder for source in tree.sources] + [file.parent for file in tree.programs])
        above = dict.fromkeys(directory for folder in folders for directory in self.once(upwards, folder))
        return tree, _Together((*groups, *(self.once(_evidence, directory) for directory in above)))

    def _of_source(self, source: Source) -> list[_Group]:
        if source.language == "sql":
            return [self.once(_project, str(source.folder), pattern) for pattern in source.patterns]
        if source.language == "prisma":
            return [self.once(_schema, source.folder)]
        return [self.once(_programs, source.folder, source.language)]

    def _around(self, path: str, consulted: str = "") -> Iterator[_Group | _Together]:
        for each in consulted.split():
            if each.startswith(OF_MODULE):
                yield self.once(_Group, (module_of(each),))
            elif not each.startswith(OF_HISTORY):
                yield self._making(path)[1]
        language = language_of(path)
        if not _has_project(path, language):
            return
        folder, name = os.path.split(path)
        _, dot, suffix = name.rpartition(".")
        yield self.once(self._near, folder, dot + suffix)
        if language == "prisma":
            return
        if language == "sql":
            yield self.once(_project, *project_of(absolute(path)))
            yield self.once(_elsewhere, os.path.dirname(absolute(path)))  # noqa: PTH120
        names = self.once(_names_in, folder or ".").intersection(names_of(name))
        if names and (own := _there(folder or ".", names)):
            yield _Group(own)

    def _near(self, folder: str, suffix: str) -> _Together:
        """What matters for every file of a folder with this suffix, or for every SQL file."""
        place = Path(folder).absolute()
        language = language_of(f"file{suffix}")
        if language == "prisma":
            return _Together((_schema(place),))
        around = tuple(self.once(_evidence, directory) for directory in self.once(upwards, place))
        own = (_Group(_looked_up(place)), _names(place), *around)
        return _Together(own if language == "sql" else (self.once(_programs, place, language), *own))

    def once(self, make: Callable[..., Any], *arguments: object) -> Any:
        """What a function makes of these arguments, which it is asked for once."""
        key = (make, arguments)
        if key not in self._made:
            self._made[key] = make(*arguments)
        return self._made[key]


def anew() -> Surroundings:
    """The files as they are from now on, for whoever asks for `recent` too, and for one who knows that one changed."""
    new_moment()
    return recent()


def recent() -> Surroundings:
    """The files as they were in this moment."""
    return _in(moment())


@lru_cache(maxsize=1)
def _in(moment: int) -> Surroundings:
    return Surroundings()


def mark_of_module(file: str) -> str:
    """The mark of what depends on what a file, by its path from the root, exports, or on that there is none."""
    return module_at(file)[0]


def module_at(file: str) -> tuple[str, bool]:
    """The same, and whether a file is there."""
    status = _status(file)
    state = mark(status).replace(" ", ",") if status is not None else ""
    is_file = status is not None and stat.S_ISREG(status.st_mode)
    return f"{OF_MODULE}{os.fsencode(file).hex()}={state}", is_file


def module_of(mark: str) -> str:
    """The file of such a mark."""
    return os.fsdecode(bytes.fromhex(mark.removeprefix(OF_MODULE).partition("=")[0]))


def modules_of(marks: Iterable[str]) -> Iterator[str]:
    """The files of those of some marks that are such ones."""
    return (module_of(mark) for mark in marks if mark.startswith(OF_MODULE))


def read_together(path: str) -> Hashable:
    """What is the same for all files that are read when one of them is; None for a file that stands for itself."""
    language = language_of(path)
    if not _has_project(path, language):
        return None
    return project_of(path) if language == "sql" else Path(path).parent


def _has_project(path: str, language: str | None) -> bool:
    """Whether a file of a language is read with others around it."""
    return language in ("sql", "prisma") or (language in SCHEMA_LANGUAGES and is_migration(path))


def _programs(folder: Path, language: str | None) -> _Group:
    """The programs beside one among migrations, and those of the directories that may hold others of its project."""
    kinds = (".py",) if language == "python" else (".js", ".ts", ".cjs", ".mjs", ".cts", ".mts")
    found = set(_there(str(folder), (name for name in listed(folder) if name.endswith(kinds))))
    if language == "python" and (folder.parent / "env.py").is_file():
        found.update(str(file) for file in folder.parent.glob("**/*.py") if file.is_file())
    return _Group(tuple(sorted(found)))


def _schema(folder: Path) -> _Group:
    """The files of a schema of Prisma, and whether there are migrations for it."""
    files = map(str, sorted(folder.glob("*.prisma")))
    return _Group(tuple(files), (*listed(folder), *listed(folder.parent)))


def _project(place: str, pattern: str) -> _Group:
    """The scripts of a project, what is looked up for each of them, and which others are there, for one may undo
    another."""
    root = Path(place)
    scripts = sorted(root.glob(pattern))
    others = {file for script in scripts for file in _there(str(script.parent), names_of(script.name))}
    for folder in {script.parent for script in scripts}:
        others.update(_looked_up(folder), _evidence(folder).files, programs_among(str(folder)))
    folders, _, _ = pattern.rpartition("/")
    names = tuple(sorted(map(str, root.glob(f"{folders or '.'}/*.sql"))))
    return _Group((*map(str, scripts), *sorted(others)), names)


def _elsewhere(folder: str) -> _Group:
    """The migrations of the same project in other folders."""
    return _Group(steps_elsewhere(folder))


def _looked_up(folder: Path) -> tuple[str, ...]:
    return _there(str(folder), beside())


def _evidence(folder: Path) -> _Group:
    return _Group(tuple(f"{folder}/{name}" for name in listed(folder) if is_evidence(name)))


def _there(folder: str, names: Iterable[str]) -> tuple[str, ...]:
    """The files of these names that are in a folder."""
    paths = (f"{folder}/{name}" for name in sorted(names))
    return tuple(path for path in paths if os.path.isfile(path))  # noqa: PTH113 - `Path` takes five times as long


def _names(folder: Path) -> _Group:
    return _Group((), listed(folder))


def _names_in(folder: str) -> frozenset[str]:
    return frozenset(listed(folder))


def _status(file: str) -> os.stat_result | None:
    try:
        return os.stat(file)  # noqa: PTH116
    except OSError:
        return None


def _digest(file: str) -> bytes:
    try:
        return digest(read_bytes(file)[0])
    except ReadError:
        return b""
