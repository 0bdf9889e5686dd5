"""Casts of text that SQL takes out of JSON, in the SQL that strings of code hold."""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.analysis.flow import Domain, Flow
from persistlint.analysis.json.casts import MAY_CAST, Piece, facts_of, may_have
from persistlint.ir import Expression, Function, Hole, String, Template
from persistlint.sql.lexer import HOLE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.facts import JsonCast
    from persistlint.languages import Syntax
    from persistlint.settings import ProjectNames
    from persistlint.source import Range, SourceFile

__all__ = ["facts", "may_have"]


def facts(syntax: Syntax, names: ProjectNames) -> Iterator[JsonCast]:
    """The casts in the strings of a program."""
    if not may_have(syntax.source, names):
        return
    strings = _Strings(syntax.source)
    Flow(strings, object()).block(syntax.lower().body)
    for pieces in strings.found.values():
        yield from facts_of(pieces, syntax.source)


class _Strings(Domain[object]):
    """Finds the strings that may hold such a cast. Where the text in the file is not what the string says (it has
    escapes, or is of several literals), all of it stands for each of its characters."""

    def __init__(self, source: SourceFile) -> None:
        self.source = source
        self.found: dict[Range, list[Piece]] = {}

    def copy(self, state: object) -> object:
        return state

    def merge(self, left: object, right: object) -> object:
        return left

    def enter_function(self, function: Function, state: object) -> object:
        return state

    def visit(self, expression: Expression, state: object) -> None:
        parts: tuple[String | Hole, ...]
        match expression:
            case String():
                parts = (expression,)
            case Template(parts=parts):
                pass
            case _:
                return
        if MAY_CAST.search(self.source.content, expression.range.start, expression.range.end) is None:
            return
        pieces: list[Piece] = []
        at = 0
        for part in parts:
            text = part.value if isinstance(part, String) else HOLE
            pieces.append((at, part.content.start if isinstance(part, String) else part.range.start, text))
            at += len(text)
            self.found.pop(part.range, None)  # a part of a template was met before it
        self.found[expression.range] = pieces
