"""What else migrates the database of a project: its other folders, and programs among its scripts. Nobody runs them, so
all that is known is which tables they change."""

from __future__ import annotations

import os
import re
from functools import lru_cache
from pathlib import Path

from persistlint.moments import moment
from persistlint.records import dataclass
from persistlint.regexes import regex
from persistlint.sql.neighbours import programs_among, steps_elsewhere
from persistlint.sql.unseen import altered_in
from persistlint.sql.usual import read_file

_BACK = regex(r"\.down\.sql$", re.IGNORECASE)
_WORD = regex(r"[a-z_]\w*")
_ALL_TABLES = frozenset(["information_schema", "pg_tables", "pg_class", "sqlite_master", "gettables", "tables"])
_MOST_PROGRAMS = 500


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """The paths of the `steps` in other folders and of `programs`, and the names of the tables in small letters that
    they may change; None where it may be any."""

    steps: tuple[str, ...] = ()
    programs: tuple[str, ...] = ()
    changed: frozenset[str] | None = frozenset()

    @property
    def goes_back(self) -> bool:
        """Whether something undoes one of the steps."""
        return any(map(_BACK.search, self.steps))


def elsewhere(path: str, *, is_whole: bool) -> Elsewhere:
    """What is known of the programs beside a script, and of the folders beside its own, where that `is_whole` project
    of itself."""
    return _beside(str(Path(path).parent), is_whole, moment())


@lru_cache(maxsize=64)
def _beside(folder: str, is_whole: bool, moment: int) -> Elsewhere:
    """The same, looked up anew in every other moment."""
    steps = steps_elsewhere(folder) if is_whole else ()
    programs = programs_among(folder)
    words = _words(programs, moment)
    changed = frozenset(name for step in steps for name in _changed(step, moment))
    return Elsewhere(steps, programs, changed | words if words is not None else None)


@lru_cache(maxsize=4096)
def _changed(path: str, moment: int) -> frozenset[str]:
    return altered_in(_text(path))


def _words(programs: tuple[str, ...], moment: int) -> frozenset[str] | None:
    """The words in programs: the name of a table that one of them changes is among them, unless it asks the database
    for it."""
    if len(programs) > _MOST_PROGRAMS:
        return None
    words = frozenset[str]().union(*(_words_of(path, moment) for path in programs))
    return words if words.isdisjoint(_ALL_TABLES) else None


@lru_cache(maxsize=4096)
def _words_of(path: str, moment: int) -> frozenset[str]:
    return frozenset(_WORD.findall(_text(path).lower()))


def _text(path: str) -> str:
    return read_file(path).decode("utf-8", "replace") if os.path.isfile(path) else ""  # noqa: PTH113
