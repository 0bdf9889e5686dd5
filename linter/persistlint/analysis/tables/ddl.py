"""The tables that a program makes and changes by itself: the DDL that stands in its strings."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from persistlint.analysis.scopes import scopes
from persistlint.analysis.transactions.texts import text_of
from persistlint.analysis.transactions.variables import Scope
from persistlint.ir import Binary, Expression, String, Template, expressions, walk
from persistlint.records import dataclass
from persistlint.regexes import regex
from persistlint.schema.changes import CreateTable, TableChange
from persistlint.source import Range
from persistlint.sql.dialect import guess
from persistlint.sql.lexer import HOLE
from persistlint.sql.script import read_script

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.languages import Syntax

_DDL = regex(
    rb"\b(?:CREATE\s+(?:UNIQUE\s+)?(?:(?:TEMP\w*|UNLOGGED|VIRTUAL)\s+)?(?:TABLE|INDEX)|(?:ALTER|DROP|RENAME)\s+TABLE)\b",
    re.IGNORECASE,
)
# A text that is SQL from its first word on.
_SQL = regex(r"(?:\s|--[^\n]*\n)*(?:CREATE|ALTER|DROP|RENAME|BEGIN|START|PRAGMA|SET)\b", re.IGNORECASE)
# What is done to a table; no name where that is put together.
_NAMED = regex(
    rb"\b(?:ALTER|CREATE|DROP|RENAME)\s+(?:TEMP\w*\s+|UNLOGGED\s+|VIRTUAL\s+)?TABLE\s+(?:IF\s+(?:NOT\s+)?EXISTS\s+)?"
    rb"(?:ONLY\s+)?[\"'`\\\[]*(?P<name>[\w.]*)"
    rb"|\bCREATE\s+UNIQUE\s+INDEX\b[^;]{0,200}?\bON\s+(?:ONLY\s+)?[\"'`\\\[]*(?P<indexed>[\w.]*)",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class OwnTables:
    """What a program does to tables. `changes` are understood, those that make a table first. `unclear` are the names,
    in lower case, of tables that it may make or change in another way; "" for any."""

    changes: tuple[TableChange, ...] = ()
    unclear: frozenset[str] = frozenset()


def own_tables(syntax: Syntax) -> OwnTables:
    """The tables that a program makes and changes by itself."""
    content = syntax.source.content
    named = _names(content)
    if not named:
        return OwnTables()
    changes: list[TableChange] = []
    unclear: set[str] = set()
    for text in ddl_texts(syntax):
        if HOLE in text or not _SQL.match(text):
            unclear |= _names(text.encode())
            continue
        script = read_script(syntax.source.path, text.encode(), syntax.source.dialect or guess("", text))
        if script.unread:
            unclear |= _names(text.encode())
        changes += (change for change in script.forward if isinstance(change, TableChange))
    unclear |= named - {change.table.name.lower() for change in changes}
    changes.sort(key=lambda change: not isinstance(change, CreateTable))
    return OwnTables(tuple(changes), frozenset(unclear))


def ddl_texts(syntax: Syntax) -> Iterator[str]:
    """The strings of a program that change tables, `HOLE` in them for what is not known, in source order."""
    places = [Range(*match.span()) for match in _DDL.finditer(syntax.source.content)]
    nothing = Scope()
    for scope in scopes(syntax.lower(), places) if places else ():
        for statement in scope.statements:
            for expression in expressions(statement):
                for node in _texts(expression):
                    text = text_of(node, nothing)
                    if text is not None and _DDL.search(text.encode()):
                        yield text


def _texts(expression: Expression) -> Iterator[Expression]:
    """The texts in an expression; one that is put together of several is one."""
    parts = set[int]()
    for node in walk(expression):  # parents first
        if isinstance(node, Binary) and node.operator == "+":
            parts |= {id(node.left), id(node.right)}
        elif not isinstance(node, String | Template):
            continue
        if id(node) not in parts:
            yield node


def _names(content: bytes) -> set[str]:
    matches = _NAMED.finditer(content)
    return {(match["name"] or match["indexed"] or b"").decode().rpartition(".")[2].lower() for match in matches}
