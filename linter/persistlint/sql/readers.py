"""How the files of a project are read: SQL here, programs and schemas of Prisma where they are understood."""

from __future__ import annotations

from collections.abc import Hashable
from typing import TYPE_CHECKING, Protocol

from persistlint.records import dataclass
from persistlint.sql.dialect import guess
from persistlint.sql.neighbours import project_of
from persistlint.sql.plans import in_plan
from persistlint.sql.runners import recorded_dialect
from persistlint.sql.script import read_script
from persistlint.sql.steps import is_first

if TYPE_CHECKING:
    from persistlint.schema.catalog import Catalog
    from persistlint.schema.script import Script

# What the reading of DDL knows. A statement of T-SQL need not end, and Oracle has no DDL in transactions at all.
DIALECTS = {None: None, "postgres": "postgres", "mysql": "mysql", "sqlite": "sqlite", "mariadb": "mysql"}
_HEAD = 50_000  # bytes from which a dialect is guessed


class Reader(Hashable, Protocol):
    """How migrations of one kind are read: a value that can be compared and hashed."""

    def read(
        self, path: str, content: bytes, dialect: str | None, known: Catalog | None = None, undoes: Script | None = None
    ) -> Script | None:
        """The script that a file is; None for one that is none. `known` and `undoes` as in `sql.script.read_script`."""

    def dialect(self, path: str, content: bytes) -> str | None:
        """The dialect that a file tells."""

    def folder(self, path: str) -> tuple[str, tuple[str, ...]]:
        """Where the files of the project of a file are: a folder, and patterns of their paths below it."""

    def ordered(self, paths: tuple[str, ...]) -> tuple[str, ...]:
        """Paths that are in the order of their names, in the order in which they are run."""

    def begins(self, path: str) -> bool:
        """Whether a file is the first of its project, so that all tables of the project are made in it."""


@dataclass(frozen=True)
class SqlReader:
    """Reads SQL files."""

    def read(
        self, path: str, content: bytes, dialect: str | None, known: Catalog | None = None, undoes: Script | None = None
    ) -> Script:
        return read_script(path, content, dialect, known, undoes)

    def dialect(self, path: str, content: bytes) -> str | None:
        return recorded_dialect(path) or guess(path, content[:_HEAD].decode("utf-8", "replace"))

    def folder(self, path: str) -> tuple[str, tuple[str, ...]]:
        root, pattern = project_of(path)
        return root, (pattern,)

    def ordered(self, paths: tuple[str, ...]) -> tuple[str, ...]:
        return in_plan(paths)

    def begins(self, path: str) -> bool:
        return is_first(path)


SQL = SqlReader()
