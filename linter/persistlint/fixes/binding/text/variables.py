"""Variables as a fix knows them: by their names, and attributes of an object as those with a dot in it."""

from __future__ import annotations

from persistlint import ir


def variable(node: ir.Expression) -> ir.Name | None:
    """A variable, or an attribute of one under the name that has a dot in it, None for other expressions."""
    match node:
        case ir.Name():
            return node
        case ir.Attribute(value=ir.Name(id=receiver), name=name):
            return ir.Name(node.range, f"{receiver}.{name}")
    return None


def is_name(node: ir.Expression, name: str) -> bool:
    """Whether an expression is the variable of that name."""
    found = variable(node)
    return found is not None and found.id == name


def is_length(node: ir.Expression, name: str) -> bool:
    """Whether an expression is the length of a list or of a text."""
    match node:
        case ir.Call(function=ir.Name(id="len"), arguments=[ir.Argument(value=ir.Name(id=same))]):
            return same == name
        case ir.Attribute(value=ir.Name(id=same), name="length"):
            return same == name
    return False
