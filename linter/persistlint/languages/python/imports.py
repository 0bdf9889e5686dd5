"""Python's imports, lowered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint import ir
from persistlint.languages.nodes import range_of, text_of

if TYPE_CHECKING:
    from tree_sitter import Node

    from persistlint.languages.python.nodes import Scope


def lower_import(node: Node, scope: Scope, depth: int) -> ir.Block:
    """`import a.b, c as d`: a name for the package, and one for the module in it."""
    imports = []
    for name in node.children_by_field_name("name"):
        range = range_of(name)
        if name.type == "aliased_import":
            module, local = (text_of(name.child_by_field_name(field)) for field in ("name", "alias"))
            imports.append(ir.Import(range, module, None, local))
            continue
        module = text_of(name)
        package = module.partition(".")[0]
        imports.append(ir.Import(range, package, None, package))
        if package != module:
            imports.append(ir.Import(range, module, None, module))
    return tuple(imports)


def lower_import_from(node: Node, scope: Scope, depth: int) -> ir.Block:
    """`from a import b as c`."""
    module = text_of(node.child_by_field_name("module_name")) or "__future__"
    imports = []
    for name in node.children_by_field_name("name"):
        member = text_of(name.child_by_field_name("name") or name)
        local = text_of(name.child_by_field_name("alias")) or member
        imports.append(ir.Import(range_of(name), module, member, local))
    if any(child.type == "wildcard_import" for child in node.named_children):
        imports.append(ir.Import(range_of(node), module, None, "*"))
    return tuple(imports)
