"""A walk over a lowered program for tests, with the bodies that are lowered only when somebody asks for them."""

from __future__ import annotations

from collections import deque
from dataclasses import fields, is_dataclass
from typing import TYPE_CHECKING

from persistlint import ir
from persistlint.source import Range

if TYPE_CHECKING:
    from collections.abc import Iterator


def nodes(root: object) -> Iterator[object]:
    """`root` and all that it holds, level by level: nodes, tuples of nodes, and the plain values of their fields."""
    pending: deque[object] = deque([root])
    while pending:
        node = pending.popleft()
        yield node
        if isinstance(node, ir.Function):
            pending.extend((node.parameters, node.decorators, node.body))
        elif isinstance(node, tuple):
            pending.extend(node)
        elif is_dataclass(node):
            pending.extend(getattr(node, field.name) for field in fields(node))


def force(root: object) -> int:
    """Ask for every body and count the nodes and ranges."""
    return sum(is_dataclass(node) or isinstance(node, Range) for node in nodes(root))
