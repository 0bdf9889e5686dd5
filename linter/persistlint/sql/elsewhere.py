"""The other folders of a project whose migrations lie in several: which tables they change."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

from persistlint.moments import moment
from persistlint.records import dataclass
from persistlint.regexes import regex
from persistlint.sql.neighbours import steps_elsewhere
from persistlint.sql.unseen import altered_in
from persistlint.sql.usual import read_file

_BACK = regex(r"\.down\.sql$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """The paths of the `steps` in other folders, and the names of the tables in small letters that they change."""

    steps: tuple[str, ...] = ()
    changed: frozenset[str] = frozenset()

    @property
    def goes_back(self) -> bool:
        """Whether something undoes one of the steps."""
        return any(map(_BACK.search, self.steps))


def elsewhere(path: str) -> Elsewhere:
    """What is known of the folders beside the one of a script that is named after a moment."""
    return _beside(str(Path(path).parent), moment())


@lru_cache(maxsize=64)
def _beside(folder: str, moment: int) -> Elsewhere:
    """The same, looked up anew in every other moment."""
    steps = steps_elsewhere(folder)
    return Elsewhere(steps, frozenset(name for step in steps for name in _changed(step, moment)))


@lru_cache(maxsize=4096)
def _changed(path: str, moment: int) -> frozenset[str]:
    return altered_in(read_file(path).decode("utf-8", "replace"))
