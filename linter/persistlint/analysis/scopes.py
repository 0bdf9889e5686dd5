"""The functions of a file and what stands in each, for facts that one function tells by itself."""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING

from persistlint.ir import Block, FunctionDefinition, Lambda, blocks, expressions, walk
from persistlint.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from persistlint.ir import Function, Module, Statement
    from persistlint.source import Range


@dataclass(frozen=True, slots=True)
class Scope:
    """The top level of a file or the body of one function: `statements` are all that run there, those of nested
    blocks included and those of nested functions not, in source order. `functions` are the functions around them,
    the innermost last."""

    functions: tuple[Function, ...]
    statements: tuple[Statement, ...]


def scopes(module: Module, candidates: Iterable[Range]) -> Iterator[Scope]:
    """The scopes of a file that hold a candidate, or have a function in them that does. No other body is lowered."""
    starts = sorted(candidate.start for candidate in candidates)
    pending: list[tuple[tuple[Function, ...], Block]] = [((), module.body)]
    while pending:
        functions, body = pending.pop()
        found = tuple(_statements(body))
        yield Scope(functions, found)
        inner = [function for statement in found for function in _functions_in(statement, starts)]
        pending.extend(
            ((*functions, function), function.body) for function in reversed(inner) if holds(starts, function.range)
        )


def holds(starts: Sequence[int], range: Range) -> bool:
    """Whether one of these offsets, which are sorted, lies in a range."""
    index = bisect_left(starts, range.start)
    return index < len(starts) and starts[index] < range.end


def _statements(body: Block) -> Iterator[Statement]:
    stack = list(reversed(body))
    while stack:
        statement = stack.pop()
        yield statement
        stack.extend(inner for block in reversed(blocks(statement)) for inner in reversed(block))


def _functions_in(statement: Statement, starts: Sequence[int]) -> Iterator[Function]:
    if isinstance(statement, FunctionDefinition):
        yield statement.function
    for expression in expressions(statement) if holds(starts, statement.range) else ():
        yield from (node.function for node in walk(expression) if isinstance(node, Lambda))
