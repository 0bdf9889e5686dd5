"""What the Go lowering asks of a syntax node."""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.records import dataclass
from persistlint.source import Range

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tree_sitter import Node


MOST_LEVELS = 120  # of nesting; what lies deeper becomes Unknown, so that no recursion runs out of stack


@dataclass(frozen=True, slots=True)
class Scope:
    """What a lowering knows of its surroundings: how deep it is, and the results and `iota` that hold here."""

    depth: int = 0
    results: tuple[Node, ...] = ()
    iota: int | None = None

    def deeper(self, levels: int = 1) -> Scope:
        """The same, some levels further in."""
        return Scope(self.depth + levels, self.results, self.iota)


def flat(nodes: Iterable[Node]) -> Iterator[Node]:
    """The statements among these nodes, with what broken syntax and lists of statements hold put in their place."""
    stack = list(nodes)[::-1]
    while stack:
        node = stack.pop()
        if node.type in ("ERROR", "statement_list"):
            stack.extend(reversed(node.named_children))
        elif node.type != "comment":
            yield node


def operands_of(node: Node | None) -> list[Node]:
    """The named children of a node without comments; none of a node that is missing."""
    if node is None:
        return []
    return [child for child in node.named_children if not child.is_extra or child.type != "comment"]


def names_of(node: Node) -> list[Node]:
    """The names that a declaration gives."""
    return [name for name in node.children_by_field_name("name") if name.is_named]


def field_of(node: Node | None, name: str) -> Node | None:
    """A field of a node, None where either is missing."""
    return node.child_by_field_name(name) if node is not None else None


def span_of(nodes: list[Node]) -> Range | None:
    """The bytes from the first of some nodes to the last, None of none."""
    return Range(nodes[0].start_byte, nodes[-1].end_byte) if nodes else None
