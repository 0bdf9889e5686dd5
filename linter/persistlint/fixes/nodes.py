"""The expressions that stand in statements."""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint import ir

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


def nodes_of(statements: Sequence[ir.Statement]) -> Iterator[ir.Expression]:
    """The expressions of statements and of the functions inside them; not of the blocks of these statements, which
    are listed themselves."""
    for statement in statements:
        if isinstance(statement, ir.FunctionDefinition):
            yield from nodes_inside(statement.function.body)
        for expression in ir.expressions(statement):
            for node in ir.walk(expression):
                yield node
                if isinstance(node, ir.Lambda):
                    yield from nodes_inside(node.function.body)


def nodes_inside(block: Sequence[ir.Statement]) -> Iterator[ir.Expression]:
    """The expressions of a block, of the blocks in it and of the functions inside it."""
    yield from nodes_of(block)
    for statement in block:
        for inner in ir.blocks(statement):
            yield from nodes_inside(inner)
