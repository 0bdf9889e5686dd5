"""The functions of a file and what stands in each, for facts that one function tells by itself."""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING

from persistlint.ir import (
    Assert,
    Assign,
    Block,
    ClassDefinition,
    Defer,
    ExpressionStatement,
    FunctionDefinition,
    If,
    Lambda,
    Loop,
    Nested,
    Raise,
    Return,
    Switch,
    Try,
    With,
    walk,
)
from persistlint.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from persistlint.ir import Expression, Function, Module, Statement
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


def expressions(statement: Statement) -> Iterator[Expression]:
    """The expressions that stand in a statement itself, not in its blocks, in source order; targets before values."""
    match statement:
        case Assign(target=target, value=value):
            yield target
            if value is not None:
                yield value
        case ExpressionStatement(value=value):
            yield value
        case Return(value=value) | Raise(value=value):
            if value is not None:
                yield value
        case If(test=test) | Assert(test=test):
            yield test
        case Loop(target=target, iterable=iterable, test=test):
            yield from (part for part in (target, iterable, test) if part is not None)
        case Switch(subject=subject, cases=cases):
            if subject is not None:
                yield subject
            for arm in cases:
                yield from arm.values
        case With(context=context, target=target):
            yield context
            if target is not None:
                yield target
        case Defer(call=call):
            yield call
        case ClassDefinition(decorators=decorators):
            yield from decorators
        case FunctionDefinition(function=function):
            yield from _signature(function)


def _statements(body: Block) -> Iterator[Statement]:
    stack = list(reversed(body))
    while stack:
        statement = stack.pop()
        yield statement
        stack.extend(inner for block in reversed(_blocks(statement)) for inner in reversed(block))


def _blocks(statement: Statement) -> tuple[Block, ...]:
    match statement:
        case If(then=then, otherwise=otherwise):
            return then, otherwise
        case Loop(body=body, otherwise=otherwise):
            return body, otherwise
        case Switch(cases=cases):
            return tuple(arm.body for arm in cases)
        case Try(body=body, handlers=handlers, otherwise=otherwise, final=final):
            return (body, *(handler.body for handler in handlers), otherwise, final)
        case With(body=body) | Nested(body=body) | ClassDefinition(body=body):
            return (body,)
    return ()


def _functions_in(statement: Statement, starts: Sequence[int]) -> Iterator[Function]:
    if isinstance(statement, FunctionDefinition):
        yield statement.function
    for expression in expressions(statement) if holds(starts, statement.range) else ():
        yield from (node.function for node in walk(expression) if isinstance(node, Lambda))


def _signature(function: Function) -> Iterator[Expression]:
    yield from function.decorators
    yield from (parameter.default for parameter in function.parameters if parameter.default is not None)
