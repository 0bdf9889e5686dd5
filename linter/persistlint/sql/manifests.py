"""Which database the SQL of a project is for, as far as the files around it tell: the configuration of what runs it,
the drivers that the project has, the databases that it is started with. `manifests.toml` says what to look for."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from persistlint.heads import head_of
from persistlint.moments import moment
from persistlint.sql.neighbours import listed, manifest_named, manifests, table_of_manifests, upwards

_LARGEST = 1_000_000  # bytes of such a file that are read
_RANKS = 3  # of the table: tools, drivers, services
_NOTHING: frozenset[str] = frozenset()
# A project that has one beside another database keeps its tables in the other, and reports in this one.
_WAREHOUSES = frozenset({"duckdb", "clickhouse", "snowflake", "bigquery", "redshift"})
_FLAGS = re.IGNORECASE | re.MULTILINE
_OF_MODULE = "go.mod"
_INDIRECT = re.compile(r"^[^\n]*// indirect$", re.MULTILINE)


def dialect_of_project(directory: Path, *, of_programs: bool = False) -> str | None:
    """The dialect of the SQL in a directory, by sqlglot's name; None where the files around it tell none, or several: a
    configuration that names one database says little beside drivers for two, for its SQL may run on both. `of_programs`
    where the SQL is that of programs which make tables: they run where their configuration says, on no warehouse."""
    tool, drivers, service = _told_around(directory, moment())
    of_one = tool or drivers - _WAREHOUSES or service - _WAREHOUSES
    found = of_one if of_programs else tool | drivers or service
    return next(iter(found)) if len(found) == 1 else None


def dialects_of_module(path: str) -> frozenset[str]:
    """The dialects of all drivers that the module of Go has in which a file is; none for a file that is not on disk.
    What another module alone requires counts where nothing else tells."""
    text = text_of_module(path)
    return dialects_named(_OF_MODULE, _INDIRECT.sub("", text)) or dialects_named(_OF_MODULE, text)


def modules_of(path: str) -> frozenset[str]:
    """The modules that the module of Go requires in which a file is, without the `/v5` of a major version."""
    manifest = manifest_named(_OF_MODULE)
    return frozenset(_patterns(manifest)[0].findall(text_of_module(path))) if manifest is not None else _NOTHING


def text_of_module(path: str) -> str:
    """The manifest of the module of Go in which a file is; "" for a file that is in none, or not on disk."""
    file = Path(path).absolute()
    return _of_module(file.parent, moment()) if file.is_file() else ""


def dialects_named(name: str, text: str) -> frozenset[str]:
    """The dialects that a file tells by its name and its text."""
    manifest = manifest_named(name)
    return _told(manifest, text) if manifest is not None else _NOTHING


def dialects_above(folder: Path, names: tuple[str, ...]) -> tuple[frozenset[str], tuple[str, ...]]:
    """The dialects that the nearest files of these names tell, each a path from the folder or one above it; and the
    paths that decided this, be a file there or not."""
    return _above(folder, names, moment())


def meaning(word: str) -> str | None:
    """The dialect that tools call so."""
    return _by_word(None).get(_plain(word))


@lru_cache(maxsize=256)
def _of_module(directory: Path, moment: int) -> str:
    """The text of the nearest manifest of a module."""
    folder = next((folder for folder in upwards(directory) if _OF_MODULE in listed(folder)), None)
    return head_of(folder / _OF_MODULE, _LARGEST) if folder is not None else ""


@lru_cache(maxsize=256)
def _above(folder: Path, names: tuple[str, ...], moment: int) -> tuple[frozenset[str], tuple[str, ...]]:
    seen: list[str] = []
    for directory in upwards(folder):
        files = [directory / name for name in names]
        seen += map(str, files)
        told = _NOTHING.union(*(dialects_named(file.name, head_of(file, _LARGEST)) for file in files))
        if told:
            return told, tuple(seen)
    return _NOTHING, tuple(seen)


@lru_cache(maxsize=256)
def _told_around(directory: Path, moment: int) -> tuple[frozenset[str], ...]:
    """What the nearest directory tells that tells anything, for each rank of files."""
    found = [_NOTHING] * _RANKS
    for folder in upwards(directory):
        told = [_NOTHING] * _RANKS
        for name in listed(folder):
            manifest = manifest_named(name)
            if manifest is not None:
                told[manifests()[manifest]["rank"] - 1] |= _told(manifest, head_of(folder / name, _LARGEST))
        found = [nearest or further for nearest, further in zip(found, told, strict=True)]
    return tuple(found)


def _told(manifest: int, text: str) -> frozenset[str]:
    """The dialects that the words of a text mean, in a file of an entry of the table."""
    word, ignored = _patterns(manifest)
    counted = ignored.sub("", text) if ignored is not None else text
    means = _by_word(manifest)
    return frozenset(means[found] for found in map(_plain, word.findall(counted)) if found in means)


def _plain(word: str) -> str:
    return word.lower().replace("_", "-")


@cache
def _patterns(manifest: int) -> tuple[re.Pattern[str], re.Pattern[str] | None]:
    entry = manifests()[manifest]
    ignored = entry.get("ignored")
    return re.compile(entry["word"], _FLAGS), re.compile(ignored, _FLAGS) if ignored else None


@cache
def _by_word(manifest: int | None) -> dict[str, str]:
    """The dialects by the words that mean them, in the files of an entry, or None for most of them."""
    entry: dict[str, Any] = manifests()[manifest] if manifest is not None else {}
    return {
        word: dialect for dialect, words in entry.get("means", table_of_manifests()["means"]).items() for word in words
    }
