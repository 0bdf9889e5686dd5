"""What the lowering of JavaScript and TypeScript asks of a syntax node."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tree_sitter import Node

FUNCTIONS = frozenset(("arrow_function", "function_expression", "generator_function"))
CLASSES = frozenset(("class", "class_declaration", "abstract_class_declaration"))
METHOD = "method_definition"
COMMENTS = frozenset(("comment", "html_comment"))


def decoded(text: bytes) -> str:
    """The text of some bytes."""
    return text.decode("utf-8", "replace")


def children_of(node: Node) -> list[Node]:
    """The named children of a node without comments."""
    return [child for child in node.named_children if not child.is_extra or child.type not in COMMENTS]


def has_token(node: Node, *tokens: str) -> bool:
    """Whether one of these tokens stands in a node."""
    return not {child.type for child in node.children}.isdisjoint(tokens)


def inner_of(node: Node) -> Node:
    """The expression inside any number of parentheses."""
    while node.type == "parenthesized_expression" and (children := children_of(node)):
        node = children[0]
    return node
