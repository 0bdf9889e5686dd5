"""What a script says to its session, and maintenance: transactions, settings, VACUUM and its like."""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.schema.changes import Begin, CreateTable, End, Maintain, SetVariable
from persistlint.schema.definitions import Table
from persistlint.sql.lexer import Kind, string_value, word_set

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.schema.catalog import Catalog
    from persistlint.schema.changes import Change, Statement
    from persistlint.sql.ddl.cursor import Cursor
    from persistlint.sql.lexer import Token

_SCOPES = word_set("SESSION LOCAL GLOBAL PERSIST")
_INTO_TABLE = word_set("TEMP TEMPORARY UNLOGGED TABLE")
_REINDEXED = word_set("INDEX TABLE SCHEMA DATABASE SYSTEM")


def begin(cursor: Cursor, statement: Statement, catalog: Catalog) -> Iterator[Change]:
    """`BEGIN` and `START TRANSACTION`, behind the first word."""
    is_transaction = cursor.word(-1) == "BEGIN" or cursor.word() == "TRANSACTION"
    if is_transaction:
        yield Begin(statement.range, statement)


def end(cursor: Cursor, statement: Statement, catalog: Catalog) -> Iterator[Change]:
    """`COMMIT`, `END`, `ROLLBACK` and `ABORT`, behind the first word; not to a savepoint, nor of a prepared one."""
    verb = cursor.word(-1)
    if verb in ("COMMIT", "ROLLBACK") and (cursor.find("TO", "PREPARED") >= 0):
        return
    yield End(statement.range, statement, verb in ("COMMIT", "END"))


def set_variable(cursor: Cursor, statement: Statement, catalog: Catalog) -> Iterator[Change]:
    """`SET …`, behind the verb; MySQL sets several at once."""
    for item in cursor.items():
        is_local = item.word() == "LOCAL"
        if item.word() in _SCOPES:
            item.index += 1
        if item.accept("TIME", "ZONE"):
            yield SetVariable(statement.range, statement, "timezone", _value(item), is_local)
            continue
        is_role = item.word() in ("ROLE", "AUTHORIZATION")
        name = item.identifier().removeprefix("@@")
        while item.accept("."):
            name = item.identifier() if name in ("session", "global") else f"{name}.{item.identifier()}"
        if item.accept("=") or item.accept(":=") or item.accept("TO") or is_role:
            yield SetVariable(statement.range, statement, name, _value(item), is_local)


def reset(cursor: Cursor, statement: Statement, catalog: Catalog) -> Iterator[Change]:
    """`RESET …`, behind the verb."""
    yield SetVariable(statement.range, statement, cursor.identifier(), "")


def pragma(cursor: Cursor, statement: Statement, catalog: Catalog) -> Iterator[Change]:
    """`PRAGMA name = value` and `PRAGMA name(value)`, behind the verb; without a value it asks."""
    name = cursor.name()
    if name is not None and cursor.word() in ("=", "("):
        cursor.index += 1
        yield SetVariable(statement.range, statement, name.name, _value(cursor).rstrip(")"))
    elif name is not None:
        yield Maintain(statement.range, statement, f"PRAGMA {name.name.upper()}")


def select(cursor: Cursor, statement: Statement, catalog: Catalog) -> Iterator[Change]:
    """`SELECT set_config(name, value, is_local)` and `SELECT … INTO TEMP name`, behind the verb; no other query makes a
    change. What has no such word before its name may be a variable."""
    if cursor.accept("PG_CATALOG", "."):
        pass
    if not cursor.accept("SET_CONFIG"):
        yield from _selected_into(cursor, statement, catalog)
        return
    group = cursor.skip_group()
    items = list(group.items()) if group is not None else []
    if len(items) == 3 and items[0].token().kind is Kind.STRING:
        name = string_value(items[0].token())[0].lower()
        yield SetVariable(statement.range, statement, name, _value(items[1]), items[2].word() == "TRUE")


def _selected_into(cursor: Cursor, statement: Statement, catalog: Catalog) -> Iterator[Change]:
    at = cursor.find("INTO")
    if at < 0:
        return
    cursor.index = at + 1
    kinds = set()
    while cursor.word() in _INTO_TABLE:
        kinds.add(cursor.word())
        cursor.index += 1
    name = cursor.name() if kinds else None
    if name is not None:
        is_temporary = not kinds.isdisjoint(("TEMP", "TEMPORARY"))
        table = Table(name, statement.range, is_complete=False, is_temporary=is_temporary, is_new=True)
        yield CreateTable(name.range, statement, name, catalog.tables.get(name.key), table)


def maintain(cursor: Cursor, statement: Statement, catalog: Catalog) -> Iterator[Change]:
    """`VACUUM`, `CLUSTER`, `REINDEX`, `REFRESH MATERIALIZED VIEW` and `LOCK TABLE`, behind the verb."""
    verb = cursor.word(-1)
    kind = verb
    options = cursor.skip_group()
    words = set(options.words()) if options is not None else set()
    if verb == "VACUUM":
        kind = "VACUUM FULL" if cursor.accept("FULL") or "FULL" in words else verb
        while cursor.word() in ("FREEZE", "VERBOSE", "ANALYZE"):
            cursor.index += 1
    elif verb == "REINDEX" and cursor.word() in _REINDEXED:
        kind = f"REINDEX {cursor.word()}"
        cursor.index += 1
    elif verb == "REFRESH":
        kind = "REFRESH MATERIALIZED VIEW"
        cursor.accept("MATERIALIZED", "VIEW")
    elif verb in ("LOCK", "CLUSTER"):
        cursor.accept("TABLE") or cursor.accept("TABLES")
        cursor.accept("ONLY")
        cursor.accept("VERBOSE")
    is_concurrent = cursor.accept("CONCURRENTLY") or "CONCURRENTLY" in words
    yield Maintain(statement.range, statement, kind, cursor.name(), is_concurrent)


def _value(cursor: Cursor) -> str:
    tokens = cursor.tokens[cursor.index : cursor.end]
    return "".join(_text(token) for token in tokens).lower()


def _text(token: Token) -> str:
    return string_value(token)[0] if token.kind in (Kind.STRING, Kind.QUOTED) else token.text
