"""Which driver an interface of Go over many databases has, where the file of a query imports none: what the module of
the file and the other queries beside it tell of how a bind parameter is written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.analysis.queries.placeholders import BY_DIALECT
from persistlint.regexes import regex
from persistlint.sql.lexer import Kind, tokenize
from persistlint.sql.manifests import dialects_of_module

if TYPE_CHECKING:
    from persistlint.analysis.names import Names
    from persistlint.analysis.queries.sinks import Sent
    from persistlint.source import SourceFile

_MOST_SEARCHED = 1_000_000  # bytes
# A call that sends a constant: its handle, its method, the text, and whether something follows.
_SENT = regex(
    rb"\b(\w+)\.(Exec|MustExec|Query|QueryRow|Queryx|QueryRowx|Prepare|Preparex|Get|Select)(?:Context)?\("
    rb"\s*(?:\w*[cC]tx\s*,\s*|context\.\w+\(\)\s*,\s*|&[\w.]+\s*,\s*){0,2}"
    rb"(`[^`]*`|\"(?:[^\"\\\n]|\\.)*\")\s*(,?)"
)
_NUMBER = regex(r"(?<=\$)\d+")
_WRITTEN = frozenset(BY_DIALECT.values())


def placeholder_around(sent: Sent, source: SourceFile, names: Names) -> str:
    """How a bind parameter is written in a call: as all drivers of the module do, and the texts of the file that have
    some; "" where neither tells, or they contradict each other."""
    drivers = (library for library in names.catalogue.imported(names.modules) if library.drives)
    library = sent.library
    if source.language != "go" or library is None or any(drivers):
        return ""
    if not library.modules and sent.operation.parameters == "rest":  # a handle of which no more than the name is known
        return _one(_own(sent))
    if not library.generic:
        return ""
    of_module = {BY_DIALECT.get(dialect, "") for dialect in dialects_of_module(source.path)}
    found = _own(sent)
    if len(of_module) < 2:  # else the others may be for another one of the databases
        found |= _beside(sent, source, names) | of_module
    return _one(found)


def _one(found: set[str]) -> str:
    return next(iter(found)) if len(found) == 1 and found <= _WRITTEN else ""


def _own(sent: Sent) -> set[str]:
    """How the text of a call writes the parameters whose values it passes."""
    if not sent.has_parameters and sent.operation.effect != "prepare":
        return set()
    return _marks("".join(piece if isinstance(piece, str) else " " for piece in sent.pieces))


def _beside(sent: Sent, source: SourceFile, names: Names) -> set[str]:
    """How the texts that other calls of the file send to the same database do."""
    found: set[str] = set()
    others = (library for library in names.catalogue.imported(names.modules) if library.types)
    if not all(library.generic for library in others):
        return found  # what looks like the same may be a handle that writes them in its own way
    types = sent.library.types.values() if sent.library is not None else ()
    handles = {sent.handle.rpartition(".")[2].lower(), *(name for type in types for name in type.handles)}
    for handle, method, sql, behind in _SENT.findall(source.content[:_MOST_SEARCHED]):
        if handle.decode().lower() in handles and (behind or method.startswith(b"Prepare")):
            found |= _marks(sql[1:-1].decode("utf-8", "replace"))
    return found


def _marks(sql: str) -> set[str]:
    """The kinds of marks in a text, as they are written."""
    return {_NUMBER.sub("1", token.text) for token in tokenize(sql) if token.kind is Kind.PARAMETER}
