"""Statements of JavaScript and TypeScript, lowered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint import ir
from persistlint.languages.javascript.declarations import DECLARATIONS, Declarations
from persistlint.languages.javascript.expressions import EXPRESSIONS, MAX_DEPTH
from persistlint.languages.javascript.nodes import CLASSES, children_of, has_token, inner_of
from persistlint.languages.nodes import range_of
from persistlint.source import Range

if TYPE_CHECKING:
    from collections.abc import Callable

    from tree_sitter import Node


_ENDINGS = (ir.Return, ir.Raise, ir.Jump)


class Lowering(Declarations):
    """Lowers one file."""

    def block(self, node: Node | None) -> ir.Block:
        """Lower the statements of a block, or one statement that stands where a block could."""
        if node is None:
            return ()
        if node.type in ("statement_block", "program"):
            return tuple(statement for child in children_of(node) for statement in self.statements(child))
        return tuple(self.statements(node))

    def statements(
        self, node: Node, exported: bool = False, decorators: tuple[ir.Expression, ...] = ()
    ) -> list[ir.Statement]:
        """Lower one statement, which may become several, or none. A declaration may be `exported` and decorated."""
        if self.depth >= MAX_DEPTH:
            return [ir.ExpressionStatement(range_of(node), ir.Unknown(range_of(node)))]
        self.depth += 1
        try:
            kind = node.type
            if kind in CLASSES:
                return [self.class_definition(node, decorators, exported)]
            if kind in DECLARATIONS:
                return DECLARATIONS[kind](self, node, exported)
            if kind in _STATEMENTS:
                return _STATEMENTS[kind](self, node)
            return self._expression_statement(node) if node.type in EXPRESSIONS else []
        finally:
            self.depth -= 1

    def _error(self, node: Node) -> list[ir.Statement]:
        return [statement for child in children_of(node) for statement in self.statements(child)]

    def _expression_statement(self, node: Node) -> list[ir.Statement]:
        inner = children_of(node) if node.type == "expression_statement" else [node]
        return self._effect(inner[0], range_of(node)) if inner else []

    def _effect(self, node: Node, range: Range) -> list[ir.Statement]:
        """Lower an expression whose value is dropped."""
        node = inner_of(node)
        match node.type:
            case "assignment_expression" | "augmented_assignment_expression":
                return self._assign(node, range)
            case "update_expression":
                target, value, operator = self._increment(node)
                return [ir.Assign(range, target, value, operator)]
            case "sequence_expression":
                return [item for child in children_of(node) for item in self._effect(child, range_of(child))]
            case "internal_module":
                return self._namespace(node)
            case "class" | "function_expression":
                return self._anonymous(node)
        return [ir.ExpressionStatement(range, self.expression(node))]

    def _assign(self, node: Node, range: Range) -> list[ir.Statement]:
        target, right = self.field(node, "left"), node.child_by_field_name("right")
        name, name_range, exported = "", target.range, True
        owner = None
        match target:
            case ir.Name(id=name):
                exported = name in self.exported
            case ir.Attribute(value=ir.Name(id="module"), name="exports"):
                pass
            case ir.Attribute(
                value=ir.Attribute(value=ir.Name(id=owned), name="prototype" | "methods"),
                name=name,
                name_range=name_range,
            ):
                if right is not None and inner_of(right).type == "function_expression":  # it has a `this` of its own
                    owner = owned
            case ir.Attribute(name=name, name_range=name_range):
                pass
        before: list[ir.Statement] = []
        if right is None:
            value: ir.Expression = ir.Unknown(Range(node.end_byte, node.end_byte))
        elif inner_of(right).type == "class":
            definition = self.class_definition(inner_of(right), (), exported, name)
            before, value = [definition], ir.Name(definition.range, definition.name)
        else:
            value = self.value(right, name, name_range, exported, owner)
        is_using = has_token(node, "using")
        operator = self._assignment_operator(node)
        return [*before, ir.Assign(range, target, value, operator, declares=is_using, constant=is_using)]

    def _export(self, node: Node) -> list[ir.Statement]:
        if (source := node.child_by_field_name("source")) is not None:
            return self._passed_on(node, source)
        decorators = self._decorators(node)
        declaration = node.child_by_field_name("declaration")
        if declaration is not None:
            return self.statements(declaration, exported=True, decorators=decorators)
        value = node.child_by_field_name("value")
        children = (
            [value] if value is not None else [child for child in children_of(node) if child.type != "export_clause"]
        )
        found: list[ir.Statement] = []
        for child in children:
            if child.type == "ERROR":
                found.extend(self._error(child))
            elif child.type != "decorator":
                found.extend(self._effect(child, range_of(node)))
        return found

    def _namespace(self, node: Node) -> list[ir.Statement]:
        return [ir.Nested(range_of(node), self.block(node.child_by_field_name("body")))]

    def _nested(self, node: Node) -> list[ir.Statement]:
        return [ir.Nested(range_of(node), self.block(node))]

    def _labelled(self, node: Node) -> list[ir.Statement]:
        return [ir.Nested(range_of(node), self.block(node.child_by_field_name("body")))]

    def _if(self, node: Node) -> list[ir.Statement]:
        chain: list[Node] = []
        otherwise: ir.Block = ()
        current: Node | None = node
        while current is not None:
            chain.append(current)
            clause = current.child_by_field_name("alternative")
            inner = children_of(clause) if clause is not None else []
            current = inner[0] if inner and inner[0].type == "if_statement" else None
            if current is None and inner:
                otherwise = self.block(inner[0])
        result = otherwise
        for current in reversed(chain):
            then = self.block(current.child_by_field_name("consequence"))
            result = (ir.If(range_of(current), self.field(current, "condition"), then, result),)
        return list(result)

    def _for(self, node: Node) -> list[ir.Statement]:
        initializer, increment = node.child_by_field_name("initializer"), node.child_by_field_name("increment")
        condition = node.child_by_field_name("condition")
        before = self.block(initializer)
        is_tested = condition is not None and condition.is_named and condition.type != "empty_statement"
        test = self.expression(condition) if condition is not None and is_tested else None
        body = self.block(node.child_by_field_name("body"))
        after = self._effect(increment, range_of(increment)) if increment is not None else []
        return [*before, ir.Loop(range_of(node), None, None, test, (*body, *after))]

    def _for_in(self, node: Node) -> list[ir.Statement]:
        target, iterable = self.field(node, "left"), self.field(node, "right")
        body = self.block(node.child_by_field_name("body"))
        return [ir.Loop(range_of(node), target, iterable, None, body, is_async=has_token(node, "await"))]

    def _while(self, node: Node) -> list[ir.Statement]:
        body = self.block(node.child_by_field_name("body"))
        return [ir.Loop(range_of(node), None, None, self.field(node, "condition"), body)]

    def _switch(self, node: Node) -> list[ir.Statement]:
        body = node.child_by_field_name("body")
        arms = [child for child in children_of(body) if child.type in ("switch_case", "switch_default")] if body else []
        cases = []
        for arm in arms:
            value = arm.child_by_field_name("value")
            values = (self.expression(value),) if value is not None else ()
            statements = [s for child in arm.children_by_field_name("body") for s in self.statements(child)]
            block, falls_through = _without_break(tuple(statements))
            cases.append(ir.Case(range_of(arm), values, block, falls_through and arm is not arms[-1]))
        return [ir.Switch(range_of(node), self.field(node, "value"), tuple(cases))]

    def _try(self, node: Node) -> list[ir.Statement]:
        handlers: tuple[ir.Handler, ...] = ()
        if (clause := node.child_by_field_name("handler")) is not None:
            name = clause.child_by_field_name("parameter")
            text = self.text(name) if name is not None and name.type == "identifier" else None
            handlers = (ir.Handler(range_of(clause), (), text, self.block(clause.child_by_field_name("body"))),)
        finalizer = node.child_by_field_name("finalizer")
        final = self.block(finalizer.child_by_field_name("body")) if finalizer is not None else ()
        return [ir.Try(range_of(node), self.block(node.child_by_field_name("body")), handlers, (), final)]

    def _return(self, node: Node) -> list[ir.Statement]:
        inner = [child for child in children_of(node) if child.type != "ERROR"]
        return [ir.Return(range_of(node), self.expression(inner[0]) if inner else None)]

    def _throw(self, node: Node) -> list[ir.Statement]:
        inner = children_of(node)
        return [ir.Raise(range_of(node), self.expression(inner[0]) if inner else None)]

    def _jump(self, node: Node) -> list[ir.Statement]:
        label = node.child_by_field_name("label")
        return [ir.Jump(range_of(node), node.type.removesuffix("_statement"), self.text(label) if label else None)]

    def _with(self, node: Node) -> list[ir.Statement]:
        """JavaScript's `with (object)`, which opens nothing and closes nothing."""
        value = self.field(node, "object")
        body = self.block(node.child_by_field_name("body"))
        return [ir.Nested(range_of(node), (ir.ExpressionStatement(value.range, value), *body))]


def _without_break(body: ir.Block) -> tuple[ir.Block, bool]:
    """The statements of an arm without the `break` that only ends it, and whether the next arm runs too."""
    match body:
        case (*rest, ir.Jump(kind="break", label=None)):
            return tuple(rest), False
        case (*rest, ir.Nested(range=range, body=inner)):
            block, falls_through = _without_break(inner)
            return (*rest, ir.Nested(range, block)), falls_through
        case (*_, last):
            return body, not isinstance(last, _ENDINGS)
    return body, True


_STATEMENTS: dict[str, Callable[[Lowering, Node], list[ir.Statement]]] = {
    "ERROR": Lowering._error,
    "break_statement": Lowering._jump,
    "continue_statement": Lowering._jump,
    "do_statement": Lowering._while,
    "export_statement": Lowering._export,
    "expression_statement": Lowering._expression_statement,
    "for_in_statement": Lowering._for_in,
    "for_statement": Lowering._for,
    "if_statement": Lowering._if,
    "import_statement": Lowering._import,
    "internal_module": Lowering._namespace,
    "labeled_statement": Lowering._labelled,
    "return_statement": Lowering._return,
    "statement_block": Lowering._nested,
    "switch_statement": Lowering._switch,
    "throw_statement": Lowering._throw,
    "try_statement": Lowering._try,
    "while_statement": Lowering._while,
    "with_statement": Lowering._with,
}
