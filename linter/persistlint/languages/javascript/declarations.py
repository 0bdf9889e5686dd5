"""Functions, classes, variables and types of JavaScript and TypeScript, lowered."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from persistlint import ir
from persistlint.languages.javascript.expressions import EXPRESSIONS
from persistlint.languages.javascript.imports import Imports
from persistlint.languages.javascript.nodes import METHOD, children_of, has_token, inner_of
from persistlint.languages.nodes import range_of
from persistlint.source import Range

if TYPE_CHECKING:
    from collections.abc import Callable

    from tree_sitter import Node


T = TypeVar("T")

_FIELDS = frozenset(("field_definition", "public_field_definition"))


class Declarations(Imports):
    """Lowers what a file declares. Bodies of functions are lowered when somebody asks for them."""

    def block(self, node: Node | None) -> ir.Block:
        """Lower the statements of a block, or one statement that stands where a block could."""
        raise NotImplementedError

    def function(
        self,
        node: Node,
        *,
        name: str = "",
        name_range: Range | None = None,
        exported: bool,
        owner: str | None = None,
        decorators: tuple[ir.Expression, ...] = (),
    ) -> ir.Function:
        """Lower a function, method or arrow function; its own name counts where none is given."""
        own_name = node.child_by_field_name("name")
        if own_name is not None and not name:
            key = self._key(own_name)
            name, name_range = key.value if isinstance(key, ir.String) else "", range_of(own_name)
        inside = node.child_by_field_name("body")
        tokens = [child.type for child in node.children]
        depth = self.depth

        def parameters() -> tuple[ir.Parameter, ...]:
            return self._at(depth, lambda: self._parameters(node))

        def body() -> ir.Block:
            return self._at(depth + 1, lambda: self._function_body(inside))

        return ir.Function(
            range_of(node),
            name,
            name_range or Range(node.start_byte, node.start_byte),
            parameters,
            body,
            decorators=decorators,
            owner=owner,
            receiver="this" if owner is not None or node.type == METHOD else None,
            returns=self._annotation(node, "return_type"),
            is_async="async" in tokens,
            is_generator="*" in tokens,
            exported=exported,
            body_start=inside.start_byte if inside is not None else node.end_byte,
        )

    def _at(self, depth: int, lower: Callable[[], T]) -> T:
        """Lower later what stood at that depth."""
        previous, self.depth = self.depth, depth
        try:
            return lower()
        finally:
            self.depth = previous

    def _function_body(self, node: Node | None) -> ir.Block:
        if node is None or node.type == "statement_block":
            return self.block(node)
        return (ir.Return(range_of(node), self.expression(node)),)

    def _parameters(self, node: Node) -> tuple[ir.Parameter, ...]:
        single = node.child_by_field_name("parameter")
        if single is not None:
            return (self._parameter(single),)
        parameters = node.child_by_field_name("parameters")
        children = children_of(parameters) if parameters is not None else []
        return tuple(self._parameter(child) for child in children if not self._is_this(child))

    def _is_this(self, node: Node) -> bool:
        pattern = node.child_by_field_name("pattern")  # TypeScript: the declared type of `this`
        return pattern is not None and pattern.type == "this"

    def _parameter(self, node: Node) -> ir.Parameter:
        pattern = node.child_by_field_name("pattern") or node
        default = node.child_by_field_name("value")
        if node.type == "assignment_pattern":
            pattern, default = node.child_by_field_name("left") or node, node.child_by_field_name("right")
        kind = "positional"
        if pattern.type == "rest_pattern" and (inner := children_of(pattern)):
            pattern, kind = inner[0], "rest"
        is_name = pattern.type == "identifier"
        return ir.Parameter(
            range_of(node),
            self.text(pattern) if is_name else "",
            self._annotation(node, "type"),
            self.expression(default) if default is not None else None,
            kind,
            None if is_name else self.expression(pattern),
        )

    def _annotation(self, node: Node, field: str) -> str:
        type = node.child_by_field_name(field)
        return self.text(type).removeprefix(":").strip() if type is not None else ""

    def _anonymous(self, node: Node) -> list[ir.Statement]:
        """`export default class {}` and `export default function () {}`."""
        if node.type == "class":
            return [self.class_definition(node, (), exported=True)]
        return [ir.FunctionDefinition(range_of(node), self.function(node, exported=True))]

    def _variables(self, node: Node, exported: bool) -> list[ir.Statement]:
        declarators = [child for child in children_of(node) if child.type == "variable_declarator"]
        kind = node.child_by_field_name("kind")
        is_constant = kind is not None and kind.type in ("const", "using")
        found: list[ir.Statement] = []
        for declarator in declarators:
            range = range_of(node if len(declarators) == 1 else declarator)
            found.extend(self._variable(declarator, range, is_constant, exported))
        return found

    def _variable(self, node: Node, range: Range, is_constant: bool, exported: bool) -> list[ir.Statement]:
        name, value = node.child_by_field_name("name"), node.child_by_field_name("value")
        if name is None:
            return []
        if value is not None:
            if (required := self._required(value)) is not None:
                return self._imports(name, *required)
            if inner_of(value).type == "class" and name.type == "identifier":
                is_exported = exported or self.text(name) in self.exported
                return [self.class_definition(inner_of(value), (), is_exported, self.text(name))]
        lowered = None
        if value is not None and name.type == "identifier":
            text = self.text(name)
            lowered = self.value(value, text, range_of(name), exported or text in self.exported)
        elif value is not None:
            lowered = self.expression(value)
        annotation = self._annotation(node, "type")
        return [ir.Assign(range, self.expression(name), lowered, "=", True, is_constant, annotation)]

    def _import_alias(self, node: Node, exported: bool) -> list[ir.Statement]:
        """`import A = B.C`."""
        match children_of(node):
            case [name, value]:
                return [ir.Assign(range_of(node), self._name(name), self.expression(value), "=", True, True)]
        return []

    def _function_definition(self, node: Node, exported: bool) -> list[ir.Statement]:
        name = node.child_by_field_name("name")
        is_exported = exported or (name is not None and self.text(name) in self.exported)
        return [ir.FunctionDefinition(range_of(node), self.function(node, exported=is_exported))]

    def class_definition(
        self, node: Node, decorators: tuple[ir.Expression, ...], exported: bool, name: str = ""
    ) -> ir.ClassDefinition:
        own_name = node.child_by_field_name("name")
        name = name or (self.text(own_name) if own_name is not None else "")
        exported = exported or name in self.exported
        body: list[ir.Statement] = []
        fields: list[tuple[str, str]] = []
        pending: tuple[ir.Expression, ...] = ()  # TypeScript puts the decorators of a method before it
        members = node.child_by_field_name("body")
        for child in children_of(members) if members is not None else ():
            if child.type == "decorator":
                pending += self._decorators(child)
                continue
            if child.type == METHOD:
                method = self._method(child, name, exported, pending + self._decorators(child))
                body.append(ir.FunctionDefinition(range_of(child), method))
                if method.name == "constructor":
                    fields.extend(self._parameter_properties(child))
            elif child.type in _FIELDS:
                body.append(self._class_field(child, name, exported, pending + self._decorators(child)))
                if annotation := self._annotation(child, "type"):
                    fields.append((self._field_name(child), annotation))
            elif child.type == "class_static_block":
                body.append(ir.Nested(range_of(child), self.block(child.child_by_field_name("body"))))
            pending = ()
        all_decorators = decorators + self._decorators(node)
        return ir.ClassDefinition(
            range_of(node),
            name,
            range_of(own_name or node),
            self._bases(node),
            tuple(body),
            tuple(fields),
            decorators=all_decorators,
        )

    def _method(self, node: Node, owner: str, exported: bool, decorators: tuple[ir.Expression, ...]) -> ir.Function:
        return self.function(node, exported=exported and not self._is_private(node), owner=owner, decorators=decorators)

    def _is_private(self, node: Node) -> bool:
        return any(
            child.type == "private_property_identifier"
            or (child.type == "accessibility_modifier" and self.text(child) == "private")
            for child in node.named_children
        )

    def _parameter_properties(self, constructor: Node) -> list[tuple[str, str]]:
        """`constructor(private readonly db: Pool)` declares the field `db`."""
        parameters = constructor.child_by_field_name("parameters")
        return [
            (self.text(pattern), self._annotation(node, "type"))
            for node in (children_of(parameters) if parameters is not None else ())
            if has_token(node, "accessibility_modifier", "readonly", "override_modifier")
            and (pattern := node.child_by_field_name("pattern")) is not None
        ]

    def _class_field(
        self, node: Node, owner: str, exported: bool, decorators: tuple[ir.Expression, ...]
    ) -> ir.Statement:
        name = node.child_by_field_name("name") or node.child_by_field_name("property") or node
        key, value = self._key(name), node.child_by_field_name("value")
        lowered = None
        if value is not None:
            is_exported = exported and not self._is_private(node)
            lowered = self.value(value, self._field_name(node), range_of(name), is_exported, owner)
        target = ir.Name(key.range, key.value) if isinstance(key, ir.String) else ir.Unknown(range_of(name))
        annotation = self._annotation(node, "type")
        return ir.Assign(
            range_of(node), target, lowered, "=", True, has_token(node, "readonly"), annotation, decorators=decorators
        )

    def _field_name(self, node: Node) -> str:
        key = self._key(node.child_by_field_name("name") or node.child_by_field_name("property"))
        return key.value if isinstance(key, ir.String) else ""

    def _bases(self, node: Node) -> tuple[str, ...]:
        """What a class or interface extends, as written, without type arguments."""
        bases: list[str] = []
        for child in node.named_children:
            clauses = child.named_children if child.type == "class_heritage" else [child]
            for clause in clauses:
                if clause.type in ("extends_clause", "extends_type_clause"):
                    values = clause.children_by_field_name("value") + clause.children_by_field_name("type")
                    bases.extend(self._without_type_arguments(value) for value in values)
                elif child.type == "class_heritage" and clause.type in EXPRESSIONS:
                    bases.append(self.text(clause))
        return tuple(bases)

    def _without_type_arguments(self, node: Node) -> str:
        name = node.child_by_field_name("name") if node.type == "generic_type" else None
        return self.text(name or node)

    def _decorators(self, node: Node) -> tuple[ir.Expression, ...]:
        decorators = [node] if node.type == "decorator" else [c for c in node.named_children if c.type == "decorator"]
        return tuple(self.expression(inner[0]) for decorator in decorators if (inner := children_of(decorator)))

    def _interface(self, node: Node, exported: bool) -> list[ir.Statement]:
        """An interface or a type alias: the types of its fields, or the types that it is another name for."""
        name = node.child_by_field_name("name")
        body = node.child_by_field_name("body") or node.child_by_field_name("value")
        if name is None or body is None:
            return []
        if body.type not in ("interface_body", "object_type"):
            others = tuple(part.strip() for part in self.text(body).split("|") if part.strip())
            return [ir.ClassDefinition(range_of(node), self.text(name), range_of(name), others, ())]
        fields = [
            (self._field_name(child), self._annotation(child, "type"))
            for child in body.named_children
            if child.type == "property_signature"
        ]
        bases = self._bases(node)
        return [ir.ClassDefinition(range_of(node), self.text(name), range_of(name), bases, (), tuple(fields))]

    def _enum(self, node: Node, exported: bool) -> list[ir.Statement]:
        name, body = node.child_by_field_name("name"), node.child_by_field_name("body")
        members: list[ir.Statement] = []
        for child in children_of(body) if body is not None else ():
            key = self._key(child.child_by_field_name("name") or child)
            value = child.child_by_field_name("value")
            if isinstance(key, ir.String):
                lowered = self.expression(value) if value is not None else None
                members.append(ir.Assign(range_of(child), ir.Name(key.range, key.value), lowered, "=", True, True))
        text = self.text(name) if name is not None else ""
        return [ir.ClassDefinition(range_of(node), text, range_of(name or node), (), tuple(members), is_enum=True)]


DECLARATIONS: dict[str, Callable[[Declarations, Node, bool], list[ir.Statement]]] = {
    "enum_declaration": Declarations._enum,
    "function_declaration": Declarations._function_definition,
    "generator_function_declaration": Declarations._function_definition,
    "import_alias": Declarations._import_alias,
    "interface_declaration": Declarations._interface,
    "lexical_declaration": Declarations._variables,
    "type_alias_declaration": Declarations._interface,
    "using_declaration": Declarations._variables,
    "variable_declaration": Declarations._variables,
}
