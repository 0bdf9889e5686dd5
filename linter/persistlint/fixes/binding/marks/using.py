"""How a file writes the placeholders of an interface over many databases, where no driver that it imports tells: by the
SQL in it that has some. All of it goes to the same database."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from persistlint import ir
from persistlint.fixes.binding.text.statements import flat, with_functions
from persistlint.identity import Same
from persistlint.libraries import catalogue
from persistlint.sql.lexer import tokenize
from persistlint.sql.recognise import reads_as_sql

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.facts import Query
    from persistlint.fixes.program import Program
    from persistlint.source import SourceFile

_MOST = 20_000  # characters of one text


def with_used(query: Query, program: Program) -> Query:
    """A query whose placeholder is that of the other SQL of the file, where nothing else tells how it is written."""
    library = query.library
    if program.source.language == "go":
        return query  # whose module may tell otherwise
    if query.placeholder or query.site is None or library is None or not library.generic:
        return query
    if query.site().operation.placeholder or _has_others(program.source):
        return query
    return replace(query, placeholder=_used(Same(program.top_level)))


def _has_others(source: SourceFile) -> bool:
    """Whether a file names a library with placeholders of its own, whose texts say nothing of others."""
    return (
        _others("javascript" if source.language == "typescript" else source.language).search(source.content) is not None
    )


@cache
def _others(folder: str) -> re.Pattern[bytes]:
    libraries = [each for each in catalogue(folder).libraries if each.placeholder and not each.generic]
    modules = b"|".join(re.escape(module.encode()) for each in libraries for module in each.modules)
    return re.compile(rb"[\"'`](?:%s)(?:/[^\"'`\n]*)?[\"'`]" % modules)


@lru_cache(maxsize=2)  # every query of a file asks for it
def _used(same: Same[tuple[ir.Statement, ...]]) -> str:
    """`$1` or `?`, as all texts of SQL write it that have one of them; "" where they do not agree."""
    found = {used for text in _texts(same.value) if (used := _used_in(text))}
    return found.pop() if len(found) == 1 else ""


def _texts(statements: tuple[ir.Statement, ...]) -> Iterator[str]:
    """The texts in statements and in the functions inside them, with a word in the place of every hole."""
    for statement, _ in with_functions(flat(statements)):
        for node in ir.expressions_in(statement):
            if isinstance(node, ir.Template):
                yield "".join(part.value if isinstance(part, ir.String) else "x" for part in node.parts)
            elif isinstance(node, ir.String):
                yield node.value


def _used_in(text: str) -> str:
    """What a text writes; a question mark beside a number is an operator."""
    if ("$" not in text and "?" not in text) or len(text) > _MOST or not reads_as_sql([text]):
        return ""
    tokens = [token.text for token in tokenize(text, None)]
    if any(token[0] == "$" and token[1:].isdigit() for token in tokens):
        return "$1"
    return "?" if "?" in tokens else ""
