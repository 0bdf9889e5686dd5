"""Which database a library sends its SQL to that works with several, by the files that the project keeps for it: the
schema of Prisma, or the drivers in `package.json`."""

from __future__ import annotations

import os
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from persistlint.records import dataclass
from persistlint.sql.manifests import dialects_above
from persistlint.sql.neighbours import absolute

if TYPE_CHECKING:
    from persistlint.libraries import Library


@dataclass(frozen=True)
class Configured:
    """The dialect that the nearest files tell, None where they tell none or several. `seen` are the paths that decided
    this, be a file there or not."""

    dialect: str | None
    seen: tuple[str, ...]


def configured(library: Library, path: str) -> Configured:
    """What the files of a library tell a program at a path; nothing for one that is not on disk."""
    if not library.told_by or not os.path.isfile(path):  # noqa: PTH113 - as elsewhere, `Path` takes five times as long
        return Configured(None, ())
    told, seen = dialects_above(Path(absolute(path)).parent, library.told_by)
    return Configured(next(iter(told)) if len(told) == 1 else None, seen)


@lru_cache(maxsize=16)
def with_dialect(library: Library, dialect: str) -> Library:
    """The same library where it works with one database."""
    return replace(library, dialect=dialect)
