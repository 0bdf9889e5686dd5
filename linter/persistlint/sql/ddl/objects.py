"""Objects that are neither tables nor indexes: policies, types, views, functions, and what drops any object."""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.schema.changes import (
    AddEnumValue,
    AlterObject,
    CreateEnum,
    CreateObject,
    CreatePolicy,
    DropObject,
    DropPolicy,
    DropTable,
    Grant,
    RenameKey,
)
from persistlint.schema.definitions import Name, Policy
from persistlint.sql.ddl.cursor import fold
from persistlint.sql.lexer import Kind, string_value, word_set

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.schema.catalog import Catalog
    from persistlint.schema.changes import Change, Statement
    from persistlint.schema.definitions import Expression
    from persistlint.sql.ddl.cursor import Cursor
    from persistlint.sql.lexer import Token

_MODIFIERS = word_set(
    "TEMP TEMPORARY RECURSIVE CONSTRAINT EVENT PROCEDURAL TRUSTED AGGREGATE EDITIONABLE SQL SECURITY DEFINER INVOKER"
    " ALGORITHM = UNDEFINED MERGE TEMPTABLE @ UNLOGGED"
)
_TWO_WORDS = {
    ("MATERIALIZED", "VIEW"),
    ("FOREIGN", "TABLE"),
    ("TEXT", "SEARCH"),
    ("ACCESS", "METHOD"),
    ("EVENT", "TRIGGER"),
    ("OPERATOR", "CLASS"),
    ("OPERATOR", "FAMILY"),
    ("USER", "MAPPING"),
    ("FOREIGN", "DATA"),
    ("DEFAULT", "PRIVILEGES"),
    ("LARGE", "OBJECT"),
}
_CLAUSES = word_set("FROM JOIN")


def create_object(cursor: Cursor, statement: Statement, catalog: Catalog) -> Iterator[Change]:
    """`CREATE …` of anything that has no function of its own, from its first word on."""
    start = cursor.index
    cursor.index += 1
    can_exist = cursor.accept("OR", "REPLACE")
    while cursor.word() in _MODIFIERS or cursor.word(1) == "=" or cursor.word(-1) in ("=", "@"):
        if (cursor.word(), cursor.word(1)) in _TWO_WORDS:
            break
        cursor.index += 1
    kind = _kind(cursor)
    can_exist |= cursor.accept("IF", "NOT", "EXISTS")
    name = cursor.name()
    if not kind or name is None:
        return
    if kind == "TYPE" and cursor.accept("AS", "ENUM"):
        yield CreateEnum(cursor.range(start, cursor.end), statement, name, _values(cursor))
        return
    words = _words(cursor)
    sources = _sources(cursor) if kind.endswith("VIEW") else ()
    table = _table_of_trigger(cursor) if kind == "TRIGGER" else None
    yield CreateObject(cursor.range(start, cursor.end), statement, kind, name, words, can_exist, sources, table)


def _words(cursor: Cursor) -> tuple[str, ...]:
    """The words from here on, and what a setting or an option is called where dumps put it in quotes:
    `SET "search_path" TO ''`, `WITH ("security_invoker"='true')`."""
    words = list(cursor.words())
    for place, word in enumerate(words[:-1]):
        is_named = word == "SET" or (word in ("(", ",") and words[place + 2 : place + 3] == ["="])
        if is_named and (token := cursor.token(place + 1)).kind is Kind.QUOTED:
            words[place + 1] = fold(token, cursor.dialect).upper()
    return tuple(words)


def create_policy(cursor: Cursor, statement: Statement, catalog: Catalog) -> Iterator[Change]:
    """`CREATE POLICY …`, behind these words."""
    start = cursor.index - 2
    name = cursor.identifier()
    table = cursor.name() if cursor.accept("ON") else None
    if table is None:
        return
    command, is_permissive, text = "ALL", True, ""
    roles: list[str] = []
    using: Expression | None = None
    check: Expression | None = None
    while not cursor.at_end:
        if cursor.accept("AS"):
            is_permissive = cursor.word() != "RESTRICTIVE"
        elif cursor.accept("FOR"):
            command = cursor.word()
        elif cursor.accept("TO"):
            while role := cursor.identifier():
                roles.append(role)
                if not cursor.accept(","):
                    break
            continue
        elif cursor.accept("USING"):
            first = cursor.index + 1
            using = _condition(cursor)
            text = cursor.written(first, cursor.index - 1)
            continue
        elif cursor.accept("WITH", "CHECK"):
            check = _condition(cursor)
            continue
        cursor.index += 1
    policy = Policy(name, cursor.range(start), command, using, check, tuple(roles), is_permissive, text)
    yield CreatePolicy(cursor.range(start), statement, table, catalog.find(table), policy)


def drop(cursor: Cursor, statement: Statement, catalog: Catalog) -> Iterator[Change]:
    """`DROP …` of anything but an index, behind the first word."""
    start = cursor.index - 1
    if cursor.accept("OWNED", "BY"):
        if name := cursor.name():
            yield DropObject(cursor.range(start, cursor.end), statement, "OWNED", name, False, cursor.at("CASCADE"))
        return
    cursor.accept("TEMPORARY")
    kind = _kind(cursor)
    if not kind:
        return
    if_exists = cursor.accept("IF", "EXISTS")
    names = []
    while (name := cursor.name()) is not None:
        names.append(name)
        cursor.skip_group()  # the arguments of a function
        if not cursor.accept(","):
            break
    table = cursor.name() if kind in ("POLICY", "TRIGGER", "RULE") and cursor.accept("ON") else None
    is_cascade = cursor.find("CASCADE") >= 0
    gone = {name.key for name in names}
    for position, name in enumerate(names):
        range = name.range if position else cursor.range(start, cursor.end)
        if kind == "TABLE":
            is_needed = is_cascade and (catalog.is_needed(name, gone=gone) or catalog.is_read(name))
            yield DropTable(range, statement, name, catalog.find(name), if_exists, is_cascade, is_needed)
        elif kind == "POLICY" and table is not None:
            yield DropPolicy(range, statement, table, catalog.find(table), name.name)
        else:
            yield DropObject(range, statement, kind, name, if_exists, is_cascade, table)


def alter_object(cursor: Cursor, statement: Statement, catalog: Catalog) -> Iterator[Change]:
    """`ALTER …` of anything but a table, behind the first word."""
    start = cursor.index - 1
    kind = _kind(cursor)
    cursor.accept("IF", "EXISTS")
    name = cursor.name()
    if not kind or name is None:
        return
    range = cursor.range(start, cursor.end)
    if kind == "TYPE" and cursor.accept("ADD", "VALUE"):
        if_not_exists = cursor.accept("IF", "NOT", "EXISTS")
        if cursor.token().kind is Kind.STRING:
            yield AddEnumValue(range, statement, name, string_value(cursor.token())[0], if_not_exists)
        return
    yield AlterObject(range, statement, kind, name, _words(cursor))
    table = catalog.table_of_index(name.name) if kind == "INDEX" else None
    if table is not None and cursor.accept("RENAME", "TO") and (new := cursor.identifier()):
        yield RenameKey(range, statement, table.name, table, name.name, new)


def grant(cursor: Cursor, statement: Statement, catalog: Catalog) -> Iterator[Change]:
    """`GRANT` and `REVOKE`, behind the first word."""
    yield Grant(statement.range, statement, cursor.word(-1) == "GRANT", cursor.words())


def _kind(cursor: Cursor) -> str:
    """Step over the kind of an object."""
    first, second = cursor.word(), cursor.word(1)
    if (first, second) in _TWO_WORDS:
        cursor.index += 2
        return f"{first} {second}"
    if first and first.isalpha():
        cursor.index += 1
        return first
    return ""


def _condition(cursor: Cursor) -> Expression | None:
    start = cursor.index + 1
    if cursor.skip_group() is None:
        return None
    return cursor.expression(start, max(start + 1, cursor.index - 1))


def _values(cursor: Cursor) -> tuple[str, ...]:
    inside = cursor.skip_group()
    tokens: list[Token] = inside.tokens[inside.index : inside.end] if inside else []
    return tuple(string_value(token)[0] for token in tokens if token.kind is Kind.STRING)


def _table_of_trigger(cursor: Cursor) -> Name | None:
    """The name behind the first ON."""
    while not cursor.at_end:
        if cursor.accept("ON"):
            return cursor.name()
        cursor.index += 1
    return None


def _sources(cursor: Cursor) -> tuple[Name, ...]:
    """The names behind FROM and JOIN, wherever they stand."""
    found = []
    while not cursor.at_end:
        if cursor.accept_any(_CLAUSES):
            cursor.accept("ONLY")
            if name := cursor.name():
                found.append(name)
        else:
            cursor.index += 1
    return tuple(found)
