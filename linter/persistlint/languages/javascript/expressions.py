"""Expressions of JavaScript and TypeScript, lowered. What is not understood becomes `Unknown` with its operands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint import ir
from persistlint.languages.javascript.literals import number_value, string_value
from persistlint.languages.javascript.nodes import COMMENTS, FUNCTIONS, children_of, decoded, has_token, inner_of
from persistlint.languages.nodes import range_of
from persistlint.source import Range

if TYPE_CHECKING:
    from collections.abc import Callable

    from tree_sitter import Node


MAX_DEPTH = 120

_OPERATORS = {"===": "==", "!==": "!=", "&&": "and", "||": "or", ">>>": ">>", "!": "not"}


def _awaited(value: ir.Expression, node: Node | None) -> ir.Expression | None:
    """What is awaited together with all that is called on it, where the grammar reads `await f<T>(…).g()` as a call on
    what `await f<T>(…)` gives; None for anything else."""
    is_chain = node is not None and node.type in ("call_expression", "member_expression")
    return value.value if is_chain and isinstance(value, ir.Await) else None


def _is_optional(node: Node) -> bool:
    """Whether an attribute or an index is asked of what may be nothing: `a?.b`."""
    return node.child_by_field_name("optional_chain") is not None


class Expressions:
    """Lowers the expressions of one file. `depth` counts the expressions and statements around the current node."""

    def __init__(self, content: bytes, exported: frozenset[str]) -> None:
        self.content = content
        self.exported = exported
        self.depth = 0

    def text(self, node: Node) -> str:
        """The source text of a node."""
        return self.content[node.start_byte : node.end_byte].decode("utf-8", "replace")

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
        raise NotImplementedError

    def class_definition(
        self, node: Node, decorators: tuple[ir.Expression, ...], exported: bool, name: str = ""
    ) -> ir.ClassDefinition:
        """Lower a class; its own name counts where none is given."""
        raise NotImplementedError

    def expression(self, node: Node) -> ir.Expression:
        """Lower an expression or a destructuring pattern."""
        kind = node.type
        if kind == "parenthesized_expression":
            node = inner_of(node)
            kind = node.type
        if self.depth >= MAX_DEPTH:
            return ir.Unknown(range_of(node))
        self.depth += 1
        try:
            return EXPRESSIONS.get(kind, Expressions._unknown)(self, node)
        finally:
            self.depth -= 1

    def value(
        self, node: Node, name: str, name_range: Range, exported: bool, owner: str | None = None
    ) -> ir.Expression:
        """Lower an expression that is stored under a name, which a function then has."""
        node = inner_of(node)
        if node.type in FUNCTIONS:
            function = self.function(node, name=name, name_range=name_range, exported=exported, owner=owner)
            return ir.Lambda(range_of(node), function)
        if node.type == "object":
            return self._guarded(node, lambda: self._object(node, exported))
        return self.expression(node)

    def _guarded(self, node: Node, lower: Callable[[], ir.Expression]) -> ir.Expression:
        if self.depth >= MAX_DEPTH:
            return ir.Unknown(range_of(node))
        self.depth += 1
        try:
            return lower()
        finally:
            self.depth -= 1

    def field(self, node: Node, name: str) -> ir.Expression:
        """Lower the expression in a field of a node; Unknown where it is missing."""
        child = node.child_by_field_name(name)
        return self.expression(child) if child is not None else ir.Unknown(Range(node.end_byte, node.end_byte))

    def _unknown(self, node: Node) -> ir.Expression:
        operands = [child for child in children_of(node) if child.type in EXPRESSIONS or child.type == "ERROR"]
        return ir.Unknown(range_of(node), tuple(self.expression(child) for child in operands))

    def _name(self, node: Node) -> ir.Expression:
        text = self.text(node)
        return ir.Name(range_of(node), text) if text else ir.Unknown(range_of(node))

    def _constant(self, node: Node) -> ir.Expression:
        return ir.Constant(range_of(node), {"true": True, "false": False}.get(node.type))

    def _number(self, node: Node) -> ir.Expression:
        text = self.text(node)
        return ir.Number(range_of(node), text, number_value(text))

    def _string(self, node: Node) -> ir.String:
        return self._text(range_of(node), Range(node.start_byte + 1, max(node.start_byte + 1, node.end_byte - 1)))

    def _text(self, range: Range, content: Range, raw: bool = False) -> ir.String:
        text = decoded(self.content[content.start : content.end])
        return ir.String(range, text if raw else string_value(text), content)

    def _template(self, node: Node, raw: bool = False) -> ir.Template | ir.String:
        parts: list[ir.String | ir.Hole] = []
        start, end = node.start_byte + 1, max(node.start_byte + 1, node.end_byte - 1)
        for child in node.named_children:
            if child.type == "template_substitution":
                if start < child.start_byte:
                    between = Range(start, child.start_byte)
                    parts.append(self._text(between, between, raw))
                inner = children_of(child)
                value = self.expression(inner[0]) if inner else ir.Unknown(range_of(child))
                parts.append(ir.Hole(range_of(child), value))
                start = child.end_byte
        if not parts:
            return self._text(range_of(node), Range(start, end), raw)
        if start < end:
            parts.append(self._text(Range(start, end), Range(start, end), raw))
        return ir.Template(range_of(node), tuple(parts))

    def _regex(self, node: Node) -> ir.Expression:
        """A regular expression is the call that makes the same one: `RegExp(pattern, flags)`."""
        fields = [node.child_by_field_name(name) for name in ("pattern", "flags")]
        strings = [self._text(range_of(child), range_of(child), raw=True) for child in fields if child is not None]
        arguments = tuple(ir.Argument(string.range, string) for string in strings)
        return ir.Call(range_of(node), ir.Name(range_of(node), "RegExp"), arguments)

    def _member(self, node: Node) -> ir.Expression:
        name = node.child_by_field_name("property")
        if name is None:
            return self._unknown(node)
        value, is_optional = self.field(node, "object"), _is_optional(node)
        if (inner := _awaited(value, node.child_by_field_name("object"))) is not None:
            range = Range(inner.range.start, node.end_byte)
            return ir.Await(range_of(node), ir.Attribute(range, inner, self.text(name), range_of(name), is_optional))
        return ir.Attribute(range_of(node), value, self.text(name), range_of(name), is_optional)

    def _subscript(self, node: Node) -> ir.Expression:
        value, index = self.field(node, "object"), self.field(node, "index")
        return ir.Subscript(range_of(node), value, index, _is_optional(node))

    def _call(self, node: Node) -> ir.Expression:
        arguments = node.child_by_field_name("arguments")
        function = node.child_by_field_name("function")
        if function is None or function.type == "import":
            operands = tuple(argument.value for argument in self._arguments(arguments))
            return ir.Unknown(range_of(node), operands)
        if arguments is not None and arguments.type == "template_string":
            is_raw = self.text(function) == "String.raw"
            return ir.TaggedTemplate(range_of(node), self.expression(function), self._template(arguments, is_raw))
        is_optional = node.child_count > 2 and has_token(node, "?.", "optional_chain")
        if function.type == "await_expression" and children_of(function):  # `await f<T>(…)`, as the grammar reads it
            called = children_of(function)[0]
            range = Range(called.start_byte, node.end_byte)
            return ir.Await(range_of(node), ir.Call(range, self.expression(called), self._arguments(arguments)))
        called_on = self.expression(function)
        if (inner := _awaited(called_on, function)) is not None:
            range = Range(inner.range.start, node.end_byte)
            return ir.Await(range_of(node), ir.Call(range, inner, self._arguments(arguments), optional=is_optional))
        return ir.Call(range_of(node), called_on, self._arguments(arguments), optional=is_optional)

    def _new(self, node: Node) -> ir.Expression:
        arguments = self._arguments(node.child_by_field_name("arguments"))
        return ir.Call(range_of(node), self.field(node, "constructor"), arguments, new=True)

    def _arguments(self, node: Node | None) -> tuple[ir.Argument, ...]:
        arguments = []
        for child in children_of(node) if node is not None else ():
            inner = children_of(child) if child.type == "spread_element" else [child]
            if inner:
                is_spread = child.type == "spread_element"
                arguments.append(ir.Argument(range_of(child), self.expression(inner[0]), spread=is_spread))
        return tuple(arguments)

    def _binary(self, node: Node) -> ir.Expression:
        spine = []
        left: Node | None = node
        while left is not None and (left := inner_of(left)).type == "binary_expression":
            spine.append(left)
            left = left.child_by_field_name("left")
        result = self.expression(left) if left is not None else ir.Unknown(Range(node.start_byte, node.start_byte))
        for node in reversed(spine):
            result = ir.Binary(range_of(node), self._operator(node), result, self.field(node, "right"))
        return result

    def _operator(self, node: Node) -> str:
        operator = node.child_by_field_name("operator")
        text = operator.type if operator is not None else ""
        return _OPERATORS.get(text, text)

    def _unary(self, node: Node) -> ir.Expression:
        return ir.Unary(range_of(node), self._operator(node), self.field(node, "argument"))

    def _update(self, node: Node) -> ir.Expression:
        target, value, operator = self._increment(node)
        return ir.AssignmentExpression(range_of(node), target, value, operator)

    def _increment(self, node: Node) -> tuple[ir.Expression, ir.Expression, str]:
        operator = node.child_by_field_name("operator")
        token = operator if operator is not None else node
        one = ir.Number(range_of(token), "1", 1)
        return self.field(node, "argument"), one, token.type[:1]

    def _conditional(self, node: Node) -> ir.Expression:
        test, then, otherwise = (self.field(node, name) for name in ("condition", "consequence", "alternative"))
        return ir.Conditional(range_of(node), test, then, otherwise)

    def _array(self, node: Node) -> ir.Expression:
        """An array literal or pattern. A place that is left out (`[, b]`) is an `Unknown`, so that places count."""
        elements: list[ir.Expression] = []
        is_open = True
        for child in node.children[1:]:
            if child.type == ",":
                if is_open:
                    elements.append(ir.Unknown(Range(child.start_byte, child.start_byte)))
                is_open = True
            elif child.is_named and child.type not in COMMENTS:
                elements.append(self.expression(child))
                is_open = False
        return ir.Collection(range_of(node), ir.Sequence.LIST, tuple(elements))

    def _spread(self, node: Node) -> ir.Expression:
        inner = children_of(node)
        return ir.Spread(range_of(node), self.expression(inner[0])) if inner else ir.Unknown(range_of(node))

    def _object(self, node: Node, exported: bool = True) -> ir.Expression:
        """An object literal or pattern."""
        entries = []
        for child in children_of(node):
            match child.type:
                case "pair" | "pair_pattern":
                    entries.append(self._pair(child, exported))
                case "method_definition":
                    function = self.function(child, exported=exported)
                    key = self._key(child.child_by_field_name("name"))
                    entries.append(ir.Entry(range_of(child), key, ir.Lambda(range_of(child), function)))
                case "spread_element" | "rest_pattern":
                    inner = children_of(child)
                    value = self.expression(inner[0]) if inner else ir.Unknown(range_of(child))
                    entries.append(ir.Entry(range_of(child), None, value))
                case "object_assignment_pattern":
                    key = self._key(child.child_by_field_name("left"))
                    entries.append(ir.Entry(range_of(child), key, self.expression(child)))
                case "shorthand_property_identifier" | "shorthand_property_identifier_pattern":
                    entries.append(ir.Entry(range_of(child), self._key(child), self._name(child)))
                case _:
                    entries.append(ir.Entry(range_of(child), None, self.expression(child)))
        return ir.Mapping(range_of(node), tuple(entries))

    def _pair(self, node: Node, exported: bool) -> ir.Entry:
        key = self._key(node.child_by_field_name("key"))
        value = node.child_by_field_name("value")
        if value is None:
            return ir.Entry(range_of(node), key, ir.Unknown(Range(node.end_byte, node.end_byte)))
        if isinstance(key, ir.String):
            return ir.Entry(range_of(node), key, self.value(value, key.value, key.range, exported))
        return ir.Entry(range_of(node), key, self.expression(value))

    def _key(self, node: Node | None) -> ir.Expression | None:
        if node is None:
            return None
        if node.type == "computed_property_name":
            inner = children_of(node)
            return self.expression(inner[0]) if inner else ir.Unknown(range_of(node))
        return self._string(node) if node.type == "string" else self._text(range_of(node), range_of(node))

    def _assignment(self, node: Node) -> ir.Expression:
        """An assignment as a value, and a target with a default (`{ a = 1 }`)."""
        target, value = self.field(node, "left"), self.field(node, "right")
        return ir.AssignmentExpression(range_of(node), target, value, self._assignment_operator(node))

    def _assignment_operator(self, node: Node) -> str:
        operator = node.child_by_field_name("operator")
        text = operator.type.removesuffix("=") if operator is not None else "="
        return _OPERATORS.get(text, text)

    def _function(self, node: Node) -> ir.Expression:
        return ir.Lambda(range_of(node), self.function(node, exported=True))

    def _class(self, node: Node) -> ir.Expression:
        """A class as a value: its methods are the operands, so that they are not lost."""
        definition = self.class_definition(node, (), exported=True)
        functions = [item.function for item in definition.body if isinstance(item, ir.FunctionDefinition)]
        return ir.Unknown(range_of(node), tuple(ir.Lambda(function.range, function) for function in functions))

    def _await(self, node: Node) -> ir.Expression:
        inner = children_of(node)
        return ir.Await(range_of(node), self.expression(inner[0])) if inner else ir.Unknown(range_of(node))

    def _yield(self, node: Node) -> ir.Expression:
        inner = children_of(node)
        return ir.Yield(range_of(node), self.expression(inner[0]) if inner else None)

    def _as(self, node: Node) -> ir.Expression:
        """`value as T`, `value as const`, `value satisfies T`."""
        value = children_of(node)[0]
        type = self._after(node, "as", "satisfies")
        return ir.TypeAssertion(range_of(node), self.expression(value), type)

    def _after(self, node: Node, *tokens: str) -> str:
        token = next((child for child in node.children if child.type in tokens), node)
        return decoded(self.content[token.end_byte : node.end_byte]).strip()

    def _type_assertion(self, node: Node) -> ir.Expression:
        type, *value = children_of(node)
        if not value:
            return ir.Unknown(range_of(node))
        return ir.TypeAssertion(range_of(node), self.expression(value[0]), self.text(type)[1:-1])

    def _non_null(self, node: Node) -> ir.Expression:
        return ir.TypeAssertion(range_of(node), self.expression(children_of(node)[0]), "!")

    def _instantiation(self, node: Node) -> ir.Expression:
        return self.expression(children_of(node)[0])

    def _jsx(self, node: Node) -> ir.Expression:
        """An element stands for the expressions in it, at whatever depth of elements."""
        operands: list[ir.Expression] = []
        stack = [node]
        while stack:
            current = stack.pop()
            if current.type == "jsx_expression":
                operands.extend(self.expression(child) for child in children_of(current))
            elif current.type.startswith("jsx_"):
                stack.extend(reversed(current.named_children))
        return ir.Unknown(range_of(node), tuple(operands))

    def _nested_identifier(self, node: Node) -> ir.Expression:
        return self._member(node)


EXPRESSIONS: dict[str, Callable[[Expressions, Node], ir.Expression]] = {
    "array": Expressions._array,
    "array_pattern": Expressions._array,
    "arrow_function": Expressions._function,
    "as_expression": Expressions._as,
    "assignment_expression": Expressions._assignment,
    "assignment_pattern": Expressions._assignment,
    "augmented_assignment_expression": Expressions._assignment,
    "await_expression": Expressions._await,
    "binary_expression": Expressions._binary,
    "call_expression": Expressions._call,
    "class": Expressions._class,
    "false": Expressions._constant,
    "function_expression": Expressions._function,
    "generator_function": Expressions._function,
    "identifier": Expressions._name,
    "instantiation_expression": Expressions._instantiation,
    "jsx_element": Expressions._jsx,
    "jsx_self_closing_element": Expressions._jsx,
    "member_expression": Expressions._member,
    "meta_property": Expressions._unknown,
    "nested_identifier": Expressions._nested_identifier,
    "new_expression": Expressions._new,
    "non_null_expression": Expressions._non_null,
    "null": Expressions._constant,
    "number": Expressions._number,
    "object": Expressions._object,
    "object_assignment_pattern": Expressions._assignment,
    "object_pattern": Expressions._object,
    "parenthesized_expression": Expressions._unknown,
    "regex": Expressions._regex,
    "rest_pattern": Expressions._spread,
    "satisfies_expression": Expressions._as,
    "sequence_expression": Expressions._unknown,
    "shorthand_property_identifier": Expressions._name,
    "shorthand_property_identifier_pattern": Expressions._name,
    "spread_element": Expressions._spread,
    "string": Expressions._string,
    "subscript_expression": Expressions._subscript,
    "super": Expressions._name,
    "template_string": Expressions._template,
    "ternary_expression": Expressions._conditional,
    "this": Expressions._name,
    "true": Expressions._constant,
    "type_assertion": Expressions._type_assertion,
    "unary_expression": Expressions._unary,
    "undefined": Expressions._constant,
    "update_expression": Expressions._update,
    "yield_expression": Expressions._yield,
}
