"""From a schema that is written as models to the `Script` that rules about tables read, alone or in its project."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from persistlint.analysis.migrations.writing import as_type, join, listed, literal, quoted
from persistlint.analysis.models import prisma
from persistlint.ir import Assign, ClassDefinition
from persistlint.languages import read
from persistlint.records import dataclass
from persistlint.schema.catalog import Catalog
from persistlint.schema.script import Runner
from persistlint.source import SourceFile
from persistlint.sql.project import read_in_project
from persistlint.sql.replay import Replay

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.analysis.migrations.writing import Fragment
    from persistlint.facts import Fact
    from persistlint.languages import Syntax
    from persistlint.schema.script import Script
    from persistlint.settings import ProjectNames
    from persistlint.sql.text import Text

_RUNNER = Runner("prisma")


def facts(syntax: Syntax, names: ProjectNames) -> Iterator[Fact]:
    """The schema that a file is; nothing where migrations lie beside it, which say the same and are read themselves."""
    source = syntax.source
    dialect = prisma.schema_of(source.path, syntax.lower()).dialect
    if dialect is None or _has_migrations(source.path):
        return
    script = read_in_project(source.path, source.content, dialect, is_configured=True, reader=PrismaReader())
    if script is not None:
        yield script


def _has_migrations(path: str) -> bool:
    folder = Path(path).absolute().parent
    return any((around / name).is_dir() for around in (folder, folder.parent) for name in ("migrations", "migration"))


@dataclass(frozen=True)
class PrismaReader:
    """Reads schemas of Prisma."""

    def read(
        self, path: str, content: bytes, dialect: str | None, known: Catalog | None = None, undoes: Script | None = None
    ) -> Script | None:
        """As `sql.readers.Reader` says; nothing undoes a schema."""
        syntax = read(SourceFile(path, content, "prisma"))
        module = syntax.lower()
        schema = prisma.schema_of(path, module)
        if schema.dialect is None:
            return None
        replay = Replay(schema.dialect, known or Catalog())
        replay.begin(None, is_forward=True)
        blocks = [block for block in module.body if isinstance(block, ClassDefinition)]
        enums = [block for block in blocks if block.is_enum and block.body and schema.dialect == "postgres"]
        texts: list[Text] = [join(_enum(block), block.range) for block in enums]
        for draft in prisma.drafts_of(module, schema, syntax.source):
            texts += draft.statements()
        texts += (join(_joining(*pair), pair[0].range) for pair in _pairs(schema, blocks))
        replay.read_texts(texts)
        return replay.script(module.range, path, _RUNNER, is_dump=False, is_undone=None, version="")

    def dialect(self, path: str, content: bytes) -> str | None:
        """That of the provider of the database."""
        return prisma.schema_of(path, read(SourceFile(path, content, "prisma")).lower()).dialect

    def folder(self, path: str) -> tuple[str, tuple[str, ...]]:
        """The files beside it."""
        return str(Path(path).parent), (prisma.PATTERN,)

    def ordered(self, paths: tuple[str, ...]) -> tuple[str, ...]:
        """The files are one schema, in whichever order."""
        return paths

    def begins(self, path: str) -> bool:
        """A schema holds all tables."""
        return True


def _enum(block: ClassDefinition) -> Fragment:
    """`CREATE TYPE` for an enum."""
    name = as_type(prisma.mapped(block.decorators) or block.name, block.name_range)
    members = (a for a in block.body if isinstance(a, Assign))
    values = listed((literal(prisma.mapped(a.decorators) or prisma.name_of(a), a.range),) for a in members)
    return ("CREATE TYPE", name, "AS ENUM", "(", *values, ")")


def _pairs(schema: prisma.Schema, blocks: list[ClassDefinition]) -> Iterator[tuple[ClassDefinition, str]]:
    """The models of a file by whose lists those of others are joined to them in a table that no model is, with its
    name."""
    for block in blocks:
        for field in block.body:
            other = schema.model(field.annotation) if isinstance(field, Assign) else None
            if not isinstance(field, Assign) or other is None or not field.annotation.endswith("[]"):
                continue
            first, second = sorted((block.name, other.name))
            is_back = any(isinstance(f, Assign) and f.annotation == f"{block.name}[]" for f in other.body)
            if is_back and block.name == first:
                yield block, f"_{prisma.relation_name(field) or f'{first}To{second}'}"


def _joining(block: ClassDefinition, name: str) -> Fragment:
    """The table that joins two models."""
    at = block.name_range
    columns = ("(", quoted("A", at), "text NOT NULL", ",", quoted("B", at), "text NOT NULL", ",", "LIKE others", ")")
    return ("CREATE TABLE IF NOT EXISTS", quoted(name, at), *columns)
