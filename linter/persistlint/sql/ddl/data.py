"""INSERT, UPDATE, DELETE and TRUNCATE: what they change, and which rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.schema.changes import ConflictTarget, Delete, Insert, Truncate, Update
from persistlint.sql.lexer import word_set

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.schema.catalog import Catalog
    from persistlint.schema.changes import Change, Statement
    from persistlint.schema.definitions import Expression, Name
    from persistlint.sql.ddl.cursor import Cursor

_MODIFIERS = word_set("LOW_PRIORITY HIGH_PRIORITY DELAYED IGNORE QUICK ONLY")


def with_queries(cursor: Cursor) -> None:
    """Step over the common table expressions before the verb."""
    if not cursor.accept("WITH"):
        return
    cursor.accept("RECURSIVE")
    while cursor.identifier():
        cursor.skip_group()
        cursor.accept("AS")
        cursor.accept("NOT")
        cursor.accept("MATERIALIZED")
        cursor.skip_group()
        if not cursor.accept(","):
            return


def insert(cursor: Cursor, statement: Statement, catalog: Catalog) -> Iterator[Change]:
    """`INSERT` and `REPLACE`, behind the verb."""
    replaces = cursor.word(-1) == "REPLACE"
    on_conflict = ""
    if cursor.accept("OR"):
        replaces |= cursor.word() == "REPLACE"
        on_conflict = "nothing" if cursor.word() == "IGNORE" else ""
        cursor.index += 1
    while word := cursor.accept_any(_MODIFIERS):
        on_conflict = "nothing" if word == "IGNORE" else on_conflict
    cursor.accept("INTO")
    table = cursor.name()
    if table is None:
        return
    if cursor.accept("AS"):
        cursor.identifier()
    columns = cursor.names() if cursor.word(1) not in ("SELECT", "WITH") else ()
    is_query = cursor.find("SELECT", "TABLE") >= 0 or cursor.word(1) in ("SELECT", "WITH")
    is_filtered = cursor.find("WHERE", "EXCEPT") >= 0
    conflict = cursor.find("CONFLICT", "DUPLICATE")
    target = None
    if conflict >= 0:
        target = _conflict_target(cursor, conflict)
        cursor.index = conflict
        on_conflict = "nothing" if cursor.find("NOTHING") >= 0 else "update"
        is_filtered = is_query and is_filtered
    before = catalog.find(table)
    yield Insert(
        statement.range, statement, table, before, columns, replaces, on_conflict, is_query, is_filtered, target
    )


def _conflict_target(cursor: Cursor, conflict: int) -> ConflictTarget | None:
    """What stands in parentheses behind the word CONFLICT, whose index is given."""
    cursor.index = conflict + 1
    inside = cursor.skip_group()
    if inside is None:
        return None
    columns = tuple(name if item.at_end else "" for item in inside.items() for name in [item.identifier()])
    return ConflictTarget(columns, cursor.word() == "WHERE", cursor.range(conflict - 1))


def update(cursor: Cursor, statement: Statement, catalog: Catalog) -> Iterator[Change]:
    """`UPDATE`, behind the verb."""
    while cursor.word() in _MODIFIERS or cursor.word() == "OR":
        cursor.index += 2 if cursor.word() == "OR" else 1
    table = cursor.name()
    if table is None:
        return
    set_ = cursor.find("SET")
    if set_ < 0:
        return
    has_join = any(word in ("JOIN", ",") for word in cursor.part(cursor.index, set_).words())
    cursor.index = set_ + 1
    assigned = tuple(_assigned(cursor))
    names = tuple(name for name, _ in assigned)
    columns = names if not has_join else ()  # nobody knows of which table they are
    is_reworked = bool(assigned) and all(_is_rework(name, value) for name, value in assigned)
    where, is_bounded = _condition(cursor)
    before = catalog.find(table)
    yield Update(statement.range, statement, table, before, columns, where, has_join or is_bounded, is_reworked)


def delete(cursor: Cursor, statement: Statement, catalog: Catalog) -> Iterator[Change]:
    """`DELETE`, behind the verb."""
    while cursor.accept_any(_MODIFIERS):
        pass
    has_join = cursor.word() != "FROM"  # MySQL: DELETE a FROM a JOIN b
    cursor.accept("FROM")
    cursor.accept("ONLY")
    table = cursor.name()
    if table is None:
        return
    has_join |= cursor.find("JOIN") >= 0
    where, is_bounded = _condition(cursor)
    yield Delete(statement.range, statement, table, catalog.find(table), where, has_join or is_bounded)


def truncate(cursor: Cursor, statement: Statement, catalog: Catalog) -> Iterator[Change]:
    """`TRUNCATE`, behind the verb."""
    cursor.accept("TABLE")
    is_cascade = cursor.find("CASCADE") >= 0
    tables: list[Name] = []
    while not tables or cursor.accept(","):
        cursor.accept("ONLY")
        table = cursor.name()
        if table is None:
            break
        cursor.accept("*")
        tables.append(table)
    gone = {table.key for table in tables}
    for position, table in enumerate(tables):
        range = table.range if position else statement.range
        is_needed = is_cascade and catalog.is_needed(table, gone=gone)
        yield Truncate(range, statement, table, catalog.find(table), is_cascade, is_needed)


def _assigned(cursor: Cursor) -> Iterator[tuple[str, Expression | None]]:
    """The columns that SET gives values to, with these, None for those in a list; steps to the end of SET."""
    end = cursor.find("WHERE", "FROM", "RETURNING", "ORDER", "LIMIT")
    end = cursor.end if end < 0 else end
    for item in cursor.part(cursor.index, end).items():
        if item.word() == "(":
            yield from ((name, None) for name in item.names())
        elif (column := item.name()) is not None:
            yield column.name, item.expression(min(item.index + 1, item.end), item.end)
    cursor.index = end


def _is_rework(column: str, value: Expression | None) -> bool:
    """Whether a function makes the new value of a column of the old one: `lower(email)`, `replace(path, 'a', 'b')`."""
    return value is not None and bool(value.calls) and value.mentions(column) and "select" not in value.words


def _condition(cursor: Cursor) -> tuple[Expression | None, bool]:
    """The WHERE of a statement, and whether something else bounds the rows."""
    is_bounded = cursor.find("LIMIT") >= 0
    where = cursor.find("WHERE")
    if where < 0:
        return None, is_bounded
    cursor.index = where + 1
    end = cursor.find("RETURNING", "ORDER", "LIMIT")
    end = cursor.end if end < 0 else end
    return cursor.expression(where + 1, end), is_bounded or cursor.at("CURRENT", "OF")
