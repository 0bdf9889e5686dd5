"""Whose results a change of other files touches, for those who keep results: `--watch` and the language server."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from persistlint.records import dataclass
from persistlint.schema_files import may_make_tables
from persistlint.surroundings import modules_of

if TYPE_CHECKING:
    from collections.abc import Collection


@dataclass(frozen=True)
class Changed:
    """Files that changed, came or went together, by their absolute paths."""

    files: frozenset[Path]

    @cached_property
    def is_of_tables(self) -> bool:
        """Whether one of them may make tables, which any file that depends on others may depend on."""
        return any(may_make_tables(file.as_posix()) for file in self.files)

    def concerns(self, path: Path, consulted: Collection[str]) -> bool:
        """Whether what is said of another file may be another thing now; `consulted` are the marks of its report."""
        depends_on_tables = bool(consulted) or may_make_tables(path.as_posix())
        return (self.is_of_tables and depends_on_tables) or not self.files.isdisjoint(map(Path, modules_of(consulted)))
