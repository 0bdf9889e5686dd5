"""From the queries that a program sends to what they do to the tables of its project."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from persistlint.analysis.tables.ddl import own_tables
from persistlint.facts import Consulted, Query
from persistlint.paths import is_product
from persistlint.regexes import regex
from persistlint.schema.definitions import DEFAULT_SCHEMAS, Name
from persistlint.schema.references import unknown_names
from persistlint.schema.sent import Sent
from persistlint.source import Range
from persistlint.sql.replay import Replay
from persistlint.sql.splitter import statements
from persistlint.sql.text import Text
from persistlint.sql.uses import uses

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from persistlint.facts import Fact
    from persistlint.facts import Text as Parts
    from persistlint.languages import Syntax
    from persistlint.schema.catalog import Catalog
    from persistlint.schema.definitions import Table

_MOST = 20_000  # code points of one text
# A program that is one step of many speaks of the tables of its time.
_STEP = regex(r"(?:^|/)v?\d[^/]*$", re.IGNORECASE)
# A program that asks the database which tables it has knows of some that may be there or not.
_ASKS = regex(
    r"\b(?:sqlite_(?:master|schema)|pg_tables|to_regclass|information_schema\.tables|show\s+(?:full\s+)?tables)\b",
    re.IGNORECASE,
)


def with_sent(facts: Iterable[Fact], syntax: Syntax) -> Iterator[Fact]:
    """These facts, and behind them what the queries among them come to for the tables of the project; only for a
    program that is a part of the product."""
    source = syntax.source
    queries = []
    for fact in facts:
        yield fact
        if isinstance(fact, Query) and not fact.is_fragment and not fact.is_raw:
            queries.append(fact)
    if not queries or source.language == "sql" or not is_product(source.path) or _STEP.search(source.path):
        return
    from persistlint.analysis.tables.catalogs import tables_around, with_own  # only who asks reads the project

    tables = tables_around(source)
    if tables.mark:
        yield Consulted(Range(0, 0), tables.mark)
    own = own_tables(syntax)
    if not tables.catalogs and not own.changes:
        return
    # A name without a schema may be meant for another database: it is no table of a schema other than the default one.
    catalog = replace(with_own(tables.agreed, own), qualified={})
    found = []
    asks = False
    last: dict[str, Range] = {}
    for query in queries:
        told = query.library.dialect if query.library is not None else None
        if told is not None and tables.dialect is not None and told != tables.dialect:
            continue  # it is for another database
        texts = [*filter(None, map(_sql, query.texts))]
        asks = asks or any(map(_ASKS.search, texts))
        for text in texts:
            before = last.get(text)
            last[text] = query.sql
            if before is not None and (query.sql in before or before in query.sql):
                continue  # what a tag makes, and what that is sent by, are one statement
            found.append(_sent(text, query.sql, catalog, told or tables.dialect))
    is_whole = tables.is_whole and not asks and len({name for sent in found for name in sent.unknown}) <= 1
    yield from (replace(sent, is_whole=is_whole) for sent in found)


def _sql(parts: Parts) -> str | None:
    """The text with a value in the place of every hole; None where a hole may be anything else."""
    if not all(isinstance(part, str) or part.context.is_value for part in parts.parts):
        return None
    text = "".join(part if isinstance(part, str) else "1" for part in parts.parts)
    return text if len(text) <= _MOST else None


def _sent(sql: str, range: Range, catalog: Catalog, dialect: str | None) -> Sent:
    text = Text(sql, (*([range.start] * len(sql)), range.end))
    replay = Replay(dialect, catalog)
    replay.begin(None, is_forward=True)
    names: dict[str, None] = {}
    columns: list[tuple[Table, str]] = []
    for tokens in statements(sql, dialect):
        replay.read(text, tokens, range)
        used = uses(tokens, dialect)
        names |= dict.fromkeys(table.name for table in used.tables if table.schema in DEFAULT_SCHEMAS)
        owned = [(catalog.find(Name(owner.schema, owner.name, range)), column) for owner, column in used.columns]
        columns += [(table, column) for table, column in owned if table is not None]
    changes = tuple(replay.changes)
    unknown = tuple(unknown_names(names, replay.catalog))
    return Sent(range, dialect, changes, catalog, unknown, tuple(columns) if not unknown else ())
