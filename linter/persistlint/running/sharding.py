"""Sharing the files of one run among machines that know nothing of each other."""

from __future__ import annotations

import os
from pathlib import Path
from zlib import crc32

from persistlint.languages import language_of
from persistlint.records import dataclass


@dataclass(frozen=True)
class Shard:
    """The share `number` of `count`, from 1. A file stays in its share whatever other files come and go, so that a
    cache of the share stays good."""

    number: int
    count: int

    def has(self, path: Path) -> bool:
        """Whether a file, named as the run names it, is in this share. The files of a SQL project stay together, for to
        read one of them is to read all."""
        if language_of(path.as_posix()) == "sql":
            from persistlint.sql.neighbours import project_of

            path = Path(project_of(str(path))[0])
        return crc32(os.fsencode(path.as_posix())) % self.count == self.number - 1
