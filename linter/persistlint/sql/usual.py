"""In which dialect the files of a folder are written: what most of them tell, and what the project around them does."""

from __future__ import annotations

from collections import Counter
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from persistlint.records import dataclass
from persistlint.sql.listing import Signature
from persistlint.sql.manifests import dialect_of_project
from persistlint.sql.readers import SqlReader

if TYPE_CHECKING:
    from persistlint.sql.readers import Reader

_SAMPLE = 30  # files of a folder that are asked for its dialect


@dataclass(frozen=True, slots=True)
class Told:
    """The dialect that two thirds of some files tell; `is_common` where none of them tells another, `is_silent` where
    none tells any."""

    dialect: str | None
    is_common: bool
    is_silent: bool


@lru_cache(maxsize=64)
def usual_dialect(files: Signature, reader: Reader) -> Told:
    """The dialect of a folder, from a sample of its files; from all of them where programs run on each of the databases
    that two of them tell."""
    is_sql = isinstance(reader, SqlReader)
    sample = files[:: len(files) // _SAMPLE + 1 if is_sql else 1] if len(files) > 1 else Signature()
    found = Counter(reader.dialect(path, read_file(path)) for path, _, _ in sample)
    del found[None]
    usual = max(found, key=lambda dialect: found[dialect], default=None)
    is_clear = len(found) == 1 or (is_sql and 3 * found[usual] >= 2 * found.total())
    return Told(usual if is_clear else None, len(found) == 1, not found)


def around(files: Signature, told: Told, reader: Reader) -> str | None:
    """What the project tells of SQL files that tell nothing. Programs are asked one by one, with all that they say."""
    is_asked = told.is_silent and isinstance(reader, SqlReader)
    return dialect_of_project(Path(files[0][0]).parent) if is_asked else None


def read_file(path: str) -> bytes:
    """What a file holds, nothing where it cannot be read."""
    try:
        with open(path, "rb", buffering=0) as stream:  # a `Path` takes longer to make than a file to read
            return stream.readall()
    except OSError:
        return b""
