"""Which texts and buffers a piece of code knows the layout of: it looks into them at constant positions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.analysis.names import path_of
from persistlint.analysis.numbers.vocabulary import function_names
from persistlint.ir import Attribute, Call, Expression, Subscript, Unknown, expressions, walk

if TYPE_CHECKING:
    from collections.abc import Iterable

    from persistlint.analysis.numbers.constants import Constants
    from persistlint.ir import Statement
    from persistlint.source import SourceFile

_SLICES = function_names("slices")
_SECOND = 2  # to look at the first or the second place of something takes no layout


def layouts(statements: Iterable[Statement], constants: Constants, source: SourceFile) -> dict[str, frozenset[float]]:
    """The paths (`persistlint.analysis.names.path_of`) of what the statements look into at a constant position, or
    cut a piece out of that begins at one, and these positions: `b[4]`, `line[14:16]`, `text.substring(7)`, not
    `text[:40]`."""
    found: dict[str, frozenset[float]] = {}
    for statement in statements:
        for expression in expressions(statement):
            for node in walk(expression):
                match node:
                    case Subscript(value=value, index=index):
                        start = _start(index, source)
                    case Call(function=Attribute(value=value, name=name), arguments=(argument, *_)) if name in _SLICES:
                        start = argument.value
                    case _:
                        continue
                position = constants.value(start) if start is not None else None
                if position is not None and position >= _SECOND and (path := path_of(value)):
                    found[path] = found.get(path, frozenset()) | {position}
    return found


def _start(index: Expression, source: SourceFile) -> Expression | None:
    """Where an index or a slice begins; None for a slice from the beginning."""
    if not isinstance(index, Unknown):
        return index
    begins = source.text(index.range).lstrip("[ \t")
    return index.operands[0] if index.operands and not begins.startswith(":") else None
