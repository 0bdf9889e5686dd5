"""Which files around a SQL file its reading may look at. Nothing is read here, so that to ask costs little."""

from __future__ import annotations

import os
import re
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from persistlint.regexes import regex
from persistlint.tables import read_table

ONE_PER_FOLDER = frozenset({"up.sql", "migration.sql"})
VERSION = regex(r"v?\d+(?:[._]\d+)*", re.IGNORECASE)  # of a folder
MANIFESTS = (
    "package.json",
    "go.mod",
    "Cargo.toml",
    "pyproject.toml",
    "requirements.txt",
    "pom.xml",
    "build.gradle",
    "build.gradle.kts",
    "mix.exs",
    "Gemfile",
    "composer.json",
)
# What shows that a folder is part of a program as well, though it says nothing of its packages.
PROJECTS = (*MANIFESTS, "setup.py", "build.sbt", "global.json", "Directory.Build.props", "nuget.config", "project.clj")
_SOLUTIONS = (".csproj", ".fsproj", ".vbproj", ".sqlproj", ".sln", ".slnx")
_FURTHEST = 24  # as the packages of Java are deep: directories upwards in which files of the project are looked for
# `1_users.postgres.up.sql` beside `1_users.mysql.up.sql`: pop takes those of the database that it runs on, and
# `1_users.up.sql` where there is none.
# The name of a script without a number also says it at its end or its beginning: `schema-mysql.sql`, `h2_tables.sql`.
_NAMES = (
    r"(postgres(?:ql)?|pgsql|pg|cockroach(?:db)?|mysql|mariadb|tidb|sqlite3?|mssql|sqlserver|oracle(?:\d+\w?)?|db2\w*|derby"
    r"|h2|hsql(?:db)?|sybase|hana|sqlf|informix|firebird|redshift|snowflake|clickhouse|duckdb|exasol|vertica|teradata)"
)
_DATABASE = regex(rf"\.{_NAMES}()(?=\.)", re.IGNORECASE)
_DATABASE_AT_END = regex(rf"[._-]{_NAMES}(?=\.sql$)|(?:^|(?<=/)){_NAMES}[._-](?=[^/]*$)", re.IGNORECASE)
_NUMBERED = regex(r"[VRUB]?\d", re.IGNORECASE)
_OF_MIGRATIONS = regex(r"(?:\w+[_-])?migrations?", re.IGNORECASE)  # a folder
_OF_DATABASE = regex(
    r"(?:\w+[_-])?(?:postgres(?:ql)?|pg|cockroach(?:db)?|mysql|mariadb|tidb|sqlite3?|mssql|sqlserver|oracle|clickhouse"
    r"|duckdb|spanner|test\w*|seeds?|down|rollbacks?|archived?|old)",
    re.IGNORECASE,
)
_PROGRAM = regex(r"^\d{3,}[_-].*\.(?:go|py|rb|php|java|kt|fizz|[cm]?[jt]s)$|^V\d+__\w+\.(?:java|kt)$")  # a migration
_MOMENT = regex(r"\d{12,}[_-].*\.sql$", re.IGNORECASE)
_MOST_LEVELS = 3  # of folders
_MOST_FOLDERS = 20  # in one
_DOWN = "down.sql"  # how a script ends that undoes the one which ends with `up.sql`


def absolute(path: str) -> str:
    """A path from the root, as `Path.absolute` gives it; every script asks, and that takes ten times as long."""
    folder, name = os.path.split(path)
    return os.path.join(_absolute(folder, os.getcwd()), name)  # noqa: PTH109, PTH118


@lru_cache(maxsize=64)
def _absolute(folder: str, here: str) -> str:
    return str(Path(here, folder))


def project_of(path: str) -> tuple[str, str]:
    """Where the files of the project of a file are: a folder, and a pattern for `Path.glob` there."""
    folder, name = os.path.split(path)
    above, own = os.path.split(folder)
    forward = undone_by(name)
    if forward.lower() in ONE_PER_FOLDER:
        return above, f"*/{forward}"
    if VERSION.fullmatch(own):
        return above, "*/*.sql"
    return folder, "*.sql"


def database_named(path: str) -> str:
    """The database that a file is for, as a part of its name says; "" where it says nothing of it."""
    found = _database_in(path)
    return (found[1] or found[2]).lower() if found is not None else ""


def of_all_databases(path: str) -> str:
    """A path without the database in its name."""
    found = _database_in(path)
    return path[: found.start()] + path[found.end() :] if found is not None else path


def _database_in(path: str) -> re.Match[str] | None:
    """Where the name of a script says for which database it is."""
    start = path.rfind("/") + 1
    if found := _DATABASE.search(path, start):
        return found
    return None if _NUMBERED.match(path, start) else _DATABASE_AT_END.search(path, start)


def step_named(path: str) -> str:
    """What the name of a script begins with, whatever database it is for and whichever way it goes."""
    path = of_all_databases(path)
    return path[: path.find(".", path.rfind("/") + 1)]


def undone_by(path: str) -> str:
    """The script that a file undoes, by its name; the file itself where its name says nothing of it."""
    end = len(path) - len(_DOWN)
    return f"{path[:end]}up{path[-4:]}" if path[end:].lower() == _DOWN else path


def beside() -> set[str]:
    """The names of the files near the scripts of a folder that may say how they are run, and on which database."""
    return {name for name in _names_beside() if "{file}" not in name}


def names_of(script: str) -> set[str]:
    """The names of the files that may say it beside a script of this name, of that script alone."""
    return {name.format(file=script) for name in _names_of_one()}


@cache
def _names_beside() -> frozenset[str]:
    names = {name for entry in table() for key in ("beside", "dialect") for name in entry.get(key, ())}
    return frozenset(names.union(entry["listed"] for entry in table() if "listed" in entry))


@cache
def _names_of_one() -> tuple[str, ...]:
    return tuple(name for name in _names_beside() if "{file}" in name)


def steps_elsewhere(folder: str) -> tuple[str, ...]:
    """The paths of scripts that are named after moments, in other folders below the one of all migrations that a folder
    is in, where its own are named so too: one program may run those of all in the order of their moments. Those of a
    folder for each database are run on one of them alone."""
    place = Path(folder)
    above = [around for around in place.parents[:_MOST_LEVELS] if _OF_MIGRATIONS.fullmatch(around.name)]
    if not above or not any(map(_MOMENT.match, listed(folder))):
        return ()
    found: list[str] = []
    for current, folders, names in os.walk(above[-1]):
        depth = len(Path(current).relative_to(above[-1]).parts)
        folders[:] = sorted(name for name in folders if not _OF_DATABASE.fullmatch(name))[:_MOST_FOLDERS]
        if depth == _MOST_LEVELS:
            folders.clear()
        if Path(current) != place:
            found += (f"{current}/{name}" for name in sorted(names) if _MOMENT.match(name))
    return tuple(found)


def programs_among(folder: str) -> tuple[str, ...]:
    """The paths of the migrations in other languages than SQL that stand in a folder."""
    return tuple(f"{folder}/{name}" for name in listed(folder) if _PROGRAM.search(name))


def is_project(name: str) -> bool:
    """Whether a file of this name shows that a program is made in its folder, or in those below."""
    return name in PROJECTS or name.endswith(_SOLUTIONS)


def is_evidence(name: str) -> bool:
    """Whether a file of this name may say, in the directories around a script, what runs it, and on which database."""
    return name in _evidence() or is_project(name) or manifest_named(name) is not None


@cache
def _evidence() -> frozenset[str]:
    return frozenset(name for entry in table() for name in entry.get("evidence", ()))


def manifest_named(name: str) -> int | None:
    """The place in `manifests` of what is known of files of this name; None where they tell no dialect."""
    found = _names_of_manifests().fullmatch(name)
    return found.lastindex - 1 if found is not None and found.lastindex else None


@cache
def _names_of_manifests() -> re.Pattern[str]:
    return re.compile("|".join(f"({manifest['names']})" for manifest in manifests()), re.IGNORECASE)


def upwards(directory: Path) -> list[Path]:
    """The directories around, up to the root of the repository."""
    found = []
    for folder in (directory, *directory.parents)[:_FURTHEST]:
        found.append(folder)
        if os.path.exists(f"{folder}/.git"):  # noqa: PTH110 - `Path` takes five times as long
            break
    return found


def listed(folder: str | Path) -> tuple[str, ...]:
    """The names in a directory, in order; none where it cannot be read."""
    try:
        return tuple(sorted(os.listdir(folder)))  # noqa: PTH208 - `Path` takes five times as long
    except OSError:
        return ()


@cache
def manifests() -> list[dict[str, Any]]:
    """The entries of `manifests.toml`."""
    entries: list[dict[str, Any]] = table_of_manifests()["manifest"]
    return entries


@cache
def table_of_manifests() -> dict[str, Any]:
    """All of `manifests.toml`."""
    return read_table(Path(__file__).with_name("manifests.toml"))


@cache
def table() -> list[dict[str, Any]]:
    """The entries of `runners.toml`."""
    entries: list[dict[str, Any]] = read_table(Path(__file__).with_name("runners.toml"))["runner"]
    return entries
