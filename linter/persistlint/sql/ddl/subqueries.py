"""`NOT IN (SELECT column FROM table)`, wherever it stands in a statement."""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.schema.changes import NotIn
from persistlint.sql.lexer import word_set

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.schema.catalog import Catalog
    from persistlint.schema.changes import Change, Statement
    from persistlint.sql.ddl.cursor import Cursor

_NOT_IN = word_set("NOT IN")
_MOST = 200  # tokens of a query that are looked at, for one can stand in the other


def not_in(cursor: Cursor, statement: Statement, catalog: Catalog) -> Iterator[Change]:
    """Every `NOT IN` of a statement whose query takes one column from one table, and says no more of that column."""
    tokens = cursor.tokens
    if not cursor.present >= _NOT_IN:
        return
    for index in range(len(tokens) - 3):
        if tokens[index + 1].word == "IN" and tokens[index].word == "NOT" and tokens[index + 3].word == "SELECT":
            last = min(cursor.end, index + _MOST)
            group = cursor.part(index + 2, last)
            query = group.skip_group()
            is_cut = group.index == last < cursor.end
            if query is not None and not is_cut and (found := _read(query, statement, catalog, index)) is not None:
                yield found


def _read(query: Cursor, statement: Statement, catalog: Catalog, start: int) -> NotIn | None:
    query.accept("SELECT")
    query.accept("DISTINCT")
    column = query.name()
    if column is None or not query.accept("FROM"):
        return None
    table = query.name()
    if table is None:
        return None
    query.accept("AS")
    alias = "" if query.word() in ("", "WHERE", "ORDER", "LIMIT") else query.identifier()
    if column.schema not in ("", alias, table.name) or query.word() not in ("", "WHERE", "ORDER", "LIMIT"):
        return None
    rest = query.expression(query.index, query.end)
    if rest.mentions(column.name) or {"union", "intersect", "except"} & set(rest.words):
        return None
    return NotIn(query.range(start, query.end), statement, table, catalog.find(table), column.name)
