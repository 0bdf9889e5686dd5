"""Which functions of a file have to do with some of its places, told from names: the others need not be run.

A function has where one of the places stands in it, or where it names what has: another function, or a variable or an
attribute that is given its value there. What a function calls is followed as it runs.
"""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING

from persistlint.analysis.interpretation.methods import GROWING
from persistlint.ir import (
    Assign,
    AssignmentExpression,
    Attribute,
    Call,
    ClassDefinition,
    Expression,
    ExpressionStatement,
    FunctionDefinition,
    Loop,
    Name,
    Nested,
    String,
    With,
    blocks,
    walk,
)
from persistlint.records import dataclass
from persistlint.source import words_in

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from persistlint.ir import Block, Function, Module, Statement
    from persistlint.source import Range, SourceFile

_CONSTRUCTORS = frozenset(["__init__", "constructor", "__post_init__", "__new__"])


@dataclass(frozen=True)
class _Part:
    """A function, or a statement outside of functions. Its `words` are all that stand in it, its `names` those by which
    other parts know what it gives."""

    range: Range
    words: frozenset[bytes]
    names: frozenset[bytes]


class Reach:
    """What of a program has to do with places, which are offsets in order."""

    def __init__(self, source: SourceFile, module: Module, places: Sequence[int]) -> None:
        found = _reached(list(_parts(source, module.body)), places)
        self._ranges = sorted(part.range for part in found)
        self._starts = [range.start for range in self._ranges]

    def __bool__(self) -> bool:
        """Whether anything has."""
        return bool(self._ranges)

    def includes(self, function: Function) -> bool:
        """Whether a function has to do with them, or the one that it stands in."""
        index = bisect_left(self._starts, function.range.start + 1)
        is_around = index > 0 and function.range.start < self._ranges[index - 1].end
        return is_around or _holds(function.range, self._starts)


def _reached(parts: list[_Part], places: Sequence[int]) -> list[_Part]:
    fresh = [part for part in parts if _holds(part.range, places)]
    others = [part for part in parts if not _holds(part.range, places)]
    found = []
    while fresh:
        found += fresh
        names = frozenset[bytes]().union(*(part.names for part in fresh))
        fresh = [part for part in others if not names.isdisjoint(part.words)]
        others = [part for part in others if names.isdisjoint(part.words)]
    return found


def _holds(range: Range, offsets: Sequence[int]) -> bool:
    """Whether one of some offsets, which are in order, stands in a range."""
    index = bisect_left(offsets, range.start)
    return index < len(offsets) and offsets[index] < range.end


def _parts(source: SourceFile, block: Block) -> Iterator[_Part]:
    for statement in block:
        if isinstance(statement, ClassDefinition | Nested):
            yield from _parts(source, statement.body)
        else:
            words = words_in(source.content[statement.range.start : statement.range.end])
            names = (words_in(name.encode()) for name in _names(statement))
            yield _Part(statement.range, words, frozenset[bytes]().union(*names))


def _names(statement: Statement) -> Iterator[str]:
    """What is given a value in a statement, as far as it is known outside."""
    match statement:
        case FunctionDefinition(function=function):
            yield function.name
            if function.name in _CONSTRUCTORS:
                yield from (name for inside in function.body for name in _names(inside))
        case Assign(target=target):
            yield from _named(target)
        case Loop(target=Expression() as target) | With(target=Expression() as target):
            yield from _named(target)
        case ExpressionStatement(value=value):
            yield from _changed(value)
    for block in blocks(statement):
        yield from (name for inside in block for name in _names(inside))


def _changed(value: Expression) -> Iterator[str]:
    """What an expression gives another value: `xs.append(x)`, `fmt.Fprintf(&b, …)`, `(x := 1)`."""
    for node in walk(value):
        match node:
            case AssignmentExpression(target=target):
                yield from _named(target)
            case Call(function=Attribute(value=receiver, name=name)) if name in GROWING:
                yield from _named(receiver)
            case Call(function=Attribute(name="Fprintf" | "Fprint" | "Fprintln"), arguments=(target, *_)):
                yield from _named(target.value)


def _named(target: Expression) -> Iterator[str]:
    for node in walk(target):
        match node:
            case Name(id=name) | Attribute(name=name) | String(value=name):
                yield name
