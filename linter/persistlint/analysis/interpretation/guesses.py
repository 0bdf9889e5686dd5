"""Which operation a call is by the names in it, where no type tells."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from persistlint.analysis.interpretation.arguments import sql_arguments
from persistlint.analysis.interpretation.resolving import Resolved
from persistlint.analysis.interpretation.values import (
    Atom,
    Class,
    Closure,
    Entries,
    Imported,
    Items,
    Sql,
    Text,
    options_of,
)
from persistlint.analysis.names import last_name
from persistlint.facts import Origin
from persistlint.ir import Attribute, Call
from persistlint.records import dataclass
from persistlint.regexes import regex

if TYPE_CHECKING:
    from persistlint.analysis.interpretation.arguments import Actual
    from persistlint.analysis.interpretation.values import Value
    from persistlint.analysis.names import Names
    from persistlint.libraries import Library, Operation, Type


# What people call objects that have methods named as those of databases.
_NO_DATABASES = frozenset(
    [
        "executor",
        "driver",
        "browser",
        "page",
        "redis",
        "cache",
        "logger",
        "log",
        "shell",
        "runner",
        "process",
        "subprocess",
        "ssh",
        "cmd",
        "command",
        "console",
        "os",
        "element",
        "document",
        "router",
        "app",
        "axios",
        "http",
        "fetch",
        "api",
        "graphql",
        "gql",
    ]
)
_VERB = regex(
    r"\s*(?:select|insert|update|delete|replace|merge|upsert|create|alter|drop|truncate|with|call|exec|grant|revoke|set)\s",
    re.I,
)
_DATABASE = regex(
    r"_*(?:\w*_)?(?:db|database|conn|connection|cursor|cur)\d*|\w*(?:DB|Db|Database|Connection|Conn|Cursor)",
    re.ASCII,
)
SENDS = regex(r"query|sql|exec|statement|stmt", re.I)  # in the name of a function that may well send SQL
_SHOWS = regex(
    r"wmi|graphql|log|print|debug|pars|format|highlight|assert|expect|error|warn|trace|hash|cache|normali", re.I
)


@dataclass(frozen=True, slots=True)
class Guess:
    """The operation that a call may be. `library` is None where the file does not speak of it; `is_certain` whether
    what it is given is SQL for certain; `is_decided` whether all that it may be write bind parameters in one way."""

    resolved: Resolved
    library: Library | None
    is_certain: bool
    is_decided: bool = True


def guess(
    node: Call, receiver: Value | None, called: Value | None, actuals: list[Actual], names: Names
) -> Guess | None:
    """The operation that a call is by the name of its method and of its receiver, where no type is known."""
    name, tables = last_name(node.function), names.catalogue
    handle = ""
    if isinstance(node.function, Attribute):
        if isinstance(receiver, Text | Items | Entries | Closure | Class):
            return None
        if isinstance(receiver, Atom) and receiver.origin <= Origin.NUMBER:
            return None
        if name in tables.distinctive:  # also on the builder of Objection, which is that of Knex
            type, operation = tables.distinctive[name]
            return Guess(Resolved(operation, type), type.library if _imports(names, type.library) else None, True)
        if isinstance(receiver, Atom) and receiver.type is not None and not receiver.type.is_own:
            return None
        handle = last_name(node.function.value).lstrip("_$").lower()
    if isinstance(called, Imported) and called.name in tables.functions:
        return None
    if handle in _NO_DATABASES:
        return None
    best: tuple[tuple[bool, bool, bool], Operation, Type] | None = None
    marks: dict[tuple[bool, bool, bool], set[str]] = {}
    is_told = False  # `execute(text("…"))` is of SQLAlchemy
    for type, operation in tables.methods.get(name, ()):
        library = type.library
        is_named = handle in {module.lower() for module in library.modules}  # `models.sequelize`, of another file
        if library.modules and not is_named and not _imports(names, library):
            continue
        fits = handle in {known.lower() for known in type.handles}
        if operation.sql is None and not fits:
            continue
        texts = [
            option
            for actual, _ in sql_arguments(operation, actuals)
            for option in options_of(actual.value)
            if isinstance(option, Text | Sql | Entries)
        ]
        rank = (bool(texts), fits, bool(library.modules))
        marks.setdefault(rank, set()).add(mark(operation))
        is_told |= bool(library.text) and any(_is_made_by(library.text, actual) for actual in actuals)
        if best is None or rank > best[0]:
            best = rank, operation, type
    if best is None:
        return None
    rank, operation, type = best
    _, fits, is_imported = rank
    # The SQL at least begins as SQL does: a dialect may go on as it likes.
    begins = any(begins_as_sql(actual) for actual, _ in sql_arguments(operation, actuals))
    is_decided = len(marks[rank]) == 1 or is_told
    return Guess(Resolved(operation, type), type.library, fits and is_imported and begins, is_decided)


def _imports(names: Names, library: Library) -> bool:
    return bool(names.modules.intersection(library.modules))


def begins_as_sql(actual: Actual) -> bool:
    texts = [option for option in options_of(actual.value) if isinstance(option, Text)]
    first = next((piece for text in texts for piece in text.pieces if isinstance(piece, str) and piece.strip()), "")
    return bool(_VERB.match(first))


def is_of_database(node: Call) -> bool:
    """Whether a call is one of a method of the program's own on what it calls a database: `myDB.select("…")`."""
    if not isinstance(node.function, Attribute) or _SHOWS.search(node.function.name):
        return False
    return _DATABASE.fullmatch(last_name(node.function.value)) is not None


def may_send(node: Call) -> bool:
    """Whether a function that nothing is known of sends SQL, by its name."""
    name = last_name(node.function)
    if isinstance(node.function, Attribute) and last_name(node.function.value).lstrip("_$").lower() in _NO_DATABASES:
        return False
    return bool(SENDS.search(name)) and not _SHOWS.search(name)


def mark(operation: Operation) -> str:
    return operation.placeholder or operation.library.placeholder


def _is_made_by(function: str, actual: Actual) -> bool:
    return isinstance(actual.expression, Call) and last_name(actual.expression.function) == function
