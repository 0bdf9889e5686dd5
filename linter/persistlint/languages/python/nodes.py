"""What the Python lowering asks of a syntax node, and of the place where it stands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.records import dataclass

if TYPE_CHECKING:
    from tree_sitter import Node

_EXTRAS = ("comment", "line_continuation")  # may stand between any two tokens, and so may broken syntax


def parts_of(node: Node) -> list[Node]:
    """The named children of a node without comments."""
    return [child for child in node.named_children if not child.is_extra or child.type not in _EXTRAS]


@dataclass(frozen=True, slots=True)
class Scope:
    """Where a statement stands: the class whose body it is in, and whether other files can reach what it names."""

    owner: str | None
    is_public: bool


def is_public(name: str) -> bool:
    """Whether a name says that other files may use what it names."""
    return not name.startswith("_") or (name.startswith("__") and name.endswith("__"))
