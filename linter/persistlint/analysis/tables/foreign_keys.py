"""Where a program opens a database that checks no foreign key, though its own tables have some."""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.analysis.names import Names, last_name
from persistlint.analysis.scopes import scopes
from persistlint.analysis.tables.ddl import own_tables
from persistlint.facts import UncheckedReferences
from persistlint.ir import Assign, Call, Import, Name, String, expressions, walk
from persistlint.languages import languages
from persistlint.libraries import catalogue
from persistlint.paths import is_example, is_test
from persistlint.regexes import regex
from persistlint.schema.changes import CreateTable
from persistlint.source import Range

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.ir import Statement
    from persistlint.languages import Syntax
    from persistlint.libraries import Library
    from persistlint.settings import ProjectNames
    from persistlint.source import SourceFile

_OPENS = regex(rb"(?:\.connect|[.\s]Database|\.(?:Must)?Open|\.(?:Must)?Connect)\s*\(")
_REFERS = regex(rb"\breferences\b")
# What switches them on, or says that somebody thought of it: a PRAGMA, a key of a data source name, an option.
_SWITCHED = regex(rb"foreign_?keys?\b|\b_fk=")
_OF_NOBODY = regex(r":memory:|mode=(?:memory|ro)\b")  # nothing stays in it, or nothing is written
_WRITES = regex(rb"\b(?:insert|replace)\s+(?:or\s+\w+\s+)?into\b|\bupdate\s+\S+\s+set\b|\bdelete\s+from\b")
_CLOSES = regex(rb"\.close\s*\(")
_OPENERS = frozenset({"Open", "MustOpen", "Connect", "MustConnect"})


def may_have(source: SourceFile, names: ProjectNames) -> bool:
    """Whether a file can open such a database for rows, and says of nothing that it switches foreign keys on."""
    lowered = source.lowered
    if _REFERS.search(lowered) is None or _SWITCHED.search(lowered) is not None:
        return False
    return _WRITES.search(lowered) is not None or _CLOSES.search(lowered) is None  # else it only makes the tables


def facts(syntax: Syntax, names: ProjectNames) -> Iterator[UncheckedReferences]:
    """The first connection of a file to a database of its own that checks no foreign key of its tables."""
    source = syntax.source
    places = [Range(*match.span()) for match in _OPENS.finditer(source.content)]
    if not places or not may_have(source, names) or is_test(source.path) or is_example(source.path):
        return
    module = syntax.lower()
    folder = languages()[source.language].libraries
    known = Names(catalogue(folder), folder)
    for statement in module.body:
        if isinstance(statement, Import):
            known.add(statement)
    libraries = [library for library in known.catalogue.imported(known.modules) if library.references == "unchecked"]
    if not libraries:
        return
    calls = [
        (call, statement)
        for scope in scopes(module, places)
        for statement in scope.statements
        for expression in expressions(statement)
        for call in walk(expression)
        if isinstance(call, Call) and _opens(call, known, libraries)
    ]
    if not calls or any(_OF_NOBODY.search(source.text(call.range)) for call, _ in calls):
        return
    tables = tuple(
        str(change.table)
        for change in own_tables(syntax).changes
        if isinstance(change, CreateTable) and change.definition.foreign_keys
    )
    if tables:
        call, statement = min(calls, key=lambda found: found[0].range.start)
        yield UncheckedReferences(call.range, tables, _variable(call, statement) if len(calls) == 1 else "")


def _opens(call: Call, names: Names, libraries: list[Library]) -> bool:
    first = call.arguments[0].value if call.arguments else None
    if isinstance(first, String) and last_name(call.function) in _OPENERS:
        return any(first.value in library.opened_as for library in libraries) and _is_plain(call)
    qualified = names.qualified(call.function)
    return qualified is not None and any(
        qualified in type.created_by or (call.new and qualified in type.names)
        for library in libraries
        for type in library.types.values()
        if type.role
    )


def _is_plain(call: Call) -> bool:
    """Whether what a database is opened with is all there to see: another file may make the rest of it."""
    return len(call.arguments) > 1 and isinstance(call.arguments[1].value, String)


def _variable(call: Call, statement: Statement) -> str:
    """The variable that gets a connection in a statement which does nothing else, "" for any other."""
    match statement:
        case Assign(target=Name(id=id), value=value) if value is call:
            return id
    return ""
