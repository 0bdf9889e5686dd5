"""From a SQL file to the `Script` that rules about migrations and schemas read."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from persistlint.facts import Role, swallowed_change
from persistlint.paths import is_test
from persistlint.regexes import regex
from persistlint.schema.references import is_made_by_migrations
from persistlint.schema.transactions import is_ddl
from persistlint.sql.project import dialect_of, read_in_project
from persistlint.sql.readers import DIALECTS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.facts import Fact
    from persistlint.languages import Syntax
    from persistlint.schema.script import Script
    from persistlint.settings import ProjectNames
    from persistlint.source import SourceFile

_HEAD = 200_000  # bytes in which the names of queries are looked for
# Queries that a program calls by name: sqlc, HugSQL, aiosql, goyesql, PgTyped. Nobody runs them from top to bottom.
# pg_dump writes `-- Name:`.
_NAMED_QUERY = regex(rb"^[ \t]*(?:--|/\*)[ \t]*(?::name|@?name[ \t]*:|@name)[ \t]*\S+", re.MULTILINE)
# Databases, in paths behind a slash: a pattern that begins with a set of characters is found much faster.
_UNKNOWN = regex(
    r"[/_.-](?:cockroach(?:db)?|crdb|h2|hsqldb|derby|db2|firebird|duckdb|redshift|snowflake|clickhouse)(?=[/_.-])"
)
_BRANCH = regex(rb"\{\{-?[ \t]*(?:if|range|else|with|end|block|template|define)\b|\{%")  # of a template


def facts(syntax: Syntax, names: ProjectNames) -> Iterator[Fact]:
    """The file as a script; nothing for a file of queries that a program calls one by one, for a template that comes to
    different scripts, for a dialect whose DDL is not known, for the dump of what migrations made, and for tests."""
    source = syntax.source
    if is_test(source.path):
        return
    head = source.content[:_HEAD]
    if _UNKNOWN.search(f"/{source.path}") or _NAMED_QUERY.search(head) or _BRANCH.search(source.content):
        return
    dialect = source.dialect or dialect_of(source.path, source.content)
    if dialect in DIALECTS:
        is_configured = source.dialect is not None
        script = read_in_project(source.path, source.content, DIALECTS[dialect], is_configured=is_configured)
        if script is not None and not is_made_by_migrations(script):
            yield script
            yield from _swallowed(script, source)


def _swallowed(script: Script, source: SourceFile) -> Iterator[Fact]:
    """The changes of a schema in blocks whose handler takes every error and goes on."""
    for change in script.changes:
        statement = change.statement
        if statement.is_swallowed and is_ddl(change) and change.range == statement.range:
            yield swallowed_change(change.range, Role.TRANSACTION, source.text(change.range))
