"""Migrations that are written in a program, read to the same facts that SQL files give.

A framework has a table of its operations (`<framework>.toml`), which says what SQL each of them comes to, and a module
that finds them in the program. That SQL is replayed like that of a file (`sql/replay`), so that no rule knows what a
migration was written in.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from persistlint.analysis.migrations.evidence import dialect_told
from persistlint.analysis.revisions import declared_in, in_order, is_run
from persistlint.languages import language_of, read
from persistlint.memory import Memory
from persistlint.paths import is_test
from persistlint.reading import digest
from persistlint.records import dataclass
from persistlint.schema.catalog import Catalog
from persistlint.source import SourceFile
from persistlint.sql.project import dialect_of, read_in_project
from persistlint.sql.readers import DIALECTS
from persistlint.sql.steps import is_first

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator

    from persistlint.analysis.migrations.steps import Migration
    from persistlint.facts import Fact
    from persistlint.languages import Syntax
    from persistlint.schema.script import Script
    from persistlint.settings import ProjectNames

_PATTERNS = {"python": ("*.py",)}
_OF_SCRIPTS = ("*.js", "*.ts", "*.cjs", "*.mjs", "*.cts", "*.mts")
# Whether programs are migrations, from their texts: those of a project are read together, before each of them is asked.
_ARE: Memory[bool] = Memory(most=5_000)


def facts(syntax: Syntax, names: ProjectNames) -> Iterator[Fact]:
    """The migration that a program is; nothing for any other, for tests, and for a dialect whose DDL is not known."""
    source = syntax.source
    if is_test(source.path) or not _ARE.get(_key(source), lambda: migration_of(syntax, None) is not None):
        return
    if source.language == "python" and not is_run(Path(source.path).absolute()):
        return
    reader = ProgramReader(source.language)
    dialect = source.dialect or dialect_of(source.path, source.content, reader)
    if dialect not in DIALECTS:
        return
    is_configured = source.dialect is not None
    script = read_in_project(source.path, source.content, DIALECTS[dialect], is_configured=is_configured, reader=reader)
    if script is not None:
        yield script


def migration_of(syntax: Syntax, dialect: str | None) -> Migration | None:
    """The migration that a file is; None for any other program."""
    if syntax.source.language == "python":  # no program pays for the frameworks of another language
        from persistlint.analysis.migrations import scripts_py

        return scripts_py.migration_of(syntax, dialect)
    from persistlint.analysis.migrations import scripts_js

    return scripts_js.migration_of(syntax, dialect)


def _key(source: SourceFile) -> Hashable:
    return source.language, digest(source.content)


@dataclass(frozen=True)
class ProgramReader:
    """Reads migrations in the programs of one language."""

    language: str

    def read(
        self, path: str, content: bytes, dialect: str | None, known: Catalog | None = None, undoes: Script | None = None
    ) -> Script | None:
        """As `sql.readers.Reader` says; a program undoes itself."""
        source = SourceFile(path, content, language_of(path) or self.language)
        migration = migration_of(read(source), dialect)
        _ARE.keep(_key(source), migration is not None)
        return migration.script(path, dialect, known or Catalog()) if migration is not None else None

    def dialect(self, path: str, content: bytes) -> str | None:
        """The dialect that a file tells, or else the project around it."""
        return dialect_told(path, content)

    def folder(self, path: str) -> tuple[str, tuple[str, ...]]:
        """The files beside it."""
        return str(Path(path).parent), _PATTERNS.get(self.language, _OF_SCRIPTS)

    def ordered(self, paths: tuple[str, ...]) -> tuple[str, ...]:
        """The revisions of Alembic say themselves what each comes after. The runners of JavaScript compare names letter
        by letter: `2016060810_a` comes before `20170104_b`."""
        return in_order(paths) if self.language == "python" else tuple(sorted(paths))

    def begins(self, path: str) -> bool:
        """Whether a name says that it is the first, or a revision comes after no other. An application of Django's is
        not alone: its tables refer to those of others."""
        if self.language != "python":
            return is_first(path)
        revision = declared_in(path)
        return revision is not None and not revision.after
