"""The statements of a function in source order, those of its blocks included, and those of a callback that runs for
every element of a list: they are a loop like any other."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import replace
from functools import lru_cache
from operator import is_
from typing import TYPE_CHECKING

from persistlint import ir
from persistlint.identity import Same
from persistlint.regexes import regex

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from persistlint.facts import Query
    from persistlint.source import Range, SourceFile

_EACH = ("forEach", "map")
_BETWEEN = regex(rb"(?:\s++|//[^\n]*+)++")


@lru_cache(maxsize=2)  # every part of a query asks for it
def _nesting(same: Same[tuple[ir.Statement, ...]]) -> tuple[tuple[ir.Statement, ...], dict[int, ir.Statement | None]]:
    """The statements by where they begin, outer ones first, and the one that each stands in, by its identity."""
    ordered = sorted(same.value, key=lambda statement: (statement.range.start, -statement.range.end))
    parents: dict[int, ir.Statement | None] = {}
    open_ones: list[ir.Statement] = []
    for statement in ordered:
        while open_ones and open_ones[-1].range.end <= statement.range.start:
            open_ones.pop()
        parents[id(statement)] = open_ones[-1] if open_ones else None
        open_ones.append(statement)
    return tuple(ordered), parents


def holding(statements: tuple[ir.Statement, ...], place: Range) -> list[ir.Statement]:
    """Those of the statements of a function that a place stands in, outermost first."""
    ordered, parents = _nesting(Same(statements))
    index = bisect_right(ordered, place.start, key=lambda statement: statement.range.start) - 1
    statement = ordered[index] if index >= 0 else None
    found: list[ir.Statement] = []
    while statement is not None:
        if place in statement.range:
            found.append(statement)
        statement = parents[id(statement)]
    return found[::-1]


def flat(block: ir.Block) -> Iterator[ir.Statement]:
    """The statements of a block and of those inside it."""
    for statement in block:
        loop = _loop(statement)
        yield loop
        for inner in ir.blocks(loop):
            yield from flat(inner)


def every(block: ir.Block) -> Iterator[ir.Statement]:
    """The statements of a block, of those inside it and of the functions in their expressions."""
    for statement in flat(block):
        yield statement
        for expression in ir.expressions(statement):
            for node in ir.walk(expression):
                if isinstance(node, ir.Lambda):
                    yield from every(node.function.body)


def is_next(one: ir.Statement, other: ir.Statement, source: SourceFile) -> bool:
    """Whether a statement of Go runs whenever the one before it did: nothing but comments stands between them, and
    every block has its braces."""
    return source.language == "go" and _BETWEEN.fullmatch(source.content, one.range.end, other.range.start) is not None


def own_names(function: ir.Function) -> set[str]:
    """The names that a function takes or declares, which hide those around it."""
    names = {parameter.name for parameter in function.parameters}
    names |= {name for p in function.parameters if p.pattern is not None for name in ir.names_in(p.pattern)}
    for statement in flat(function.body):
        if isinstance(statement, ir.FunctionDefinition):
            names.add(statement.function.name)
        elif (isinstance(statement, ir.Assign) and statement.declares) or isinstance(statement, ir.Loop):
            names |= {*ir.names_in(statement.target)} if statement.target is not None else set()
    return names


def with_functions(statements: Iterable[ir.Statement]) -> Iterator[tuple[ir.Statement, frozenset[str]]]:
    """Statements with those of the functions inside them, each with the names that are others there."""
    pending = [(statement, frozenset[str]()) for statement in reversed(tuple(statements))]
    while pending:
        statement, hidden = pending.pop()
        yield statement, hidden
        functions = [statement.function] if isinstance(statement, ir.FunctionDefinition) else []
        nodes = ir.expressions_in(statement)
        functions += [node.function for node in nodes if isinstance(node, ir.Lambda)]
        for function in functions:
            inner = hidden | own_names(function)
            pending += [(each, inner) for each in flat(function.body)]


def with_loops(query: Query) -> Query:
    """A query whose site has the statements of callbacks, too."""
    if query.site is None:
        return query
    site = query.site()
    looped = _with_loops(Same(site.statements))
    if looped is site.statements:
        return query
    site = replace(site, statements=looped)
    return replace(query, site=lambda: site)


@lru_cache(maxsize=2)  # every query of a function asks for it
def _with_loops(same: Same[tuple[ir.Statement, ...]]) -> tuple[ir.Statement, ...]:
    """The statements with those of callbacks; the same ones where they have none."""
    looped = tuple(_looped(same.value))
    is_same = len(looped) == len(same.value) and all(map(is_, looped, same.value))
    return same.value if is_same else looped


def _looped(statements: Iterable[ir.Statement]) -> Iterator[ir.Statement]:
    for statement in statements:
        loop = _loop(statement)
        yield loop
        if loop is not statement:
            yield from (inner for block in ir.blocks(loop) for inner in flat(block))


def _loop(statement: ir.Statement) -> ir.Statement:
    """The loop that a statement is, or else the statement: `rows.forEach((row) => { … });`."""
    match statement:
        case ir.ExpressionStatement(
            value=ir.Call(
                function=ir.Attribute(value=items, name=method),
                arguments=[ir.Argument(value=ir.Lambda(function=function), spread=False)],
            )
        ) if method in _EACH and not function.is_async and not function.is_generator and function.parameters:
            first = function.parameters[0]
            target = first.pattern or ir.Name(first.range, first.name)
            return ir.Loop(statement.range, target, items, None, function.body)
    return statement
