"""Where the tables of a project are made, found from the place of a program, and the settings of Django, which say how
its requests reach them. Only names are looked at here.

All files that may make tables count, be they one schema or several: who asks must be content with what all of them
agree on.
"""

from __future__ import annotations

import os
import re
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from persistlint.discovery import SKIPPED
from persistlint.installed import installed
from persistlint.paths import is_example, is_migration, is_test, is_vendored
from persistlint.records import dataclass
from persistlint.regexes import regex
from persistlint.sql.neighbours import MANIFESTS, project_of

if TYPE_CHECKING:
    from collections.abc import Iterator

_MOST_FOLDERS = 5_000  # a tree with more is not looked at
_FURTHEST = 10  # directories upwards in which a project is looked for that no repository holds
_NEAR = 3  # those in which one is looked for that nothing marks
_MARKS = (*MANIFESTS, "persistlint.toml")
_SEEDS = regex(r"(?:^|/)seed[^/]*/", re.IGNORECASE)
_WHOLE = regex(r"(?:schema|structure|tables|create_tables)\.sql", re.IGNORECASE)
_PATTERNS = {
    ".py": ("python", ("*.py",)),
    **dict.fromkeys((".js", ".ts", ".cjs", ".mjs", ".cts", ".mts"), ("javascript", ("*.[cm][jt]s", "*.[jt]s"))),
}
# Where models are declared, by the habits of their frameworks, and what sets a database up, by its name.
_PROGRAMS = regex(
    r"(?:^|/)(?:models?|entit(?:y|ies)|orm)(?:/(?:[^/]+/)*[^/]+)?\.(?:py|go|[cm]?[jt]s)$"
    r"|[._](?:model|entity)\.[cm]?[jt]s$|\.prisma$"
    r"|(?:^|/)(?:db|database|sqlite|postgres|mysql|connection)/(?:(?:index|main|init|client|__init__|__main__)\.\w+|\w+\.go)$"
    r"|(?:^|[/_.-])(?:db|database|schema|sqlite3?|postgres(?:ql)?|mysql|migrat\w+|upgrade\w*|setup|init|bootstrap|ddl)"
    r"(?:[_.-][\w-]+)?\.(?:py|go|[cm]?[jt]s)$",
    re.IGNORECASE,
)
_SETTINGS = regex(r"(?:^|/)(?:\w+_)?settings(?:/[\w/]+)?\.py$", re.IGNORECASE)  # of Django, by habit
_MOST_PROGRAMS = 2_000  # files
_UNREAD = frozenset({".go", ".rb", ".php", ".java", ".kt", ".cs", ".ex", ".exs", ".rs"})  # programs that nobody reads
_TELLS = regex(
    r"(?:^|[/\\])(?:[VRB]?\d|[a-z_-]+\d+\.)[^/\\]*$"
    r"|(?:schema|structure|tables?|ddl|init|setup|create|install|bootstrap|sql|database|db|model|dump)\w*(?:[/\\]|\.sql$)",
    re.IGNORECASE,
)
_OTHER_SQL = regex(r"\.sql\.(?:[a-z]\w*)$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Source:
    """Files that make tables one after the other: those below a folder whose paths match one of the patterns. Their
    `language` is `sql`, `python`, `prisma`, or `javascript` for TypeScript too. `is_whole` for a file by whose name it
    makes all tables as they are in the end. `is_told` where names say that the database is made by these files: other
    SQL may be notes, queries or repairs."""

    folder: Path
    patterns: tuple[str, ...]
    language: str
    is_whole: bool = False
    is_told: bool = True

    @property
    def is_of_programs(self) -> bool:
        """Whether the files are programs, and not SQL or the schema of a tool."""
        return self.language not in ("sql", "prisma")


@dataclass(frozen=True)
class Tree:
    """What lies below a directory: the folders that have a manifest, what makes tables, the migrations in languages of
    which no framework is known, the programs that may declare models, or change tables by themselves, and Django's
    `settings`. `is_own` is false where the tables are made in another package than the one of the program that asks."""

    packages: frozenset[Path] = frozenset()
    sources: tuple[Source, ...] = ()
    unread: tuple[Path, ...] = ()
    programs: tuple[Path, ...] = ()
    settings: tuple[Path, ...] = ()
    is_own: bool = True

    def around(self, own: frozenset[Path]) -> Tree:
        """The part that a program below the directory belongs to, whose packages are its `own`: what lies in these,
        with the one other package in which tables are made, or else models are declared, where these do it nowhere."""
        for folders in ([source.folder for source in self.sources], [file.parent for file in self.programs]):
            making = {self._package(folder) for folder in folders}
            if len(making) == 1 or own & making:
                found = self._of(own | making if len(making) == 1 else own)
                return replace(found, is_own=bool(own & making))
            if making:
                break
        return self._of(own)

    def _of(self, packages: frozenset[Path]) -> Tree:
        sources = tuple(source for source in self.sources if self._package(source.folder) in packages)
        unread = tuple(file for file in self.unread if self._package(file.parent) in packages)
        programs = tuple(file for file in self.programs if self._package(file.parent) in packages)
        settings = tuple(file for file in self.settings if self._package(file.parent) in packages)
        return Tree(self.packages, sources, unread, programs, settings)

    def _package(self, folder: Path) -> Path:
        return next((around for around in (folder, *folder.parents) if around in self.packages), folder)


def may_make_tables(path: str) -> bool:
    """Whether a file counts among these, by its path with forward slashes."""
    suffix = _suffix(path.rpartition("/")[2])
    return (
        suffix in (".sql", ".prisma")
        or (suffix in _PATTERNS and is_migration(path))
        or _PROGRAMS.search(path) is not None
        or _SETTINGS.search(path) is not None
    )


def root_of(folder: Path) -> Path | None:
    """The directory of the project of the files in one: that of the repository, or else the furthest one with a
    manifest or a configuration of persistlint's, or else a near one with SQL or migrations; None without any."""
    around = [folder, *folder.parents]
    # Every folder of a project asks for it, and `Path` takes five times as long.
    repository = next((folder for folder in around if os.path.exists(f"{folder}/.git")), None)  # noqa: PTH110
    if repository is not None:
        return repository
    marked = (f for f in reversed(around[:_FURTHEST]) if any(os.path.isfile(f"{f}/{name}") for name in _MARKS))  # noqa: PTH113
    home = (Path(os.path.expanduser("~")), Path(folder.anchor))  # noqa: PTH111 - `Path.home` raises where there is none
    return next(marked, next((f for f in around[:_NEAR] if f not in home and _has_schema(f)), None))


def _has_schema(folder: Path) -> bool:
    try:
        return any(file.suffix == ".sql" or is_migration(f"{file.name}/") for file in folder.iterdir())
    except OSError:
        return False


def tree_below(root: Path) -> Tree:
    """What lies below a directory; nothing where that is too much."""
    packages, sources = {root}, dict[Source, None]()
    unread, programs, settings = list[Path](), list[Path](), list[Path]()
    for count, (folder, place, names) in enumerate(_folders(root)):
        if count == _MOST_FOLDERS:
            return Tree()
        ordered = sorted(names)
        if not names.isdisjoint(MANIFESTS) and not is_migration(place):  # there, it says no more than how to load them
            packages.add(folder)
        if not _SEEDS.search(place):
            sources |= dict.fromkeys(_sources(folder, place, names))
            is_of_migrations = is_migration(place)
            unread += (folder / name for name in ordered if _is_unread(name, is_of_migrations=is_of_migrations))
        programs += (folder / name for name in ordered if _PROGRAMS.search(f"{place}{name}"))
        if "settings" in place.lower() or any("settings" in name.lower() for name in ordered):
            settings += (folder / name for name in ordered if _SETTINGS.search(f"{place}{name}"))
    if len(programs) + len(unread) > _MOST_PROGRAMS:
        return Tree()
    return Tree(frozenset(packages), tuple(sources), tuple(unread), tuple(programs), tuple(settings))


def _folders(root: Path) -> Iterator[tuple[Path, str, frozenset[str]]]:
    """The folders below a directory that are part of the product, with their paths below it and the names in them."""
    above = len(str(root).rstrip(os.sep))
    for current, folders, names in os.walk(root):
        below = current[above:].strip(os.sep).replace(os.sep, "/")
        place = below and f"{below}/"
        brought = installed(Path(current), folders)
        folders[:] = sorted(name for name in folders if name not in brought and _is_product(f"{place}{name}/", name))
        yield Path(current), place, frozenset(names) - brought


def _is_product(place: str, name: str) -> bool:
    is_other = name.startswith(".") or name in SKIPPED
    return not is_other and not is_test(place) and not is_vendored(place) and not is_example(place)


def _sources(folder: Path, place: str, names: frozenset[str]) -> Iterator[Source]:
    """What the files of a folder make tables with: any SQL, and the programs in a folder of migrations."""
    is_of_migrations = is_migration(place)
    for name in sorted(names):
        suffix = _suffix(name)
        if suffix == ".sql" and _WHOLE.fullmatch(name):
            yield Source(folder, (name,), "sql", is_whole=True)
        elif suffix == ".prisma":
            yield Source(folder, ("*.prisma",), "prisma", is_whole=True)
        elif suffix == ".sql":
            root, pattern = project_of(str(folder / name))
            is_told = is_of_migrations or _TELLS.search(f"{place}{name}") is not None
            yield Source(Path(root), (pattern,), "sql", is_told=is_told)
        elif suffix in _PATTERNS and is_of_migrations:
            language, patterns = _PATTERNS[suffix]
            yield Source(folder, patterns, language)


def _is_unread(name: str, *, is_of_migrations: bool) -> bool:
    """Whether a file makes tables in a way that nobody reads: `delta.sql.postgres`, which is SQL for one of several
    databases or a template of it, and migrations in other languages."""
    is_program = is_of_migrations and _suffix(name) in _UNREAD and not is_test(name)
    return is_program or (".sql." in name.lower() and _OTHER_SQL.search(name) is not None)


def _suffix(name: str) -> str:
    stem, dot, suffix = name.rpartition(".")
    return f"{dot}{suffix.lower()}" if stem else ""
