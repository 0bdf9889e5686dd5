"""What every lowering asks of a syntax node."""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.source import Range

if TYPE_CHECKING:
    from tree_sitter import Node


def range_of(node: Node) -> Range:
    """The bytes of a node."""
    return Range(*node.byte_range)


def text_of(node: Node | None) -> str:
    """The source text of a node; empty for one that broken syntax left out."""
    return (node.text or b"").decode("utf-8", "replace") if node is not None else ""
