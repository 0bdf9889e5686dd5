"""CREATE INDEX and DROP INDEX, and the keys of an index."""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.records import replace
from persistlint.schema.changes import CreateIndex, DropIndex
from persistlint.schema.definitions import Index, Table
from persistlint.sql.lexer import Kind, word_set

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.schema.catalog import Catalog
    from persistlint.schema.changes import Change, Statement
    from persistlint.schema.definitions import Expression
    from persistlint.sql.ddl.cursor import Cursor

_BEHIND_COLUMN = word_set("ASC DESC NULLS COLLATE")


def create_index(cursor: Cursor, statement: Statement, catalog: Catalog) -> Iterator[Change]:
    """`CREATE [UNIQUE] INDEX …`, from its first word on."""
    start = cursor.index
    is_unique = False
    while not cursor.accept("INDEX"):
        is_unique |= cursor.word() == "UNIQUE"
        cursor.index += 1
    is_concurrent = cursor.accept("CONCURRENTLY")
    if_not_exists = cursor.accept("IF", "NOT", "EXISTS")
    name = cursor.name() if cursor.word() != "ON" else None
    method = ""
    while not cursor.accept("ON") and not cursor.at_end:
        method = cursor.word(1).lower() if cursor.word() == "USING" else method
        cursor.index += 1
    cursor.accept("ONLY")
    table = cursor.name()
    if table is None:
        return
    if cursor.accept("USING"):
        method = cursor.identifier()
    columns, text, expressions = index_keys(cursor)
    nulls_distinct, predicate = True, None
    included: tuple[str, ...] = ()
    while not cursor.at_end:
        if cursor.accept("NULLS", "NOT", "DISTINCT"):
            nulls_distinct = False
        elif cursor.accept("WHERE"):
            predicate = cursor.rest()
        elif cursor.accept("INCLUDE") and cursor.word() == "(":
            included = index_keys(cursor)[0]
        elif cursor.skip_group() is None:
            cursor.index += 1
    index = Index(
        name.name if name else "",
        table,
        columns,
        text,
        cursor.range(start),
        is_unique,
        method,
        predicate,
        nulls_distinct,
        expressions,
        included,
    )
    yield CreateIndex(cursor.range(start), statement, table, catalog.find(table), index, is_concurrent, if_not_exists)


def index_keys(cursor: Cursor) -> tuple[tuple[str, ...], str, tuple[Expression, ...]]:
    """Step over the parenthesis with the keys of an index: the columns, "" for an expression; all of them as one text;
    and the expressions among them."""
    inside = cursor.skip_group()
    if inside is None:
        return (), "", ()
    columns, texts, expressions = [], [], []
    for item in inside.items():
        whole = item.part(item.index, item.end).rest()
        texts.append(" ".join(whole.words))
        is_name = item.token().kind in (Kind.WORD, Kind.QUOTED)
        behind = item.token(1)
        is_prefix = behind.text == "(" and item.token(2).kind is Kind.NUMBER and item.word(3) == ")"  # MySQL: name(10)
        is_column = is_name and (
            item.end - item.index == 1 or is_prefix or behind.word in _BEHIND_COLUMN or behind.kind is Kind.WORD
        )
        columns.append(item.identifier() if is_column else "")
        if not is_column:
            expressions.append(whole)
    return tuple(columns), ", ".join(texts), tuple(expressions)


def drop_index(cursor: Cursor, statement: Statement, catalog: Catalog) -> Iterator[Change]:
    """`DROP INDEX …`, behind these words; in MySQL with `ON table`."""
    start = cursor.index - 2
    is_concurrent = cursor.accept("CONCURRENTLY")
    if_exists = cursor.accept("IF", "EXISTS")
    names = []
    while (name := cursor.name()) is not None:
        names.append(name)
        if not cursor.accept(","):
            break
    table = None
    if cursor.accept("ON") and (on := cursor.name()) is not None:
        if names and not on.schema:  # an index is in the schema of its table
            on = replace(on, schema=names[0].schema)
        table = catalog.find(on) or Table(on, on.range, is_complete=False, is_known=False)
    is_cascade = cursor.accept("CASCADE")
    for position, name in enumerate(names):
        range = name.range if position else cursor.range(start, cursor.end)
        found = table or catalog.table_of_index(name.name)
        yield DropIndex(range, statement, name, found, is_concurrent, if_exists, is_cascade)
