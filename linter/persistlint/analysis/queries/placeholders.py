"""The placeholders in SQL text: which marks are bind parameters of a driver, and which only look like them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from persistlint.analysis.interpretation.pieces import Splice
from persistlint.analysis.interpretation.values import Atom, Entries, Items, Sql, Value, options_of
from persistlint.analysis.queries.statements import binds
from persistlint.facts import Origin
from persistlint.regexes import regex
from persistlint.sql.lexer import Kind, tokenize

if TYPE_CHECKING:
    from collections.abc import Set

    from persistlint.analysis.interpretation.arguments import Actual
    from persistlint.libraries import Catalogue, Library, Operation
    from persistlint.source import Range, SourceFile

# Text in which a placeholder may stand where none belongs; only such text is taken apart into tokens.
_IN_NAME_PLACE = regex(
    r"\b(?:from|join|into|update|table|truncate|only|exists)\s+(?:[\w\".]+\.)?[?%$:@]"
    r"|(?:\b(?:order|group|partition)\s+by\b|\bset\s)[^;]*[?%$:@]|\A\s*[?%$:@]",
    re.IGNORECASE,
)
# Drivers that quote names take them in placeholders of their own; knex escapes a question mark that is an operator.
_NAME = regex(
    r"\\\?|\?\?|:\w+:(?!:)|\$(?:\w+|[({<\[/]\s*\w+)(?:~|:(?:name|alias|raw|value)\b)|\{\s*\w+:\s*\w+\s*\}", re.I
)
# What the marks of placeholders begin with, by dialect; elsewhere they are variables, columns, stages or operators.
_MARKS = {"postgres": "$%:@", "mysql": "?%:", "snowflake": "?%:", "oracle": ":", "tsql": "?%@", "sqlite": "?:@$"}


def takes_values(operation: Operation, actuals: list[Actual], source: SourceFile) -> bool:
    """Whether the placeholders of a call are filled with values, now or when the statement that it prepares is run,
    and none of them with a name, as `pgx.Identifier`, `bun.Ident` or `AsIs` are."""
    if any(_is_name(actual.value) for actual in actuals[1:]):
        return False
    if operation.parameters is None:
        return operation.sql is not None and operation.statements != "many" and not operation.is_plain
    return len(actuals) > (operation.sql or 0) + 1 or binds(operation, actuals, source)


def marks_of(library: Library | None, dialect: str | None) -> str:
    """The characters that the placeholders of a driver begin with."""
    return _MARKS.get(dialect or "", "?%$:@") + (library.placeholder[:1] if library is not None else "")


def placeholder_of(
    operation: Operation, library: Library | None, modules: Set[str], tables: Catalogue, dialect: str | None
) -> str:
    """How a bind parameter is written in the SQL of a call: as its operation or library says, or else, for an interface
    of Go over many databases, as the only driver that the file imports or its dialect does. "" where nothing tells."""
    if library is None or operation.placeholder == "unknown":
        return ""
    if not library.modules:  # nothing but a name tells what the call is, or the language has it
        return operation.placeholder
    if operation.placeholder or not library.generic:
        return operation.placeholder or library.placeholder
    drivers = {
        driver.placeholder for driver in tables.libraries if driver.drives and not modules.isdisjoint(driver.modules)
    }
    if len(drivers) == 1:
        return drivers.pop()
    return "" if drivers else BY_DIALECT.get(dialect or "", "")


BY_DIALECT = {"postgres": "$1", "mysql": "?", "sqlite": "?"}


def with_placeholders(
    text: tuple[str | Splice, ...], bound: Range, marks: str, dialect: str | None, *, is_fragment: bool
) -> tuple[str | Splice, ...]:
    """A text in which every placeholder is a splice of a bound value."""
    whole = "".join(piece if isinstance(piece, str) else "x" for piece in text)
    if not is_fragment and not _IN_NAME_PLACE.search(whole):
        return text
    result: list[str | Splice] = []
    for piece in text:
        if not isinstance(piece, str):
            result.append(piece)
            continue
        last = 0
        for start, end in _placeholders(piece, marks, dialect):
            result += [piece[last:start], Splice(bound, bound, Origin.BOUND)]
            last = end
        result.append(piece[last:])
    return tuple(result)


def _placeholders(text: str, marks: str, dialect: str | None) -> list[tuple[int, int]]:
    names = [match.span() for match in _NAME.finditer(text)]
    found = []
    previous = ""
    is_returning = False  # in whatever database, `RETURNING … INTO` names what the value comes to, and no table
    for token in tokenize(text, dialect):
        is_variable = ((dialect == "oracle" or is_returning) and previous in ("INTO", ",")) or (
            dialect == "tsql" and previous in ("FROM", "JOIN", "INTO", "UPDATE", "OF")
        )
        previous = token.word
        is_returning = previous == "RETURNING" or (is_returning and previous != ";")
        # What begins with two of them is a variable of the server, or a mark of the program's own: `@@table@@`.
        is_variable |= token.text.startswith("@@")
        if token.kind is not Kind.PARAMETER or token.text[0] not in marks or is_variable:
            continue
        if not any(start < token.end and token.start < end for start, end in names):
            found.append((token.start, token.end))
    return found


def _is_name(value: Value) -> bool:
    match value:
        case Atom(origin=Origin.QUOTED) | Sql():
            return True
        case Atom(type=type) if type is not None and type.fluent and not type.role:
            return True  # a query of the builder, which goes in as SQL
        case Atom(type=type) if type is not None:
            return not (type.methods or type.fields or type.requests)
        case Items(elements=elements):
            return any(map(_is_name, elements))
        case Entries(entries=entries):
            return any(_is_name(item) for _, item in entries)
    options = options_of(value)
    return len(options) > 1 and any(map(_is_name, options))
