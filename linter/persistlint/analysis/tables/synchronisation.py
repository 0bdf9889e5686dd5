"""Calls and settings that bring a database in line with the models of a program, past its migrations."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from persistlint.analysis.names import last_name
from persistlint.analysis.scopes import scopes
from persistlint.facts import Consulted, Synchronisation
from persistlint.ir import (
    Assign,
    Attribute,
    Call,
    Constant,
    If,
    Mapping,
    String,
    With,
    expressions_in,
)
from persistlint.paths import is_example, is_migration, is_test
from persistlint.patterns import any_in
from persistlint.regexes import regex
from persistlint.source import Range
from persistlint.sql.neighbours import upwards

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from persistlint.facts import Fact
    from persistlint.ir import Expression, Statement
    from persistlint.languages import Syntax
    from persistlint.settings import ProjectNames
    from persistlint.source import SourceFile

_CANDIDATES = regex(rb"\.sync\s*\(|\bsynchronize\s*:\s*true\b|\bcreate_all\s*\(|\bAutoMigrate\s*\(")
_STAMP = regex(rb"(?<![a-z])stamp\w*\s*\(")  # `command.stamp(…)`, `stamp_head()`
_MARKS = (b".sync", b"synchronize", b"create_all", b"AutoMigrate")  # no candidate is without one
_HANDLE = regex(r"sequelize", re.IGNORECASE)
# A test that keeps it away from where it does harm.
_CONFINED = regex(r"NODE_ENV|\bdev|test|debug|memory|local|sqlite", re.IGNORECASE)
_OF_TESTS = regex(r"test_(?:client|request_context|cli_runner)\b")
_OF_DEVELOPERS = regex(r"(?:dev|[dD]evelopment|DEV|test|TEST|local|LOCAL)(?![a-z])")
_IN_MEMORY = regex(r":memory:|\bsqljs\b")
_DATABASES = frozenset(
    {"postgres", "mysql", "mariadb", "mssql", "oracle", "sqlite", "better-sqlite3", "cockroachdb", "aurora-postgres"}
)
# Where migrations lie, below a directory around the file, and what one of them is called.
_PLACES = tuple(
    f"{before}{name}"
    for before in ("", "src/", "db/", "database/", "src/db/", "src/database/", "server/", "server/db/", "internal/db/")
    for name in ("migrations", "migration", "alembic/versions", "migrations/versions")
)
_MIGRATION = regex(r"^[Vv]?\d.*\.(?:sql|py|js|ts|cjs|mjs|go)$")
_REVISION = regex(r"^[^_].*\.py$")
_OF_DJANGO = regex(rb"^(?:from|import)[ \t]+django\b", re.MULTILINE)


def facts(syntax: Syntax, names: ProjectNames) -> Iterator[Fact]:
    """The synchronisations of a file; nothing for tests, examples and migrations."""
    candidates = _candidates(syntax.source)
    if not candidates:
        return
    from persistlint.analysis.tables.catalogs import mark_around  # only who looks for migrations pays for it

    mark = mark_around(syntax.source)
    if mark:
        yield Consulted(Range(0, 0), mark)
    reading = _Reading(syntax, mark)
    for scope in scopes(syntax.lower(), candidates):
        confined = [statement.range for statement in scope.statements if _is_confined(statement, syntax.source)]
        told: set[str] = set()  # a call for each model is one decision
        for found in reading.within(scope.statements):
            if (found.changes or found.library not in told) and not any(found.range in place for place in confined):
                told.add(found.library)
                yield found


def may_have(source: SourceFile, names: ProjectNames) -> bool:
    """Whether a file can hold a synchronisation."""
    return _candidates(source) != []


def _candidates(source: SourceFile) -> list[Range]:
    path, content = source.path, source.content
    if not any_in(_MARKS, content) or is_test(path) or is_example(path) or is_migration(path):
        return []
    return [Range(*match.span()) for match in _CANDIDATES.finditer(content)]


def _is_confined(statement: Statement, source: SourceFile) -> bool:
    """Whether a test, or the name of the variable that it is put into, keeps a part of the program from production."""
    if isinstance(statement, If):
        return _CONFINED.search(source.text(statement.test.range)) is not None
    if isinstance(statement, With):
        return _OF_TESTS.search(source.text(statement.context.range)) is not None
    return isinstance(statement, Assign) and _OF_DEVELOPERS.match(last_name(statement.target)) is not None


class _Reading:
    """Reads the expressions of one file, among files of its project that `mark` tells from any other state of them."""

    def __init__(self, syntax: Syntax, mark: str) -> None:
        from persistlint.analysis.migrations.values import Values  # few files synchronise anything

        self.source, self.mark = syntax.source, mark
        self.values = Values(syntax.source.content)
        self.values.learn(syntax.lower().body)
        # Alembic's way to make a new database: all tables at once, which counts as all migrations.
        self.is_stamped = _STAMP.search(self.source.content) is not None

    def within(self, statements: Iterable[Statement]) -> Iterator[Synchronisation]:
        """The synchronisations in the expressions of some statements."""
        nodes = expressions_in(*statements)
        yield from filter(None, map(self.found, nodes))

    def found(self, node: Expression) -> Synchronisation | None:
        """The synchronisation that an expression is."""
        if isinstance(node, Mapping):
            return self._setting(node)
        if not isinstance(node, Call) or not isinstance(node.function, Attribute):
            return None
        name, receiver = node.function.name, node.function.value
        if self.source.language == "go":
            return self._made(node, "GORM") if name == "AutoMigrate" else None
        if self.source.language == "python":
            is_of_models = name == "create_all" and last_name(receiver) in ("metadata", "db", "Base")
            return self._made(node, "SQLAlchemy") if is_of_models and not self.is_stamped else None
        if name != "sync" or not _HANDLE.search(last_name(receiver)):
            return None
        options = node.arguments[0].value if node.arguments else None
        changes = any(self.values.is_true(self.values.entry(options, key)) for key in ("force", "alter"))
        return self._made(node, "Sequelize", changes=changes)

    def _setting(self, node: Mapping) -> Synchronisation | None:
        """`synchronize: true` of TypeORM, in the options of a data source."""
        entries = {entry.key.value: entry for entry in node.entries if isinstance(entry.key, String)}
        setting, of_type = entries.get("synchronize"), entries.get("type")
        if setting is None or of_type is None or self.values.text(of_type.value) not in _DATABASES:
            return None
        is_on = isinstance(setting.value, Constant) and setting.value.value is True
        if not is_on or _IN_MEMORY.search(self.source.text(node.range)):
            return None
        has_migrations = "migrations" in entries or self._has_migrations()
        return Synchronisation(setting.range, "TypeORM", has_migrations, changes=True) if has_migrations else None

    def _made(self, call: Call, library: str, *, changes: bool = False) -> Synchronisation | None:
        has_migrations = self._has_migrations()
        if not has_migrations and not changes:
            return None
        return Synchronisation(call.range, library, has_migrations, changes)

    def _has_migrations(self) -> bool:
        path = Path(self.source.path)
        return path.is_file() and _has_migrations(path.parent.absolute(), path.suffix, self.mark)


@lru_cache(maxsize=256)
def _has_migrations(directory: Path, suffix: str, mark: str) -> bool:
    """Whether migrations lie where projects have them, in a directory or one of those around it, as long as the mark of
    the project is this one."""
    for folder in upwards(directory):
        if suffix == ".py" and (folder / "alembic.ini").is_file():
            return True
        for place in _PLACES:
            pattern = _REVISION if place.endswith("versions") else _MIGRATION
            try:
                if any(pattern.search(file.name) and not _is_django(file) for file in (folder / place).iterdir()):
                    return True
            except OSError:
                continue
    return False


def _is_django(file: Path) -> bool:
    """Whether a file is a migration of Django's, which knows of no models but its own."""
    return file.suffix == ".py" and _OF_DJANGO.search(file.read_bytes()) is not None
