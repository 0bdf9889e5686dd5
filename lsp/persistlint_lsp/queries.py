"""The query that code sends at one place, laid out to be read.

Nothing here imports pygls, see `persistlint_lsp.worker`.
"""

from __future__ import annotations

from inspect import cleandoc
from typing import TYPE_CHECKING

from persistlint.analysis import facts
from persistlint.facts import Hole, Query
from persistlint.languages import read
from persistlint.regexes import regex
from persistlint.sql.lexer import Kind, tokenize

if TYPE_CHECKING:
    from persistlint.facts import Text
    from persistlint.settings import Settings
    from persistlint.source import Range, SourceFile

_MARK = "persistlint_{}_mark"  # a name that no query has; sqlglot leaves names alone
_MARKS = regex(_MARK.format(r"(\d+)"))


def query_at(source: SourceFile, settings: Settings, offset: int) -> tuple[Range, str] | None:
    """The SQL around a byte offset, as a range and formatted text; None where there is none.

    Holes are written `{expression}`, placeholders as they are. Text that sqlglot cannot read keeps its layout.
    """
    for fact in facts(read(source), {Query: frozenset()}, settings.names):
        if not isinstance(fact, Query) or not fact.texts:
            continue
        ranges = [fact.sql, *(hole.template for text in fact.texts for hole in text.holes)]
        range = next((range for range in ranges if offset in range), None)
        if range is not None:
            return range, formatted(fact.texts[0], settings.dialect or (fact.library.dialect if fact.library else None))
    return None


def formatted(text: Text, dialect: str | None) -> str:
    """SQL laid out by sqlglot. What it cannot know, holes and placeholders, goes through it as names."""
    marks = [f"{{{part.expression}}}" for part in text.parts if isinstance(part, Hole)]
    numbers = iter(range(len(marks)))
    sql = "".join(_MARK.format(next(numbers)) if isinstance(part, Hole) else part for part in text.parts)
    pieces, end = [], 0
    for token in tokenize(sql, dialect):
        if token.kind is Kind.PARAMETER:
            pieces += [sql[end : token.start], _MARK.format(len(marks))]
            marks.append(token.text)
            end = token.end
    laid_out = _pretty("".join([*pieces, sql[end:]]), dialect)
    return _MARKS.sub(lambda match: marks[int(match[1])], laid_out)


def _pretty(sql: str, dialect: str | None) -> str:
    import sqlglot  # takes a third of a second, and only who looks at a query pays for it
    from sqlglot.errors import SqlglotError

    try:
        statements = sqlglot.transpile(sql, read=dialect, write=dialect, pretty=True)
    except (SqlglotError, RecursionError, ValueError):
        return cleandoc(sql)
    return ";\n\n".join(statement for statement in statements if statement)
