"""Which function reads which statement, by its first words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.sql.ddl import data, indexes, objects, session, tables
from persistlint.sql.lexer import word_set

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from persistlint.schema.catalog import Catalog
    from persistlint.schema.changes import Change, Statement
    from persistlint.sql.ddl.cursor import Cursor

_MOST_MODIFIERS = 8
_TABLE_MODIFIERS = word_set("GLOBAL LOCAL TEMP TEMPORARY UNLOGGED OR REPLACE FOREIGN VIRTUAL")
_INDEX_MODIFIERS = word_set("UNIQUE FULLTEXT SPATIAL OR REPLACE")
_READERS: dict[str, Callable[[Cursor, Statement, Catalog], Iterator[Change]]] = {
    **dict.fromkeys(("INSERT", "REPLACE"), data.insert),
    "UPDATE": data.update,
    "DELETE": data.delete,
    "TRUNCATE": data.truncate,
    "DROP": objects.drop,
    "ALTER": objects.alter_object,
    **dict.fromkeys(("GRANT", "REVOKE"), objects.grant),
    **dict.fromkeys(("BEGIN", "START"), session.begin),
    **dict.fromkeys(("COMMIT", "END", "ROLLBACK", "ABORT"), session.end),
    "SET": session.set_variable,
    "RESET": session.reset,
    "RENAME": tables.rename_table,
    "PRAGMA": session.pragma,
    **dict.fromkeys(("SELECT", "PERFORM"), session.select),
    **dict.fromkeys(("VACUUM", "CLUSTER", "REINDEX", "REFRESH", "LOCK"), session.maintain),
}


def changes(cursor: Cursor, statement: Statement, catalog: Catalog) -> list[Change]:
    """The changes that a statement makes; none where it makes none or is not understood. `catalog` is what was known
    before it."""
    data.with_queries(cursor)
    verb = cursor.word()
    if verb == "CREATE":
        return list(_create(cursor, statement, catalog))
    read = _READERS.get(verb)
    if read is None:
        return []
    cursor.index += 1
    if verb == "DROP" and cursor.accept("INDEX"):
        read = indexes.drop_index
    elif verb == "ALTER" and (cursor.accept("TABLE") or cursor.accept("FOREIGN", "TABLE")):
        read = tables.alter_table
    return list(read(cursor, statement, catalog))


def _create(cursor: Cursor, statement: Statement, catalog: Catalog) -> Iterator[Change]:
    kind = 1
    while cursor.word(kind) in _TABLE_MODIFIERS | _INDEX_MODIFIERS and kind < _MOST_MODIFIERS:
        kind += 1
    if cursor.word(kind) == "TABLE":
        return tables.create_table(cursor, statement, catalog)
    if cursor.word(kind) == "INDEX":
        return indexes.create_index(cursor, statement, catalog)
    if cursor.word(kind) == "POLICY":
        cursor.index += kind + 1
        return objects.create_policy(cursor, statement, catalog)
    return objects.create_object(cursor, statement, catalog)
