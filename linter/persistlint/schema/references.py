"""The tables that a script speaks of and that nobody made."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from persistlint.regexes import regex
from persistlint.schema import changes as c

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from persistlint.schema.catalog import Catalog
    from persistlint.schema.definitions import Constraint, Name, Table
    from persistlint.schema.script import Script

# What runners keep their books in.
_OF_RUNNERS = regex(r"migrations?$|^schema_|_version$|_history$|^databasechangelog", re.IGNORECASE)
# Those of the runners that are known. Another table may be called a history, too; one of these names tells for certain.
_BOOKS = frozenset(
    {
        "schema_migrations", "goose_db_version", "flyway_schema_history", "alembic_version", "_prisma_migrations",
        "knex_migrations", "__drizzle_migrations", "databasechangelog", "atlas_schema_revisions", "_sqlx_migrations",
        "django_migrations", "sequelizemeta", "gorp_migrations", "refinery_schema_history", "pgmigrations",
        "__diesel_schema_migrations",
    }
)  # fmt: skip
# Tables that databases have by themselves.
_OF_DATABASES = frozenset(["dual", "information_schema", "dbstat", "json_each", "json_tree"])


def is_made_by_migrations(script: Script) -> bool:
    """Whether a script is what migrations came to, as a program wrote it out: with the book of what made it."""
    return script.is_dump and any(change.table.name.lower() in _BOOKS for change in script.of(c.CreateTable))


def unknown_tables(script: Script) -> Iterator[tuple[c.Change, Name]]:
    """Where a script needs a table that neither it nor a script before it made: the change, and the name. Tables of
    other schemas, of runners, and what may not be run are left out."""
    made = {change.table.key for change in script.of(c.CreateTable)}
    made |= {change.table.key for change in (*script.of(c.DropTable), *script.of(c.RenameTable)) if _was_there(change)}
    for change in script.forward:
        if change.statement.is_conditional or change.statement.is_guarded or "IF" in change.statement.words:
            continue
        for name in needed_tables(change):
            is_elsewhere = name.key != name.name or name.name.startswith(("pg_", "sqlite_")) or ":" in name.name
            is_elsewhere |= bool(
                script.after.qualified.get(name.name)
            )  # on the search path of the connection, or of the role
            known = script.after.find(name)
            is_known = name.key in made or name.key in script.after.views or (known is not None and known.is_known)
            if not is_elsewhere and not is_known and not _was_there(change) and not _OF_RUNNERS.search(name.name):
                yield change, name


def unknown_names(names: Iterable[str], catalog: Catalog) -> Iterator[str]:
    """Those of some names, without schemas, that are neither tables nor views of a catalog, with whatever capitals;
    tables of databases and runners are left out."""
    known = {key.rpartition(".")[2].lower() for key in (*catalog.tables, *catalog.views)}
    for name in names:
        plain = name.lower()
        is_own = (
            not plain.startswith(("pg_", "sqlite_")) and plain not in _OF_DATABASES and not _OF_RUNNERS.search(plain)
        )
        if is_own and plain not in known:
            yield name


def needed_tables(change: c.Change) -> Iterator[Name]:
    """The tables that must be there for a change."""
    match change:
        case c.CreateTable(definition=definition):
            yield from _referenced(definition.constraints)
        case c.AddConstraint(table=table, constraint=constraint):
            yield table
            yield from _referenced((constraint,))
        case c.AddColumn(table=table, column=column):
            yield table
            yield from _referenced(column.constraints)
        case c.DropTable(if_exists=True):
            return
        case c.TableChange(table=table):
            yield table


def _referenced(constraints: tuple[Constraint, ...]) -> Iterator[Name]:
    for constraint in constraints:
        if constraint.reference is not None:
            yield constraint.reference.table


def _was_there(change: c.Change) -> bool:
    """Whether the table of the change was known then, and is gone by now."""
    before: Table | None = change.before if isinstance(change, c.TableChange) else None
    return before is not None and before.is_known and not isinstance(change, c.CreateTable)
