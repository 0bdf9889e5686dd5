"""The functions of a file and what stands in each, for facts that one function tells by itself."""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING

from persistlint.ir import FunctionDefinition, Lambda, expressions, statements_in, walk
from persistlint.records import dataclass
from persistlint.source import Range

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from persistlint.ir import Function, Module, Statement


@dataclass(frozen=True, slots=True)
class Scope:
    """The top level of a file or the body of one function: `statements` are all that run there, those of nested
    blocks included and those of nested functions not, in source order. `functions` are the functions around them,
    the innermost last."""

    functions: tuple[Function, ...]
    statements: tuple[Statement, ...]


def scopes(
    module: Module, candidates: Iterable[Range], may_matter: Callable[[Range], bool] = lambda _: True
) -> Iterator[Scope]:
    """The scopes of a file that hold a candidate, or have a function in them that does. No other body is lowered, nor
    that of a function of the top level whose bytes do not matter, with all that is in it."""
    starts = sorted(candidate.start for candidate in candidates)
    top = top_level(module)
    yield top
    for function in functions_in(top, starts):
        if may_matter(function.range):
            yield from scopes_of(function, starts)


def top_level(module: Module) -> Scope:
    """The scope of a file outside of all functions."""
    return Scope((), tuple(statements_in(module.body)))


def scopes_of(function: Function, starts: Sequence[int]) -> Iterator[Scope]:
    """The scope of a function of the top level and those in it that hold one of these offsets, which are sorted."""
    pending: list[tuple[Function, ...]] = [(function,)]
    while pending:
        functions = pending.pop()
        scope = Scope(functions, tuple(statements_in(functions[-1].body)))
        yield scope
        pending.extend((*functions, inner) for inner in reversed(functions_in(scope, starts)))


def functions_in(scope: Scope, starts: Sequence[int]) -> list[Function]:
    """The functions that stand directly in a scope and hold one of these offsets, which are sorted."""
    found = (function for statement in scope.statements for function in _functions_in(statement, starts))
    return [function for function in found if holds(starts, function.range)]


def holds(starts: Sequence[int], range: Range) -> bool:
    """Whether one of these offsets, which are sorted, lies in a range."""
    index = bisect_left(starts, range.start)
    return index < len(starts) and starts[index] < range.end


def may_hold(starts: Sequence[int], statement: Statement) -> bool:
    """Whether one of these offsets, which are sorted, may lie in an expression of a statement."""
    range = statement.range
    if isinstance(statement, FunctionDefinition):
        range = Range(range.start, max(range.start, statement.function.body_start))
    return holds(starts, range)


def _functions_in(statement: Statement, starts: Sequence[int]) -> Iterator[Function]:
    if isinstance(statement, FunctionDefinition):
        yield statement.function
    for expression in expressions(statement) if may_hold(starts, statement) else ():
        yield from (node.function for node in walk(expression) if isinstance(node, Lambda))
