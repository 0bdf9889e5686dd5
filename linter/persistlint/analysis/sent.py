"""From the queries that a program sends to what they do to the tables of its project."""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.facts import Consulted, Query
from persistlint.paths import is_product
from persistlint.schema.definitions import DEFAULT_SCHEMAS
from persistlint.schema.sent import Sent
from persistlint.source import Range
from persistlint.sql.lexer import statements
from persistlint.sql.replay import Replay
from persistlint.sql.text import Text
from persistlint.sql.uses import uses

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from persistlint.analysis.catalogs import Tables
    from persistlint.facts import Fact
    from persistlint.facts import Text as Parts
    from persistlint.source import SourceFile
    from persistlint.sql.lexer import Token

_MOST = 20_000  # code points of one text


def with_sent(facts: Iterable[Fact], source: SourceFile) -> Iterator[Fact]:
    """These facts, and behind them what the queries among them come to for the tables of the project; only for a
    program that is a part of the product."""
    queries = []
    for fact in facts:
        yield fact
        if isinstance(fact, Query) and not fact.is_fragment and not fact.is_raw:
            queries.append(fact)
    if not queries or source.language == "sql" or not is_product(source.path):
        return
    from persistlint.analysis.catalogs import tables_around, without  # only who asks reads the project

    tables = tables_around(source)
    if tables.mark:
        yield Consulted(Range(0, 0), tables.mark)
    if tables.catalog is None:
        return
    tables = without(tables, source.content)
    for query in queries:
        told = query.library.dialect if query.library is not None else None
        if told is not None and tables.dialect is not None and told != tables.dialect:
            continue  # it is for another database
        for parts in query.texts:
            sql = _sql(parts)
            if sql is not None:
                yield _sent(sql, query.sql, tables, told or tables.dialect)


def _sql(parts: Parts) -> str | None:
    """The text with a value in the place of every hole; None where a hole may be anything else."""
    if not all(isinstance(part, str) or part.context.is_value for part in parts.parts):
        return None
    text = "".join(part if isinstance(part, str) else "1" for part in parts.parts)
    return text if len(text) <= _MOST else None


def _sent(sql: str, range: Range, tables: Tables, dialect: str | None) -> Sent:
    assert tables.catalog is not None
    text = Text(sql, (*([range.start] * len(sql)), range.end))
    replay = Replay(dialect, tables.catalog)
    replay.begin(None, is_forward=True)
    found: list[list[Token]] = []
    for tokens in statements(sql, dialect):
        replay.read(text, tokens, range)
        found.append(tokens)
    named, columns = [], []
    for tokens in found:
        used = uses(tokens, dialect)
        named += [table.name for table in used.tables if table.schema in DEFAULT_SCHEMAS]
        for owner, column in used.columns:
            table = tables.find(owner.name, owner.schema)
            if table is not None:
                columns.append((table, column))
    changes = tuple(replay.changes)
    return Sent(range, dialect, changes, tables.catalog, tuple(dict.fromkeys(named)), tuple(columns), tables.is_whole)
