"""Which driver an interface of Go over many databases has, where the imports of the file of a query do not say: what
the file opens, its module, the other queries beside it and the words of the text tell how a bind parameter is written.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import lru_cache
from typing import TYPE_CHECKING

from persistlint.analysis.queries.placeholders import BY_DIALECT
from persistlint.identity import Same
from persistlint.libraries import catalogue
from persistlint.regexes import regex
from persistlint.sql.lexer import Kind, tokenize
from persistlint.sql.manifests import dialects_of_module, modules_of

if TYPE_CHECKING:
    from collections.abc import Set

    from persistlint.analysis.names import Names
    from persistlint.analysis.queries.sinks import Sent
    from persistlint.libraries import Operation
    from persistlint.source import SourceFile

_MOST_SEARCHED = 1_000_000  # bytes
# A call that sends a constant: its handle, its method, the text, and whether something follows.
_SENT = regex(
    rb"\b((?:\w+\.){0,4}\w+)\.(Exec|MustExec|Query|QueryRow|Queryx|QueryRowx|Prepare|Preparex|Get|Select)(?:Context)?\("
    rb"\s*(?:\w*[cC]tx\s*,\s*|context\.\w+\(\)\s*,\s*|&[\w.]+\s*,\s*){0,2}"
    rb"(`[^`]*`|\"(?:[^\"\\\n]|\\.)*\")\s*(,?)"
)
# A call that opens a database, and the name of its driver where that is a constant.
_OPENED = regex(
    rb"\bsqlx?\.(?:Must)?(?:Open|Connect)(?:Context)?\(\s*(?:\w*[cC]tx\s*,\s*|context\.\w+\(\)\s*,\s*)?(\"[\w-]+\")?"
)
_FUNCTION = regex(rb"^func\b", re.MULTILINE)
# What only databases whose drivers write `?` read, MySQL and SQLite, or only PostgreSQL and its like.
_WORDS = (
    (
        "?",
        regex(
            r"\b(?:replace|insert\s+or\s+\w+|insert\s+ignore|replace\s+(?:low_priority|delayed))\s+into\s"
            r"|\bon\s+duplicate\s+key\b|\bsqlite_(?:master|schema)\b|\b(?:group_concat|unix_timestamp|strftime)\s*\(",
            re.IGNORECASE,
        ),
    ),
    ("$1", regex(r"::\s*[a-z]|\bilike\b|\bpg_(?:catalog|class|stat_\w+|tables|namespace)\b", re.IGNORECASE)),
)
_NUMBER = regex(r"(?<=\$)\d+")
_WRITTEN = frozenset(BY_DIALECT.values())


def placeholder_around(sent: Sent, source: SourceFile, names: Names) -> str:
    """How a bind parameter is written in a call, "" where nothing tells, or what tells contradicts itself: for a handle
    of which no more than the name is known, as its text does, or all libraries of the module that have such a method;
    for an interface over many databases, as all drivers of the module and the texts of the file that have some."""
    library = sent.library
    if source.language != "go" or library is None:
        return ""
    drivers = {each.dialect or "" for each in names.catalogue.imported(names.modules) if each.drives}
    if not library.modules:
        own = _own(sent) if sent.operation.parameters == "rest" or sent.operation.effect == "prepare" else set()
        return _one(own or _named_so(sent, source, names, drivers or dialects_of_module(source.path)))
    if not library.generic or (drivers and len(drivers) < 2):
        return ""
    of_module = {BY_DIALECT.get(dialect, "") for dialect in drivers or dialects_of_module(source.path)}
    found, opened = _own(sent), _opened(Same(source))
    if len(of_module) < 2:  # else the others may be for another one of the databases
        return _one({*found, *opened, *_beside(sent, source, names), *of_module} or _narrowed({""}, sent))
    return _one(found or {*opened} or _through(sent, source) or _narrowed(of_module, sent))


def _named_so(sent: Sent, source: SourceFile, names: Names, dialects: Set[str]) -> set[str]:
    """How the libraries of the module write parameters that have a method of the name of a call, which takes its SQL in
    the same place and its values behind it, and how the texts do that other calls send through such a handle."""
    operation, catalogue = sent.operation, names.catalogue
    if operation.parameters != "rest" and operation.effect != "prepare":
        return set()
    required = names.modules | modules_of(source.path)
    found: set[str] = set()
    for library in catalogue.libraries:
        # What Go brings itself is required nowhere, but is of use with a driver alone.
        is_of_go = bool(library.modules) and not any("." in module for module in library.modules)
        if required.isdisjoint(library.modules) and not is_of_go:
            continue
        methods = (type.methods.get(sent.method) for type in library.types.values())
        if any(_is_called_so(operation, method) for method in methods):
            several = {BY_DIALECT.get(dialect, "") for dialect in dialects} if library.generic and dialects else {""}
            found |= {library.placeholder} if library.placeholder else several
    return _narrowed(found, sent) | _beside(sent, source, names) if found else found


def _is_called_so(operation: Operation, method: Operation | None) -> bool:
    """Whether a method takes its text where a call of the same name has it, and values in the same way."""
    if method is None or method.placeholder == "unknown":
        return False
    return (operation.sql, operation.fragments, operation.parameters) == (
        method.sql,
        method.fragments,
        method.parameters,
    )


def _one(found: set[str]) -> str:
    return next(iter(found)) if len(found) == 1 and found <= _WRITTEN else ""


def _own(sent: Sent) -> set[str]:
    """How the text of a call writes the parameters whose values it passes."""
    if not sent.has_parameters and sent.operation.effect != "prepare":
        return set()
    return _marks(_text(sent))


def _narrowed(found: set[str], sent: Sent) -> set[str]:
    """Those of these ways to write a parameter that databases have which read the text of a call. A name stands in
    backquotes in MySQL, SQLite and ClickHouse, and in none of those that number parameters."""
    tokens = [token for token in tokenize(_text(sent)) if token.kind is not Kind.STRING]
    if found & {"?", ""} and any(token.kind is Kind.QUOTED and token.text.startswith("`") for token in tokens):
        return {"?"}
    text = " ".join(token.text for token in tokens)
    told = {mark for mark, words in _WORDS if words.search(text)}
    # Many a database is like PostgreSQL, so that its own words tell only where none but the others is there.
    is_told = (told == {"?"} and found & {"?", ""}) or (told == {"$1"} and found == {"?", "$1"})
    return told if is_told else found


def _text(sent: Sent) -> str:
    return "".join(piece if isinstance(piece, str) else " " for piece in sent.pieces)


def _beside(sent: Sent, source: SourceFile, names: Names) -> set[str]:
    """How the texts that other calls of the file send to the same database do."""
    found: set[str] = set()
    others = (library for library in names.catalogue.imported(names.modules) if library.types)
    if not all(library.generic for library in others):
        return found  # what looks like the same may be a handle that writes them in its own way
    library = sent.library  # of one that is known by its name alone, another name may be that of another
    types = library.types.values() if library is not None and library.modules else ()
    handles = {sent.handle.rpartition(".")[2].lower(), *(name for type in types for name in type.handles)}
    for handle, method, sql, behind in _SENT.findall(source.content[:_MOST_SEARCHED]):
        if handle.rpartition(b".")[2].decode().lower() in handles and (behind or method.startswith(b"Prepare")):
            found |= _marks(sql[1:-1].decode("utf-8", "replace"))
    return found


def _through(sent: Sent, source: SourceFile) -> set[str]:
    """How the texts do that other calls send through the very handle of a call: one of the same name in the same
    function, or a part of the same object."""
    content = source.content[:_MOST_SEARCHED]
    start, end = 0, len(content)
    if "." not in sent.handle:
        around = [match.start() for match in _FUNCTION.finditer(content)]
        index = bisect_right(around, sent.node.range.start)
        start, end = around[index - 1] if index else 0, around[index] if index < len(around) else end
    return {
        mark
        for handle, method, sql, behind in _SENT.findall(content[start:end])
        if handle.decode() == sent.handle and (behind or method.startswith(b"Prepare"))
        for mark in _marks(sql[1:-1].decode("utf-8", "replace"))
    }


@lru_cache(maxsize=2)  # every query of a file may ask for it
def _opened(same: Same[SourceFile]) -> frozenset[str]:
    """How the drivers write parameters whose names a file opens databases with; nothing where one of them is not
    known."""
    libraries = catalogue("go").libraries
    found: set[str] = set()
    for name in _OPENED.findall(same.value.content[:_MOST_SEARCHED]):
        driver = name[1:-1].decode()
        found |= {each.placeholder for each in libraries if driver in each.opened_as} or {""}
    return frozenset() if "" in found else frozenset(found)


def _marks(sql: str) -> set[str]:
    """The kinds of marks in a text, as they are written."""
    return {_NUMBER.sub("1", token.text) for token in tokenize(sql) if token.kind is Kind.PARAMETER}
