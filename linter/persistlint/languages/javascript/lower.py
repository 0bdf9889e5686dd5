"""From a JavaScript or TypeScript syntax tree to the language-neutral program.

Both grammars name their nodes alike, so one lowering serves both. Bodies of functions are lowered when they are asked
for. Long chains (`a + b + …`, `else if`) are followed by loops; what nests deeper than `MAX_DEPTH` becomes `Unknown`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from persistlint import ir
from persistlint.languages.javascript.literals import number_value, string_value
from persistlint.source import Range

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from tree_sitter import Node

T = TypeVar("T")

MAX_DEPTH = 120

_FUNCTIONS = frozenset(("arrow_function", "function_expression", "generator_function"))
_CLASSES = frozenset(("class", "class_declaration", "abstract_class_declaration"))
_METHOD = "method_definition"
_FIELDS = frozenset(("field_definition", "public_field_definition"))
_COMMENTS = frozenset(("comment", "html_comment", "hash_bang_line"))
_OPERATORS = {"===": "==", "!==": "!=", "&&": "and", "||": "or", ">>>": ">>", "!": "not"}
_ENDINGS = (ir.Return, ir.Raise, ir.Jump)


def lower(root: Node, content: bytes) -> ir.Module:
    """The program of a file. `root` is its syntax tree, `content` the UTF-8 text that its offsets count in."""
    lowering = _Lowering(content, _exported_names(root, content))
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
            yield _decoded(content[current.start_byte : current.end_byte])
        elif current.type == "export_specifier":
            stack.extend(current.children_by_field_name("name"))
        elif current.type not in _FUNCTIONS | _CLASSES and current.type != _METHOD:
            stack.extend(current.named_children)


def _decoded(text: bytes) -> str:
    return text.decode("utf-8", "replace")


def _range(node: Node) -> Range:
    return Range(node.start_byte, node.end_byte)


def _awaited(value: ir.Expression, node: Node | None) -> ir.Expression | None:
    """What is awaited together with all that is called on it, where the grammar reads `await f<T>(…).g()` as a call on
    what `await f<T>(…)` gives; None for anything else."""
    is_chain = node is not None and node.type in ("call_expression", "member_expression")
    return value.value if is_chain and isinstance(value, ir.Await) else None


def _children(node: Node) -> list[Node]:
    return [child for child in node.named_children if child.type not in _COMMENTS]


def _has(node: Node, *tokens: str) -> bool:
    return not {child.type for child in node.children}.isdisjoint(tokens)


def _inner(node: Node) -> Node:
    """The expression inside any number of parentheses."""
    while node.type == "parenthesized_expression" and (children := _children(node)):
        node = children[0]
    return node


class _Lowering:
    """Lowers the nodes of one file. `depth` counts the expressions and statements around the current node."""

    def __init__(self, content: bytes, exported: frozenset[str]) -> None:
        self.content = content
        self.exported = exported
        self.depth = 0

    def text(self, node: Node) -> str:
        """The source text of a node."""
        return _decoded(self.content[node.start_byte : node.end_byte])

    # ------------------------------------------------------------------------------------------------- expressions

    def expression(self, node: Node) -> ir.Expression:
        """Lower an expression or a destructuring pattern."""
        node = _inner(node)
        if self.depth >= MAX_DEPTH:
            return ir.Unknown(_range(node))
        self.depth += 1
        try:
            return _EXPRESSIONS.get(node.type, _Lowering._unknown)(self, node)
        finally:
            self.depth -= 1

    def value(
        self, node: Node, name: str, name_range: Range, exported: bool, owner: str | None = None
    ) -> ir.Expression:
        """Lower an expression that is stored under a name, which a function then has."""
        node = _inner(node)
        if node.type in _FUNCTIONS:
            function = self.function(node, name=name, name_range=name_range, exported=exported, owner=owner)
            return ir.Lambda(_range(node), function)
        if node.type == "object":
            return self._guarded(node, lambda: self._object(node, exported))
        return self.expression(node)

    def _guarded(self, node: Node, lower: Callable[[], ir.Expression]) -> ir.Expression:
        if self.depth >= MAX_DEPTH:
            return ir.Unknown(_range(node))
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
        operands = [child for child in _children(node) if child.type in _EXPRESSIONS or child.type == "ERROR"]
        return ir.Unknown(_range(node), tuple(self.expression(child) for child in operands))

    def _name(self, node: Node) -> ir.Expression:
        text = self.text(node)
        return ir.Name(_range(node), text) if text else ir.Unknown(_range(node))

    def _constant(self, node: Node) -> ir.Expression:
        return ir.Constant(_range(node), {"true": True, "false": False}.get(node.type))

    def _number(self, node: Node) -> ir.Expression:
        text = self.text(node)
        return ir.Number(_range(node), text, number_value(text))

    def _string(self, node: Node) -> ir.String:
        return self._text(_range(node), Range(node.start_byte + 1, max(node.start_byte + 1, node.end_byte - 1)))

    def _text(self, range: Range, content: Range, raw: bool = False) -> ir.String:
        text = _decoded(self.content[content.start : content.end])
        return ir.String(range, text if raw else string_value(text), content)

    def _template(self, node: Node, raw: bool = False) -> ir.Template | ir.String:
        parts: list[ir.String | ir.Hole] = []
        start, end = node.start_byte + 1, max(node.start_byte + 1, node.end_byte - 1)
        for child in node.named_children:
            if child.type == "template_substitution":
                if start < child.start_byte:
                    between = Range(start, child.start_byte)
                    parts.append(self._text(between, between, raw))
                inner = _children(child)
                value = self.expression(inner[0]) if inner else ir.Unknown(_range(child))
                parts.append(ir.Hole(_range(child), value))
                start = child.end_byte
        if not parts:
            return self._text(_range(node), Range(start, end), raw)
        if start < end:
            parts.append(self._text(Range(start, end), Range(start, end), raw))
        return ir.Template(_range(node), tuple(parts))

    def _regex(self, node: Node) -> ir.Expression:
        """A regular expression is the call that makes the same one: `RegExp(pattern, flags)`."""
        fields = [node.child_by_field_name(name) for name in ("pattern", "flags")]
        strings = [self._text(_range(child), _range(child), raw=True) for child in fields if child is not None]
        arguments = tuple(ir.Argument(string.range, string) for string in strings)
        return ir.Call(_range(node), ir.Name(_range(node), "RegExp"), arguments)

    def _member(self, node: Node) -> ir.Expression:
        name = node.child_by_field_name("property")
        if name is None:
            return self._unknown(node)
        value, is_optional = self.field(node, "object"), _has(node, "optional_chain")
        if (inner := _awaited(value, node.child_by_field_name("object"))) is not None:
            range = Range(inner.range.start, node.end_byte)
            return ir.Await(_range(node), ir.Attribute(range, inner, self.text(name), _range(name), is_optional))
        return ir.Attribute(_range(node), value, self.text(name), _range(name), is_optional)

    def _subscript(self, node: Node) -> ir.Expression:
        value, index = self.field(node, "object"), self.field(node, "index")
        return ir.Subscript(_range(node), value, index, _has(node, "optional_chain"))

    def _call(self, node: Node) -> ir.Expression:
        arguments = node.child_by_field_name("arguments")
        function = node.child_by_field_name("function")
        if function is None or function.type == "import":
            operands = tuple(argument.value for argument in self._arguments(arguments))
            return ir.Unknown(_range(node), operands)
        if arguments is not None and arguments.type == "template_string":
            is_raw = self.text(function) == "String.raw"
            return ir.TaggedTemplate(_range(node), self.expression(function), self._template(arguments, is_raw))
        is_optional = _has(node, "?.", "optional_chain")
        if function.type == "await_expression" and _children(function):  # `await f<T>(…)`, as the grammar reads it
            called = _children(function)[0]
            range = Range(called.start_byte, node.end_byte)
            return ir.Await(_range(node), ir.Call(range, self.expression(called), self._arguments(arguments)))
        called_on = self.expression(function)
        if (inner := _awaited(called_on, function)) is not None:
            range = Range(inner.range.start, node.end_byte)
            return ir.Await(_range(node), ir.Call(range, inner, self._arguments(arguments), optional=is_optional))
        return ir.Call(_range(node), called_on, self._arguments(arguments), optional=is_optional)

    def _new(self, node: Node) -> ir.Expression:
        arguments = self._arguments(node.child_by_field_name("arguments"))
        return ir.Call(_range(node), self.field(node, "constructor"), arguments, new=True)

    def _arguments(self, node: Node | None) -> tuple[ir.Argument, ...]:
        arguments = []
        for child in _children(node) if node is not None else ():
            inner = _children(child) if child.type == "spread_element" else [child]
            if inner:
                is_spread = child.type == "spread_element"
                arguments.append(ir.Argument(_range(child), self.expression(inner[0]), spread=is_spread))
        return tuple(arguments)

    def _binary(self, node: Node) -> ir.Expression:
        spine = []
        left: Node | None = node
        while left is not None and (left := _inner(left)).type == "binary_expression":
            spine.append(left)
            left = left.child_by_field_name("left")
        result = self.expression(left) if left is not None else ir.Unknown(Range(node.start_byte, node.start_byte))
        for node in reversed(spine):
            result = ir.Binary(_range(node), self._operator(node), result, self.field(node, "right"))
        return result

    def _operator(self, node: Node) -> str:
        operator = node.child_by_field_name("operator")
        text = operator.type if operator is not None else ""
        return _OPERATORS.get(text, text)

    def _unary(self, node: Node) -> ir.Expression:
        return ir.Unary(_range(node), self._operator(node), self.field(node, "argument"))

    def _update(self, node: Node) -> ir.Expression:
        target, value, operator = self._increment(node)
        return ir.AssignmentExpression(_range(node), target, value, operator)

    def _increment(self, node: Node) -> tuple[ir.Expression, ir.Expression, str]:
        operator = node.child_by_field_name("operator")
        token = operator if operator is not None else node
        one = ir.Number(_range(token), "1", 1)
        return self.field(node, "argument"), one, token.type[:1]

    def _conditional(self, node: Node) -> ir.Expression:
        test, then, otherwise = (self.field(node, name) for name in ("condition", "consequence", "alternative"))
        return ir.Conditional(_range(node), test, then, otherwise)

    def _array(self, node: Node) -> ir.Expression:
        """An array literal or pattern. A place that is left out (`[, b]`) is an `Unknown`, so that places count."""
        elements: list[ir.Expression] = []
        is_open = True
        for child in node.children[1:]:
            if child.type == ",":
                if is_open:
                    elements.append(ir.Unknown(Range(child.start_byte, child.start_byte)))
                is_open = True
            elif child.is_named and child.type not in _COMMENTS:
                elements.append(self.expression(child))
                is_open = False
        return ir.Collection(_range(node), ir.Sequence.LIST, tuple(elements))

    def _spread(self, node: Node) -> ir.Expression:
        inner = _children(node)
        return ir.Spread(_range(node), self.expression(inner[0])) if inner else ir.Unknown(_range(node))

    def _object(self, node: Node, exported: bool = True) -> ir.Expression:
        """An object literal or pattern."""
        entries = []
        for child in _children(node):
            match child.type:
                case "pair" | "pair_pattern":
                    entries.append(self._pair(child, exported))
                case "method_definition":
                    function = self.function(child, exported=exported)
                    key = self._key(child.child_by_field_name("name"))
                    entries.append(ir.Entry(_range(child), key, ir.Lambda(_range(child), function)))
                case "spread_element" | "rest_pattern":
                    value = self.expression(_children(child)[0]) if _children(child) else ir.Unknown(_range(child))
                    entries.append(ir.Entry(_range(child), None, value))
                case "object_assignment_pattern":
                    key = self._key(child.child_by_field_name("left"))
                    entries.append(ir.Entry(_range(child), key, self.expression(child)))
                case "shorthand_property_identifier" | "shorthand_property_identifier_pattern":
                    entries.append(ir.Entry(_range(child), self._key(child), self._name(child)))
                case _:
                    entries.append(ir.Entry(_range(child), None, self.expression(child)))
        return ir.Mapping(_range(node), tuple(entries))

    def _pair(self, node: Node, exported: bool) -> ir.Entry:
        key = self._key(node.child_by_field_name("key"))
        value = node.child_by_field_name("value")
        if value is None:
            return ir.Entry(_range(node), key, ir.Unknown(Range(node.end_byte, node.end_byte)))
        if isinstance(key, ir.String):
            return ir.Entry(_range(node), key, self.value(value, key.value, key.range, exported))
        return ir.Entry(_range(node), key, self.expression(value))

    def _key(self, node: Node | None) -> ir.Expression | None:
        if node is None:
            return None
        if node.type == "computed_property_name":
            inner = _children(node)
            return self.expression(inner[0]) if inner else ir.Unknown(_range(node))
        return self._string(node) if node.type == "string" else self._text(_range(node), _range(node))

    def _assignment(self, node: Node) -> ir.Expression:
        """An assignment as a value, and a target with a default (`{ a = 1 }`)."""
        target, value = self.field(node, "left"), self.field(node, "right")
        return ir.AssignmentExpression(_range(node), target, value, self._assignment_operator(node))

    def _assignment_operator(self, node: Node) -> str:
        operator = node.child_by_field_name("operator")
        text = operator.type.removesuffix("=") if operator is not None else "="
        return _OPERATORS.get(text, text)

    def _function(self, node: Node) -> ir.Expression:
        return ir.Lambda(_range(node), self.function(node, exported=True))

    def _class(self, node: Node) -> ir.Expression:
        """A class as a value: its methods are the operands, so that they are not lost."""
        definition = self._class_definition(node, (), exported=True)
        functions = [item.function for item in definition.body if isinstance(item, ir.FunctionDefinition)]
        return ir.Unknown(_range(node), tuple(ir.Lambda(function.range, function) for function in functions))

    def _await(self, node: Node) -> ir.Expression:
        inner = _children(node)
        return ir.Await(_range(node), self.expression(inner[0])) if inner else ir.Unknown(_range(node))

    def _yield(self, node: Node) -> ir.Expression:
        inner = _children(node)
        return ir.Yield(_range(node), self.expression(inner[0]) if inner else None)

    def _as(self, node: Node) -> ir.Expression:
        """`value as T`, `value as const`, `value satisfies T`."""
        value = _children(node)[0]
        type = self._after(node, "as", "satisfies")
        return ir.TypeAssertion(_range(node), self.expression(value), type)

    def _after(self, node: Node, *tokens: str) -> str:
        token = next((child for child in node.children if child.type in tokens), node)
        return _decoded(self.content[token.end_byte : node.end_byte]).strip()

    def _type_assertion(self, node: Node) -> ir.Expression:
        type, *value = _children(node)
        if not value:
            return ir.Unknown(_range(node))
        return ir.TypeAssertion(_range(node), self.expression(value[0]), self.text(type)[1:-1])

    def _non_null(self, node: Node) -> ir.Expression:
        return ir.TypeAssertion(_range(node), self.expression(_children(node)[0]), "!")

    def _instantiation(self, node: Node) -> ir.Expression:
        return self.expression(_children(node)[0])

    def _jsx(self, node: Node) -> ir.Expression:
        """An element stands for the expressions in it, at whatever depth of elements."""
        operands: list[ir.Expression] = []
        stack = [node]
        while stack:
            current = stack.pop()
            if current.type == "jsx_expression":
                operands.extend(self.expression(child) for child in _children(current))
            elif current.type.startswith("jsx_"):
                stack.extend(reversed(current.named_children))
        return ir.Unknown(_range(node), tuple(operands))

    # --------------------------------------------------------------------------------------------------- functions

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
            name, name_range = key.value if isinstance(key, ir.String) else "", _range(own_name)
        inside = node.child_by_field_name("body")
        tokens = [child.type for child in node.children]
        depth = self.depth

        def parameters() -> tuple[ir.Parameter, ...]:
            return self._at(depth, lambda: self._parameters(node))

        def body() -> ir.Block:
            return self._at(depth + 1, lambda: self._function_body(inside))

        return ir.Function(
            _range(node),
            name,
            name_range or Range(node.start_byte, node.start_byte),
            parameters,
            body,
            decorators=decorators,
            owner=owner,
            receiver="this" if owner is not None or node.type == _METHOD else None,
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
        return (ir.Return(_range(node), self.expression(node)),)

    def _parameters(self, node: Node) -> tuple[ir.Parameter, ...]:
        single = node.child_by_field_name("parameter")
        if single is not None:
            return (self._parameter(single),)
        parameters = node.child_by_field_name("parameters")
        children = _children(parameters) if parameters is not None else []
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
        if pattern.type == "rest_pattern" and (inner := _children(pattern)):
            pattern, kind = inner[0], "rest"
        is_name = pattern.type == "identifier"
        return ir.Parameter(
            _range(node),
            self.text(pattern) if is_name else "",
            self._annotation(node, "type"),
            self.expression(default) if default is not None else None,
            kind,
            None if is_name else self.expression(pattern),
        )

    def _annotation(self, node: Node, field: str) -> str:
        type = node.child_by_field_name(field)
        return self.text(type).removeprefix(":").strip() if type is not None else ""

    # -------------------------------------------------------------------------------------------------- statements

    def block(self, node: Node | None) -> ir.Block:
        """Lower the statements of a block, or one statement that stands where a block could."""
        if node is None:
            return ()
        if node.type in ("statement_block", "program"):
            return tuple(statement for child in _children(node) for statement in self.statements(child))
        return tuple(self.statements(node))

    def statements(
        self, node: Node, exported: bool = False, decorators: tuple[ir.Expression, ...] = ()
    ) -> list[ir.Statement]:
        """Lower one statement, which may become several, or none. A declaration may be `exported` and decorated."""
        if self.depth >= MAX_DEPTH:
            return [ir.ExpressionStatement(_range(node), ir.Unknown(_range(node)))]
        self.depth += 1
        try:
            kind = node.type
            if kind in _CLASSES:
                return [self._class_definition(node, decorators, exported)]
            if kind in _DECLARATIONS:
                return _DECLARATIONS[kind](self, node, exported)
            if kind in _STATEMENTS:
                return _STATEMENTS[kind](self, node)
            return self._expression_statement(node) if node.type in _EXPRESSIONS else []
        finally:
            self.depth -= 1

    def _error(self, node: Node) -> list[ir.Statement]:
        return [statement for child in _children(node) for statement in self.statements(child)]

    def _expression_statement(self, node: Node) -> list[ir.Statement]:
        inner = _children(node) if node.type == "expression_statement" else [node]
        return self._effect(inner[0], _range(node)) if inner else []

    def _effect(self, node: Node, range: Range) -> list[ir.Statement]:
        """Lower an expression whose value is dropped."""
        node = _inner(node)
        match node.type:
            case "assignment_expression" | "augmented_assignment_expression":
                return self._assign(node, range)
            case "update_expression":
                target, value, operator = self._increment(node)
                return [ir.Assign(range, target, value, operator)]
            case "sequence_expression":
                return [item for child in _children(node) for item in self._effect(child, _range(child))]
            case "internal_module":
                return self._namespace(node)
            case "class" | "function_expression":
                return self._anonymous(node)
        return [ir.ExpressionStatement(range, self.expression(node))]

    def _assign(self, node: Node, range: Range) -> list[ir.Statement]:
        target, right = self.field(node, "left"), node.child_by_field_name("right")
        name, name_range, exported = "", target.range, True
        match target:
            case ir.Name(id=name):
                exported = name in self.exported
            case ir.Attribute(value=ir.Name(id="module"), name="exports"):
                pass
            case ir.Attribute(name=name, name_range=name_range):
                pass
        before: list[ir.Statement] = []
        if right is None:
            value: ir.Expression = ir.Unknown(Range(node.end_byte, node.end_byte))
        elif _inner(right).type == "class":
            definition = self._class_definition(_inner(right), (), exported, name)
            before, value = [definition], ir.Name(definition.range, definition.name)
        else:
            value = self.value(right, name, name_range, exported)
        is_using = _has(node, "using")
        operator = self._assignment_operator(node)
        return [*before, ir.Assign(range, target, value, operator, declares=is_using, constant=is_using)]

    def _anonymous(self, node: Node) -> list[ir.Statement]:
        """`export default class {}` and `export default function () {}`."""
        if node.type == "class":
            return [self._class_definition(node, (), exported=True)]
        return [ir.FunctionDefinition(_range(node), self.function(node, exported=True))]

    def _variables(self, node: Node, exported: bool) -> list[ir.Statement]:
        declarators = [child for child in _children(node) if child.type == "variable_declarator"]
        kind = node.child_by_field_name("kind")
        is_constant = kind is not None and kind.type in ("const", "using")
        found: list[ir.Statement] = []
        for declarator in declarators:
            range = _range(node if len(declarators) == 1 else declarator)
            found.extend(self._variable(declarator, range, is_constant, exported))
        return found

    def _variable(self, node: Node, range: Range, is_constant: bool, exported: bool) -> list[ir.Statement]:
        name, value = node.child_by_field_name("name"), node.child_by_field_name("value")
        if name is None:
            return []
        if value is not None:
            if (required := self._required(value)) is not None:
                return self._imports(name, *required)
            if _inner(value).type == "class" and name.type == "identifier":
                is_exported = exported or self.text(name) in self.exported
                return [self._class_definition(_inner(value), (), is_exported, self.text(name))]
        lowered = None
        if value is not None and name.type == "identifier":
            text = self.text(name)
            lowered = self.value(value, text, _range(name), exported or text in self.exported)
        elif value is not None:
            lowered = self.expression(value)
        annotation = self._annotation(node, "type")
        return [ir.Assign(range, self.expression(name), lowered, "=", True, is_constant, annotation)]

    def _required(self, node: Node) -> tuple[str, str | None] | None:
        """Module and member of `require("m")`, `require("m").a` and `await import("m")`."""
        members: list[str] = []
        while True:
            node = _inner(node)
            if node.type == "member_expression" and (name := node.child_by_field_name("property")) is not None:
                members.insert(0, self.text(name))
                node = node.child_by_field_name("object") or name
            elif node.type in ("await_expression", "non_null_expression", "as_expression") and _children(node):
                node = _children(node)[0]
            else:
                break
        function, arguments = node.child_by_field_name("function"), node.child_by_field_name("arguments")
        if node.type != "call_expression" or function is None or self.text(function) not in ("require", "import"):
            return None
        match _children(arguments) if arguments is not None else []:
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
                found.append(ir.Import(_range(node), module, None if member == "default" else member, local))
            for child in reversed(_children(node)) if node.type == "object_pattern" else ():
                key = child.child_by_field_name("key") or child.child_by_field_name("left") or child
                name = self._string(key).value if key.type == "string" else self.text(key)
                target = child.child_by_field_name("value") or child
                stack.append((target, f"{member}.{name}" if member else name))
        return found

    def _import(self, node: Node) -> list[ir.Statement]:
        clause = next((child for child in _children(node) if child.type.startswith("import_")), None)
        source = node.child_by_field_name("source")
        if clause is not None and source is None:
            source = clause.child_by_field_name("source")  # import x = require("m")
        if clause is None or source is None:
            return []
        module = self._string(source).value
        found: list[ir.Statement] = []
        for child in _children(clause):
            if child.type == "identifier":
                found.append(ir.Import(_range(child), module, None, self.text(child)))
            elif child.type == "namespace_import" and _children(child):
                found.append(ir.Import(_range(child), module, None, self.text(_children(child)[0])))
            elif child.type == "named_imports":
                found.extend(
                    self._specifier(item, module) for item in _children(child) if item.type == "import_specifier"
                )
        return found

    def _specifier(self, node: Node, module: str) -> ir.Statement:
        name = node.child_by_field_name("name") or node
        member = self._string(name).value if name.type == "string" else self.text(name)
        local = self.text(node.child_by_field_name("alias") or name)
        return ir.Import(_range(node), module, None if member == "default" else member, local)

    def _import_alias(self, node: Node, exported: bool) -> list[ir.Statement]:
        """`import A = B.C`."""
        match _children(node):
            case [name, value]:
                return [ir.Assign(_range(node), self._name(name), self.expression(value), "=", True, True)]
        return []

    def _nested_identifier(self, node: Node) -> ir.Expression:
        return self._member(node)

    def _export(self, node: Node) -> list[ir.Statement]:
        if node.child_by_field_name("source") is not None:
            return []
        decorators = self._decorators(node)
        declaration = node.child_by_field_name("declaration")
        if declaration is not None:
            return self.statements(declaration, exported=True, decorators=decorators)
        value = node.child_by_field_name("value")
        children = (
            [value] if value is not None else [child for child in _children(node) if child.type != "export_clause"]
        )
        found: list[ir.Statement] = []
        for child in children:
            if child.type == "ERROR":
                found.extend(self._error(child))
            elif child.type != "decorator":
                found.extend(self._effect(child, _range(node)))
        return found

    def _function_definition(self, node: Node, exported: bool) -> list[ir.Statement]:
        name = node.child_by_field_name("name")
        is_exported = exported or (name is not None and self.text(name) in self.exported)
        return [ir.FunctionDefinition(_range(node), self.function(node, exported=is_exported))]

    def _class_definition(
        self, node: Node, decorators: tuple[ir.Expression, ...], exported: bool, name: str = ""
    ) -> ir.ClassDefinition:
        own_name = node.child_by_field_name("name")
        name = name or (self.text(own_name) if own_name is not None else "")
        exported = exported or name in self.exported
        body: list[ir.Statement] = []
        fields: list[tuple[str, str]] = []
        pending: tuple[ir.Expression, ...] = ()  # TypeScript puts the decorators of a method before it
        members = node.child_by_field_name("body")
        for child in _children(members) if members is not None else ():
            if child.type == "decorator":
                pending += self._decorators(child)
                continue
            if child.type == _METHOD:
                method = self._method(child, name, exported, pending + self._decorators(child))
                body.append(ir.FunctionDefinition(_range(child), method))
                if method.name == "constructor":
                    fields.extend(self._parameter_properties(child))
            elif child.type in _FIELDS:
                body.append(self._class_field(child, name, exported, pending + self._decorators(child)))
                if annotation := self._annotation(child, "type"):
                    fields.append((self._field_name(child), annotation))
            elif child.type == "class_static_block":
                body.append(ir.Nested(_range(child), self.block(child.child_by_field_name("body"))))
            pending = ()
        all_decorators = decorators + self._decorators(node)
        return ir.ClassDefinition(
            _range(node),
            name,
            _range(own_name or node),
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
            for node in (_children(parameters) if parameters is not None else ())
            if _has(node, "accessibility_modifier", "readonly", "override_modifier")
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
            lowered = self.value(value, self._field_name(node), _range(name), is_exported, owner)
        target = ir.Name(key.range, key.value) if isinstance(key, ir.String) else ir.Unknown(_range(name))
        annotation = self._annotation(node, "type")
        return ir.Assign(
            _range(node), target, lowered, "=", True, _has(node, "readonly"), annotation, decorators=decorators
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
                elif child.type == "class_heritage" and clause.type in _EXPRESSIONS:
                    bases.append(self.text(clause))
        return tuple(bases)

    def _without_type_arguments(self, node: Node) -> str:
        name = node.child_by_field_name("name") if node.type == "generic_type" else None
        return self.text(name or node)

    def _decorators(self, node: Node) -> tuple[ir.Expression, ...]:
        decorators = [node] if node.type == "decorator" else [c for c in node.named_children if c.type == "decorator"]
        return tuple(self.expression(inner[0]) for decorator in decorators if (inner := _children(decorator)))

    def _interface(self, node: Node, exported: bool) -> list[ir.Statement]:
        """An interface or a type alias: the types of its fields, or the types that it is another name for."""
        name = node.child_by_field_name("name")
        body = node.child_by_field_name("body") or node.child_by_field_name("value")
        if name is None or body is None:
            return []
        if body.type not in ("interface_body", "object_type"):
            others = tuple(part.strip() for part in self.text(body).split("|") if part.strip())
            return [ir.ClassDefinition(_range(node), self.text(name), _range(name), others, ())]
        fields = [
            (self._field_name(child), self._annotation(child, "type"))
            for child in body.named_children
            if child.type == "property_signature"
        ]
        return [ir.ClassDefinition(_range(node), self.text(name), _range(name), self._bases(node), (), tuple(fields))]

    def _enum(self, node: Node, exported: bool) -> list[ir.Statement]:
        name, body = node.child_by_field_name("name"), node.child_by_field_name("body")
        members: list[ir.Statement] = []
        for child in _children(body) if body is not None else ():
            key = self._key(child.child_by_field_name("name") or child)
            value = child.child_by_field_name("value")
            if isinstance(key, ir.String):
                lowered = self.expression(value) if value is not None else None
                members.append(ir.Assign(_range(child), ir.Name(key.range, key.value), lowered, "=", True, True))
        text = self.text(name) if name is not None else ""
        return [ir.ClassDefinition(_range(node), text, _range(name or node), (), tuple(members), is_enum=True)]

    def _namespace(self, node: Node) -> list[ir.Statement]:
        return [ir.Nested(_range(node), self.block(node.child_by_field_name("body")))]

    def _nested(self, node: Node) -> list[ir.Statement]:
        return [ir.Nested(_range(node), self.block(node))]

    def _labelled(self, node: Node) -> list[ir.Statement]:
        return [ir.Nested(_range(node), self.block(node.child_by_field_name("body")))]

    def _if(self, node: Node) -> list[ir.Statement]:
        chain: list[Node] = []
        otherwise: ir.Block = ()
        current: Node | None = node
        while current is not None:
            chain.append(current)
            clause = current.child_by_field_name("alternative")
            inner = _children(clause) if clause is not None else []
            current = inner[0] if inner and inner[0].type == "if_statement" else None
            if current is None and inner:
                otherwise = self.block(inner[0])
        result = otherwise
        for current in reversed(chain):
            then = self.block(current.child_by_field_name("consequence"))
            result = (ir.If(_range(current), self.field(current, "condition"), then, result),)
        return list(result)

    def _for(self, node: Node) -> list[ir.Statement]:
        initializer, increment = node.child_by_field_name("initializer"), node.child_by_field_name("increment")
        condition = node.child_by_field_name("condition")
        before = self.block(initializer)
        is_tested = condition is not None and condition.is_named and condition.type != "empty_statement"
        test = self.expression(condition) if condition is not None and is_tested else None
        body = self.block(node.child_by_field_name("body"))
        after = self._effect(increment, _range(increment)) if increment is not None else []
        return [*before, ir.Loop(_range(node), None, None, test, (*body, *after))]

    def _for_in(self, node: Node) -> list[ir.Statement]:
        target, iterable = self.field(node, "left"), self.field(node, "right")
        body = self.block(node.child_by_field_name("body"))
        return [ir.Loop(_range(node), target, iterable, None, body, is_async=_has(node, "await"))]

    def _while(self, node: Node) -> list[ir.Statement]:
        body = self.block(node.child_by_field_name("body"))
        return [ir.Loop(_range(node), None, None, self.field(node, "condition"), body)]

    def _switch(self, node: Node) -> list[ir.Statement]:
        body = node.child_by_field_name("body")
        arms = [child for child in _children(body) if child.type in ("switch_case", "switch_default")] if body else []
        cases = []
        for arm in arms:
            value = arm.child_by_field_name("value")
            values = (self.expression(value),) if value is not None else ()
            statements = [s for child in arm.children_by_field_name("body") for s in self.statements(child)]
            block, falls_through = _without_break(tuple(statements))
            cases.append(ir.Case(_range(arm), values, block, falls_through and arm is not arms[-1]))
        return [ir.Switch(_range(node), self.field(node, "value"), tuple(cases))]

    def _try(self, node: Node) -> list[ir.Statement]:
        handlers: tuple[ir.Handler, ...] = ()
        if (clause := node.child_by_field_name("handler")) is not None:
            name = clause.child_by_field_name("parameter")
            text = self.text(name) if name is not None and name.type == "identifier" else None
            handlers = (ir.Handler(_range(clause), (), text, self.block(clause.child_by_field_name("body"))),)
        finalizer = node.child_by_field_name("finalizer")
        final = self.block(finalizer.child_by_field_name("body")) if finalizer is not None else ()
        return [ir.Try(_range(node), self.block(node.child_by_field_name("body")), handlers, (), final)]

    def _return(self, node: Node) -> list[ir.Statement]:
        inner = [child for child in _children(node) if child.type != "ERROR"]
        return [ir.Return(_range(node), self.expression(inner[0]) if inner else None)]

    def _throw(self, node: Node) -> list[ir.Statement]:
        inner = _children(node)
        return [ir.Raise(_range(node), self.expression(inner[0]) if inner else None)]

    def _jump(self, node: Node) -> list[ir.Statement]:
        label = node.child_by_field_name("label")
        return [ir.Jump(_range(node), node.type.removesuffix("_statement"), self.text(label) if label else None)]

    def _with(self, node: Node) -> list[ir.Statement]:
        """JavaScript's `with (object)`, which opens nothing and closes nothing."""
        value = self.field(node, "object")
        body = self.block(node.child_by_field_name("body"))
        return [ir.Nested(_range(node), (ir.ExpressionStatement(value.range, value), *body))]


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


_EXPRESSIONS: dict[str, Callable[[_Lowering, Node], ir.Expression]] = {
    "array": _Lowering._array,
    "array_pattern": _Lowering._array,
    "arrow_function": _Lowering._function,
    "as_expression": _Lowering._as,
    "assignment_expression": _Lowering._assignment,
    "assignment_pattern": _Lowering._assignment,
    "augmented_assignment_expression": _Lowering._assignment,
    "await_expression": _Lowering._await,
    "binary_expression": _Lowering._binary,
    "call_expression": _Lowering._call,
    "class": _Lowering._class,
    "false": _Lowering._constant,
    "function_expression": _Lowering._function,
    "generator_function": _Lowering._function,
    "identifier": _Lowering._name,
    "instantiation_expression": _Lowering._instantiation,
    "jsx_element": _Lowering._jsx,
    "jsx_self_closing_element": _Lowering._jsx,
    "member_expression": _Lowering._member,
    "meta_property": _Lowering._unknown,
    "nested_identifier": _Lowering._nested_identifier,
    "new_expression": _Lowering._new,
    "non_null_expression": _Lowering._non_null,
    "null": _Lowering._constant,
    "number": _Lowering._number,
    "object": _Lowering._object,
    "object_assignment_pattern": _Lowering._assignment,
    "object_pattern": _Lowering._object,
    "parenthesized_expression": _Lowering._unknown,
    "regex": _Lowering._regex,
    "rest_pattern": _Lowering._spread,
    "satisfies_expression": _Lowering._as,
    "sequence_expression": _Lowering._unknown,
    "shorthand_property_identifier": _Lowering._name,
    "shorthand_property_identifier_pattern": _Lowering._name,
    "spread_element": _Lowering._spread,
    "string": _Lowering._string,
    "subscript_expression": _Lowering._subscript,
    "super": _Lowering._name,
    "template_string": _Lowering._template,
    "ternary_expression": _Lowering._conditional,
    "this": _Lowering._name,
    "true": _Lowering._constant,
    "type_assertion": _Lowering._type_assertion,
    "unary_expression": _Lowering._unary,
    "undefined": _Lowering._constant,
    "update_expression": _Lowering._update,
    "yield_expression": _Lowering._yield,
}

_DECLARATIONS: dict[str, Callable[[_Lowering, Node, bool], list[ir.Statement]]] = {
    "enum_declaration": _Lowering._enum,
    "function_declaration": _Lowering._function_definition,
    "generator_function_declaration": _Lowering._function_definition,
    "import_alias": _Lowering._import_alias,
    "interface_declaration": _Lowering._interface,
    "lexical_declaration": _Lowering._variables,
    "type_alias_declaration": _Lowering._interface,
    "using_declaration": _Lowering._variables,
    "variable_declaration": _Lowering._variables,
}

_STATEMENTS: dict[str, Callable[[_Lowering, Node], list[ir.Statement]]] = {
    "ERROR": _Lowering._error,
    "break_statement": _Lowering._jump,
    "continue_statement": _Lowering._jump,
    "do_statement": _Lowering._while,
    "export_statement": _Lowering._export,
    "expression_statement": _Lowering._expression_statement,
    "for_in_statement": _Lowering._for_in,
    "for_statement": _Lowering._for,
    "if_statement": _Lowering._if,
    "import_statement": _Lowering._import,
    "internal_module": _Lowering._namespace,
    "labeled_statement": _Lowering._labelled,
    "return_statement": _Lowering._return,
    "statement_block": _Lowering._nested,
    "switch_statement": _Lowering._switch,
    "throw_statement": _Lowering._throw,
    "try_statement": _Lowering._try,
    "while_statement": _Lowering._while,
    "with_statement": _Lowering._with,
}
