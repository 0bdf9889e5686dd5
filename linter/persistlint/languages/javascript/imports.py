"""Imports of JavaScript and TypeScript, lowered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint import ir
from persistlint.languages.javascript.expressions import Expressions
from persistlint.languages.javascript.nodes import children_of, inner_of
from persistlint.languages.nodes import range_of

if TYPE_CHECKING:
    from tree_sitter import Node


class Imports(Expressions):
    """Lowers what brings in names of other modules."""

    def _required(self, node: Node) -> tuple[str, str | None] | None:
        """Module and member of `require("m")`, `require("m").a` and `await import("m")`."""
        members: list[str] = []
        while True:
            node = inner_of(node)
            if node.type == "member_expression" and (name := node.child_by_field_name("property")) is not None:
                members.insert(0, self.text(name))
                node = node.child_by_field_name("object") or name
            elif node.type in ("await_expression", "non_null_expression", "as_expression") and children_of(node):
                node = children_of(node)[0]
            else:
                break
        function, arguments = node.child_by_field_name("function"), node.child_by_field_name("arguments")
        if node.type != "call_expression" or function is None or self.text(function) not in ("require", "import"):
            return None
        match children_of(arguments) if arguments is not None else []:
            case [module] if module.type == "string":
                return self._string(module).value, ".".join(members) or None
        return None

    def _imports(self, pattern: Node, module: str, member: str | None) -> list[ir.Statement]:
        """One import for every name that a declaration takes out of a module."""
        found: list[ir.Statement] = []
        stack = [(pattern, member)]
        while stack:
            node, member = stack.pop()
            if node.type in ("assignment_pattern", "object_assignment_pattern"):
                node = node.child_by_field_name("left") or node
            if node.type in ("identifier", "shorthand_property_identifier_pattern"):
                local = self.text(node)
                found.append(ir.Import(range_of(node), module, None if member == "default" else member, local))
            for child in reversed(children_of(node)) if node.type == "object_pattern" else ():
                key = child.child_by_field_name("key") or child.child_by_field_name("left") or child
                name = self._string(key).value if key.type == "string" else self.text(key)
                target = child.child_by_field_name("value") or child
                stack.append((target, f"{member}.{name}" if member else name))
        return found

    def _import(self, node: Node) -> list[ir.Statement]:
        clause = next((child for child in children_of(node) if child.type.startswith("import_")), None)
        source = node.child_by_field_name("source")
        if clause is not None and source is None:
            source = clause.child_by_field_name("source")  # import x = require("m")
        if clause is None or source is None:
            return []
        module = self._string(source).value
        found: list[ir.Statement] = []
        for child in children_of(clause):
            if child.type == "identifier":
                found.append(ir.Import(range_of(child), module, None, self.text(child)))
            elif child.type == "namespace_import" and children_of(child):
                found.append(ir.Import(range_of(child), module, None, self.text(children_of(child)[0])))
            elif child.type == "named_imports":
                found.extend(
                    self._specifier(item, module) for item in children_of(child) if item.type == "import_specifier"
                )
        return found

    def _passed_on(self, node: Node, source: Node) -> list[ir.Statement]:
        """What a module exports of another one: `export { pool } from "./pool"`, `export * from "./queries"`."""
        module = self._string(source).value
        kinds = {child.type: child for child in children_of(node)}
        if "export_clause" in kinds:
            clause = children_of(kinds["export_clause"])
            return [self._specifier(item, module) for item in clause if item.type == "export_specifier"]
        if (names := children_of(kinds["namespace_export"])) if "namespace_export" in kinds else ():
            return [ir.Import(range_of(node), module, None, self.text(names[0]))]
        return [ir.Import(range_of(node), module, None, "*")]

    def _specifier(self, node: Node, module: str) -> ir.Statement:
        name = node.child_by_field_name("name") or node
        member = self._string(name).value if name.type == "string" else self.text(name)
        local = self.text(node.child_by_field_name("alias") or name)
        return ir.Import(range_of(node), module, None if member == "default" else member, local)
