"""What the patterns of Python's `match` stand for and bind."""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint import ir
from persistlint.languages.nodes import range_of, text_of
from persistlint.languages.python.expressions import MOST_NESTED, expression
from persistlint.languages.python.nodes import parts_of

if TYPE_CHECKING:
    from tree_sitter import Node


def pattern_values(
    node: Node, subject: ir.Expression, captures: list[ir.Statement], depth: int
) -> list[ir.Expression] | None:
    """The values that a pattern stands for, None if it matches anything. What it binds is added to `captures`."""
    range = range_of(node)
    if depth > MOST_NESTED:
        return [ir.Unknown(range)]
    parts = parts_of(node)
    match node.type:
        case "case_pattern" if not parts:  # `_`
            return None
        case "case_pattern" if len(parts) == 1 and node.children[0].type != "-":
            return pattern_values(parts[0], subject, captures, depth + 1)
        case "tuple_pattern" if len(parts) == 1 and node.child_count == 3:  # parentheses
            return pattern_values(parts[0], subject, captures, depth + 1)
        case "case_pattern":
            return [ir.Unary(range, "-", expression(parts[0], depth))]
        case "identifier":
            captures.append(_capture(node, subject))
            return None
        case "dotted_name" if len(parts) == 1:
            return pattern_values(parts[0], subject, captures, depth + 1)
        case "union_pattern":
            found = [pattern_values(part, subject, captures, depth + 1) for part in parts]
            if None in found or any(child.type == "_" for child in node.children):
                return None
            return [value for values in found if values is not None for value in values]
        case "as_pattern":
            captures.append(_capture(parts[-1], subject))
            return pattern_values(parts[0], subject, captures, depth + 1)
        case "class_pattern" | "keyword_pattern":
            parts = parts[1:]
        case "string" | "concatenated_string" | "integer" | "float" | "true" | "false" | "none" | "dotted_name":
            return [expression(node, depth)]
    for part in parts:
        pattern_values(part, ir.Unknown(range_of(part)), captures, depth + 1)
    return [ir.Unknown(range)]


def _capture(name: Node, subject: ir.Expression) -> ir.Assign:
    value = subject if isinstance(subject, ir.Name) else ir.Unknown(range_of(name))  # evaluated once, so not repeated
    return ir.Assign(range_of(name), ir.Name(range_of(name), text_of(name)), value)
