"""From a JavaScript or TypeScript syntax tree to the language-neutral program.

Both grammars name their nodes alike, so one lowering serves both. Bodies of functions are lowered when they are asked
for. Long chains (`a + b + …`, `else if`) are followed by loops; what nests deeper than `MAX_DEPTH` becomes `Unknown`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint import ir
from persistlint.languages.javascript.nodes import CLASSES, FUNCTIONS, METHOD, decoded
from persistlint.languages.javascript.statements import Lowering
from persistlint.source import Range

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tree_sitter import Node


def lower(root: Node, content: bytes) -> ir.Module:
    """The program of a file. `root` is its syntax tree, `content` the UTF-8 text that its offsets count in."""
    lowering = Lowering(content, _exported_names(root, content))
    return ir.Module(Range(0, len(content)), lowering.block(root))


def _exported_names(root: Node, content: bytes) -> frozenset[str]:
    """The names that a file exports other than where it declares them: `export { f }`, `module.exports = { f }`."""
    names: set[str] = set()
    for node in root.named_children:
        if node.type == "export_statement" and node.child_by_field_name("source") is None:
            value = node.child_by_field_name("value")
            clauses = [child for child in node.named_children if child.type in ("export_clause", "identifier")]
            for exported in [value] if value is not None else clauses:
                names.update(_names_in(exported, content))
        elif node.type == "expression_statement" and content.startswith((b"exports", b"module"), node.start_byte):
            assignment = node.named_children[0] if node.named_children else None
            if assignment is not None and assignment.type == "assignment_expression":
                names.update(_names_in(assignment.child_by_field_name("right"), content))
    return frozenset(names)


def _names_in(node: Node | None, content: bytes) -> Iterable[str]:
    stack = [node] if node is not None else []
    while stack:
        current = stack.pop()
        if current.type in ("identifier", "shorthand_property_identifier"):
            yield decoded(content[current.start_byte : current.end_byte])
        elif current.type == "export_specifier":
            stack.extend(current.children_by_field_name("name"))
        elif current.type not in FUNCTIONS | CLASSES and current.type != METHOD:
            stack.extend(current.named_children)
