"""What procedural SQL reads of the catalog of the database: names that are the developer's, and no data."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from persistlint.ir import (
    Argument,
    Attribute,
    Binary,
    Call,
    Conditional,
    Expression,
    Name,
    Number,
    TypeAssertion,
    Unknown,
)
from persistlint.languages.sql.calls import argument, call_of, one_of
from persistlint.languages.sql.reader import identifier
from persistlint.regexes import regex
from persistlint.sql.lexer import Kind, word_set

if TYPE_CHECKING:
    from collections.abc import Callable

    from persistlint.languages.sql.reader import Reader
    from persistlint.source import Range

CATALOG = "schema"  # what holds the names that come from the catalog of the database
_CATALOG_TABLES = regex(
    r"(?:pg_catalog|information_schema|sys)\s*\.|\bpg_(?:class|tables|namespace|attribute|indexes|roles|database|proc"
    r"|views|sequences|user|inherits|constraint|trigger|type|matviews|policies|extension)\b"
    r"|\b(?:all|user|dba)_(?:tables|tab_columns|tab_cols|objects|users|views|indexes|sequences|constraints|tab_partitions"
    r"|nested_tables|ind_columns|cons_columns|triggers|procedures|synonyms|mviews|lobs|segments|part_tables|xml_tables)\b"
    r"|\bsys(?:objects|columns|databases)\b|\bsqlite_master\b",
    re.IGNORECASE,
)


_ENUMERATED = {
    "tg_op": ("INSERT", "UPDATE", "DELETE", "TRUNCATE"),
    "tg_when": ("BEFORE", "AFTER", "INSTEAD OF"),
    "tg_level": ("ROW", "STATEMENT"),
}
_FROM_CATALOG = frozenset({"tg_table_name", "tg_table_schema", "tg_relname", "tg_name"})
# The roles and the schema of the session. `user` is one of them, but in MySQL the name of a column like any other.
_OF_SESSION = word_set("current_user session_user current_role current_schema current_catalog system_user user")
_NOW = word_set("current_date current_time current_timestamp localtime localtimestamp sysdate systimestamp")


def given_value(range: Range, name: str, dialect: str | None) -> Expression | None:
    """What the database itself calls by a name: a moment, who is there, or what a trigger is told."""
    if name in _NOW:
        return Number(range, name, None)
    if name in _ENUMERATED:
        return one_of(range, name, _ENUMERATED[name])
    is_of_session = name in _OF_SESSION and (name != "user" or dialect != "mysql")
    return Attribute(range, Name(range, CATALOG), name, range) if is_of_session or name in _FROM_CATALOG else None


def is_catalog(reader: Reader, end: int) -> bool:
    """Whether the tokens from here to index `end` read the catalog of the database."""
    if reader.index >= min(end, len(reader.tokens)):
        return False
    text = reader.text.text[reader.tokens[reader.index].start : reader.tokens[min(end, len(reader.tokens)) - 1].end]
    return _CATALOG_TABLES.search(text) is not None


def of_catalog(value: Expression, declared: frozenset[str]) -> Expression:
    """An expression over columns of the catalog: every name that is not a declared variable becomes one of the schema,
    which is the developer's."""
    again: Callable[[Expression], Expression] = lambda inner: of_catalog(inner, declared)  # noqa: E731
    match value:
        case Name(range=range, id=id) if id not in declared:
            return Attribute(range, Name(range, CATALOG), id, range)
        case Attribute(range=range, value=Name(id=id), name=name, name_range=name_range) if id not in declared:
            return Attribute(range, Name(range, CATALOG), name, name_range)
        case Binary():
            chain = []
            while isinstance(value, Binary):  # chains are long to the left
                chain.append(value)
                value = value.left
            value = again(value)
            for link in reversed(chain):
                value = Binary(link.range, link.operator, value, again(link.right))
            return value
        case Call(range=range, function=function, arguments=values):
            made = tuple(Argument(item.range, again(item.value), item.keyword, item.spread) for item in values)
            return Call(range, function, made)
        case Conditional(range=range, test=test, then=then, otherwise=otherwise):
            return Conditional(range, test, again(then), again(otherwise))
        case TypeAssertion(range=range, value=inner, type=type):
            return TypeAssertion(range, again(inner), type)
    return value


def known_names(reader: Reader) -> Expression:
    """EXISTS. Where the query looks names up in the catalog, the variables that it compares are known names."""
    start = reader.index
    reader.step()
    opened = reader.index
    reader.skip_group()
    end = reader.index
    reader.index = opened
    if not is_catalog(reader, end):
        reader.index = end
        return Unknown(reader.range_from(start))
    compared = []
    for index in range(opened + 1, end - 1):
        previous, token, following = reader.tokens[index - 1], reader.tokens[index], reader.tokens[index + 1]
        is_compared = previous.text == "=" or (following.text == "=" and previous.text != ".")
        if is_compared and token.kind in (Kind.WORD, Kind.PARAMETER) and identifier(token) in reader.types:
            place = reader.range_of(token)
            compared.append(argument(Name(place, identifier(token))))
    reader.index = end
    whole = reader.range_from(start)
    return call_of("known_object", whole, whole, compared)
