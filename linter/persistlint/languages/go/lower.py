"""From the syntax tree of a Go file to the language-neutral program.

Where Go says something in a way of its own, this is how it is put:

- A type in the place of a value (`make([]int, 3)`, `[]byte(x)`, `case *T:`) is a `Name` or `package.Name`; a type
  that is no plain name has its text as the name: `[]byte`. Type arguments are dropped.
- A rune literal is a `String` of one character, `iota` a `Number`.
- The target of `range` is a `Collection` of one or two names; `for range x` has none.
- `x &^ y` is `x & ~y`.
- Named results are declared at the start of the body, and a `return` without values returns them.
- `switch y := x.(type)` assigns `y` before the `Switch`, whose subject is `y.(type)`; an arm with a single type
  starts with `y := y.(T)`.
- Every arm of `select` but the default has its communication as an `Unknown` value, and as the first statement.
- A named type is a `ClassDefinition`. Its bases are the embedded types of a struct, or the underlying type.
"""

from __future__ import annotations

import math
import re
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from persistlint import ir
from persistlint.records import dataclass
from persistlint.regexes import regex
from persistlint.source import Range

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from tree_sitter import Node

_MOST_LEVELS = 120  # of nesting; what lies deeper becomes Unknown, so that no recursion runs out of stack

_LOGIC = {"&&": "and", "||": "or"}
_UNARY = {"!": "not", "^": "~", "-": "-", "+": "+", "&": "&", "*": "*"}
_ESCAPE = regex(
    rb"\\(?:([0-7]{3})|x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|(.))",
    re.DOTALL,
)
_CONTROL = {b"a": b"\a", b"b": b"\b", b"f": b"\f", b"n": b"\n", b"r": b"\r", b"t": b"\t", b"v": b"\v"}
_MAJOR_VERSION = regex(r"/v\d+$")
_PACKAGE = regex(r"go-[\w-]*|\w*")
_LISTS = ("slice_type", "array_type", "implicit_length_array_type")


@dataclass(frozen=True, slots=True)
class _Scope:
    """What a lowering knows of its surroundings: how deep it is, and the results and `iota` that hold here."""

    depth: int = 0
    results: tuple[Node, ...] = ()
    iota: int | None = None

    def deeper(self, levels: int = 1) -> _Scope:
        return _Scope(self.depth + levels, self.results, self.iota)


def lower(root: Node, content: bytes) -> ir.Module:
    """The program of a Go file, given the root of its tree and its bytes. Never fails."""
    scope = _Scope()
    nodes = list(_flat(root.named_children))
    methods: dict[str, list[ir.Statement]] = {}
    for node in nodes:
        if node.type == "method_declaration":
            methods.setdefault(_owner(node), []).append(_function_definition(node))
    body: list[ir.Statement] = []
    declared = {_type_name(spec) for node in nodes for spec in _type_specs(node)}
    for node in nodes:
        owner = _owner(node) if node.type == "method_declaration" else ""
        if node.type == "type_declaration":
            body.extend(_type_definition(spec, tuple(methods.pop(_type_name(spec), ()))) for spec in _type_specs(node))
        elif not owner:
            body.extend(_statement(node, scope))
        elif owner not in declared:
            declared.add(owner)
            body.append(ir.ClassDefinition(_range(node), owner, _range(node), (), tuple(methods[owner])))
    return ir.Module(Range(0, len(content)), tuple(body))


# -------------------------------------------------------------------------------------------------- declarations


def _imports(node: Node, scope: _Scope) -> ir.Block:
    specs = [spec for child in _operands(node) for spec in (child, *_operands(child)) if spec.type == "import_spec"]
    return tuple(_import(spec) for spec in specs)


def _import(spec: Node) -> ir.Import:
    module = _text(_field(spec, "path"))[1:-1]
    alias = _text(_field(spec, "name"))
    if not alias:
        found = _PACKAGE.match(_MAJOR_VERSION.sub("", module).rpartition("/")[2])
        alias = found.group() if found else ""
    return ir.Import(_range(spec), module, None, "*" if alias == "." else alias)


def _constants(node: Node, scope: _Scope) -> ir.Block:
    assigns: list[ir.Statement] = []
    values: Node | None = None
    annotation = ""
    for position, spec in enumerate(child for child in _operands(node) if child.type == "const_spec"):
        if own := _field(spec, "value"):
            values, annotation = own, _text(_field(spec, "type"))
        here = replace(scope, iota=position)
        value = _together(_operands(values), _range(values), here) if values else None
        target = _together(_names(spec), _range(spec), here)
        assigns.append(
            ir.Assign(_range(spec), target, value, declares=True, constant=True, annotation=annotation),
        )
    return tuple(assigns)


def _variables(node: Node, scope: _Scope) -> ir.Block:
    assigns: list[ir.Statement] = []
    specs = [spec for child in _operands(node) for spec in (child, *_operands(child)) if spec.type == "var_spec"]
    for spec in specs:
        names = _names(spec)
        annotation = _text(_field(spec, "type"))
        if values := _field(spec, "value"):
            target = _together(names, _span(names) or _range(spec), scope)
            value = _together(_operands(values), _range(values), scope)
            assigns.append(ir.Assign(_range(spec), target, value, declares=True, annotation=annotation))
        else:
            assigns.extend(_declaration(name, _range(spec), annotation) for name in names)
    return tuple(assigns)


def _declaration(name: Node, range: Range, annotation: str) -> ir.Assign:
    return ir.Assign(range, ir.Name(_range(name), _text(name)), None, declares=True, annotation=annotation)


def _types(node: Node, scope: _Scope) -> ir.Block:
    return tuple(_type_definition(spec, ()) for spec in _type_specs(node))


def _type_specs(node: Node) -> list[Node]:
    if node.type != "type_declaration":
        return []
    return [spec for spec in _operands(node) if spec.type in ("type_spec", "type_alias")]


def _type_name(spec: Node) -> str:
    return _text(_field(spec, "name"))


def _type_definition(spec: Node, methods: ir.Block) -> ir.ClassDefinition:
    type = _field(spec, "type")
    fields: list[tuple[str, str]] = []
    body: list[ir.Statement] = []
    bases: list[str] = []
    if type is None or type.type == "interface_type":
        pass
    elif type.type == "struct_type":
        declarations = [item for child in _operands(type) for item in _operands(child)]
        for declaration in (item for item in declarations if item.type == "field_declaration"):
            names = _names(declaration)
            field_type = _field(declaration, "type")
            annotation = _text(field_type)
            tag = _field(declaration, "tag")
            tags = (_expression(tag, _Scope()),) if tag is not None else ()
            fields.extend((_text(name), annotation) for name in names)
            body.extend(replace(_declaration(name, _range(declaration), annotation), decorators=tags) for name in names)
            if not names and field_type is not None:
                pointer = "*" if declaration.children[0].type == "*" else ""
                fields.append((_base_name(field_type), pointer + annotation))
                bases.append(annotation)
    else:
        bases.append(_text(type))
    named = _range(_field(spec, "name") or spec)
    return ir.ClassDefinition(_range(spec), _type_name(spec), named, tuple(bases), (*body, *methods), tuple(fields))


def _base_name(type: Node | None) -> str:
    """The bare name of a type: `Repo` of `*pkg.Repo[T]`."""
    while type is not None and type.type in ("pointer_type", "generic_type", "parenthesized_type"):
        type = next(iter(_operands(type)), None)
    if type is not None and type.type == "qualified_type":
        type = _field(type, "name")
    return _text(type)


# ----------------------------------------------------------------------------------------------------- functions


def _function_statement(node: Node, scope: _Scope) -> ir.Block:
    return (_function_definition(node),)


def _function_definition(node: Node) -> ir.FunctionDefinition:
    return ir.FunctionDefinition(_range(node), _function(node))


def _function(node: Node) -> ir.Function:
    name = _field(node, "name")
    receiver = _receiver(node)
    receiver_name = next(iter(_names(receiver)), None) if receiver else None
    result = _field(node, "result")
    declarations = _operands(result) if result is not None and result.type == "parameter_list" else []
    results = tuple(named for declaration in declarations for named in _names(declaration))

    def lower_body() -> ir.Block:
        declared = tuple(
            _declaration(named, _range(declaration), _text(_field(declaration, "type")))
            for declaration in declarations
            for named in _names(declaration)
        )
        return (*declared, *_block(_field(node, "body"), _Scope(results=results)))

    return ir.Function(
        _range(node),
        _text(name),
        _range(name or node.children[0]),
        partial(_parameters, _field(node, "parameters")),
        lower_body,
        owner=_base_name(_field(receiver, "type")) if receiver else None,
        receiver=_text(receiver_name) or None,
        returns=_text(result),
        exported=name is None or _text(name)[:1].isupper(),
    )


def _receiver(node: Node) -> Node | None:
    return next(iter(_operands(_field(node, "receiver"))), None)


def _owner(node: Node) -> str:
    receiver = _receiver(node)
    return _base_name(_field(receiver, "type")) if receiver else ""


def _parameters(node: Node | None) -> tuple[ir.Parameter, ...]:
    parameters: list[ir.Parameter] = []
    for declaration in _operands(node):
        type = _text(_field(declaration, "type"))
        kind = "rest" if declaration.type == "variadic_parameter_declaration" else "positional"
        names = _names(declaration)
        parameters.extend(ir.Parameter(_range(name), _text(name), type, kind=kind) for name in names)
        if not names:
            parameters.append(ir.Parameter(_range(declaration), "", type, kind=kind))
    return tuple(parameters)


# ---------------------------------------------------------------------------------------------------- statements


def _block(node: Node | None, scope: _Scope) -> ir.Block:
    return _statements(_flat(node.named_children), scope) if node is not None else ()


def _statements(nodes: Iterable[Node], scope: _Scope) -> ir.Block:
    return tuple(statement for node in nodes for statement in _statement(node, scope))


def _statement(node: Node, scope: _Scope) -> ir.Block:
    """What one statement comes to. At the deepest level that is lowered, it is Unknown."""
    if scope.depth > _MOST_LEVELS:
        return (ir.ExpressionStatement(_range(node), ir.Unknown(_range(node))),)
    handler = _STATEMENTS.get(node.type)
    if handler is not None:
        return handler(node, scope.deeper(2))  # a statement takes twice the stack of an expression
    return (ir.ExpressionStatement(_range(node), _expression(node, scope)),)


def _expression_statement(node: Node, scope: _Scope) -> ir.Block:
    return tuple(ir.ExpressionStatement(_range(node), _expression(child, scope)) for child in _operands(node))


def _assignment(node: Node, scope: _Scope) -> ir.Block:
    left, right = _field(node, "left"), _field(node, "right")
    operator = _text(_field(node, "operator"))
    target = _together(_operands(left), _range(left or node), scope)
    value = _together(_operands(right), _range(right or node), scope)
    if operator == "&^=":
        operator, value = "&=", ir.Unary(value.range, "~", value)
    return (ir.Assign(_range(node), target, value, operator.removesuffix("=") or "="),)


def _short_declaration(node: Node, scope: _Scope) -> ir.Block:
    left, right = _field(node, "left"), _field(node, "right")
    target = _together(_operands(left), _range(left or node), scope)
    value = _together(_operands(right), _range(right or node), scope)
    return (ir.Assign(_range(node), target, value, declares=True),)


def _step(node: Node, scope: _Scope) -> ir.Block:
    target = _together(_operands(node), _range(node), scope)
    operator = node.children[-1]
    return (ir.Assign(_range(node), target, ir.Number(_range(operator), "1", 1), operator.type[:1]),)


def _send(node: Node, scope: _Scope) -> ir.Block:
    return (ir.ExpressionStatement(_range(node), _unknown(node, scope)),)


def _if(node: Node, scope: _Scope) -> ir.Block:
    arms = [node]
    last = _field(node, "alternative")
    while last is not None and last.type == "if_statement":
        arms.append(last)
        last = _field(last, "alternative")
    otherwise = _block(last, scope)
    for arm in reversed(arms):
        test = _optional(_field(arm, "condition"), scope) or ir.Unknown(_range(arm))
        branch = ir.If(_range(arm), test, _block(_field(arm, "consequence"), scope), otherwise)
        otherwise = _after(_initializer(arm, scope), branch)
    return otherwise


def _for(node: Node, scope: _Scope) -> ir.Block:
    body = _field(node, "body")
    header = next((child for child in _operands(node) if child != body and child.type != "ERROR"), None)
    statements = _block(body, scope)
    if header is None:
        return (ir.Loop(_range(node), None, None, None, statements),)
    if header.type == "range_clause":
        left = _field(header, "left")
        target = ir.Collection(_range(left), ir.Sequence.TUPLE, _each(_operands(left), scope)) if left else None
        iterable = _optional(_field(header, "right"), scope)
        return (ir.Loop(_range(node), target, iterable, None, statements),)
    if header.type == "for_clause":
        update = _field(header, "update")
        test = _optional(_field(header, "condition"), scope)
        after = _statement(update, scope) if update else ()
        return _after(_initializer(header, scope), ir.Loop(_range(node), None, None, test, (*statements, *after)))
    return (ir.Loop(_range(node), None, None, _expression(header, scope), statements),)


def _switch(node: Node, scope: _Scope) -> ir.Block:
    subject = _optional(_field(node, "value"), scope)
    cases: list[ir.Case] = []
    for case in _cases(node, "expression_case"):
        values = _each(_operands(_field(case, "value")), scope)
        cases.append(_case(case, values, (), scope))
    return _after(_initializer(node, scope), ir.Switch(_range(node), subject, tuple(cases)))


def _type_switch(node: Node, scope: _Scope) -> ir.Block:
    subject = _optional(_field(node, "value"), scope) or ir.Unknown(_range(node))
    before = _initializer(node, scope)
    alias = next(iter(_operands(_field(node, "alias"))), None)
    if alias is not None:
        name = ir.Name(_range(alias), _text(alias))
        before = (*before, ir.Assign(Range(alias.start_byte, subject.range.end), name, subject, declares=True))
        subject = name
    cases: list[ir.Case] = []
    for case in _cases(node, "type_case"):
        types = [type for type in case.children_by_field_name("type") if type.is_named]
        narrowed: ir.Block = ()
        if alias is not None and len(types) == 1 and _text(types[0]) != "nil":
            value = ir.TypeAssertion(_range(types[0]), subject, _text(types[0]))
            narrowed = (ir.Assign(_range(types[0]), subject, value, declares=True),)
        cases.append(_case(case, tuple(_type(type, scope) for type in types), narrowed, scope))
    assertion = ir.TypeAssertion(subject.range, subject, "type")
    return _after(before, ir.Switch(_range(node), assertion, tuple(cases)))


def _select(node: Node, scope: _Scope) -> ir.Block:
    cases: list[ir.Case] = []
    for case in _cases(node, "communication_case"):
        communication = _field(case, "communication")
        values = (ir.Unknown(_range(communication)),) if communication else ()
        received = _statement(communication, scope) if communication else ()
        cases.append(_case(case, values, received, scope))
    return (ir.Switch(_range(node), None, tuple(cases)),)


def _receive(node: Node, scope: _Scope) -> ir.Block:
    left, right = _field(node, "left"), _field(node, "right")
    value = _optional(right, scope) or ir.Unknown(_range(node))
    if left is None:
        return (ir.ExpressionStatement(_range(node), value),)
    target = _together(_operands(left), _range(left), scope)
    declares = any(child.type == ":=" for child in node.children)
    return (ir.Assign(_range(node), target, value, declares=declares),)


def _cases(node: Node, kind: str) -> list[Node]:
    return [child for child in _operands(node) if child.type in (kind, "default_case")]


def _case(node: Node, values: tuple[ir.Expression, ...], first: ir.Block, scope: _Scope) -> ir.Case:
    """An arm, without the `fallthrough` or the `break` that ends it."""
    lists = [child for child in node.named_children if child.type in ("statement_list", "ERROR")]
    nodes = list(_flat(lists))
    last = nodes[-1] if nodes else None
    falls_through = last is not None and last.type == "fallthrough_statement"
    if falls_through or (last is not None and last.type == "break_statement" and not _operands(last)):
        nodes.pop()
    return ir.Case(_range(node), values, (*first, *_statements(nodes, scope)), falls_through)


def _return(node: Node, scope: _Scope) -> ir.Block:
    lists = _operands(node)
    if lists:
        return (ir.Return(_range(node), _together(_operands(lists[0]), _range(lists[0]), scope)),)
    if scope.results:
        names = tuple(_result(name, _range(node)) for name in scope.results)
        value = names[0] if len(names) == 1 else ir.Collection(_range(node), ir.Sequence.TUPLE, names)
        return (ir.Return(_range(node), value),)
    return (ir.Return(_range(node), None),)


def _result(name: Node, range: Range) -> ir.Expression:
    return ir.Unknown(range) if _text(name) == "_" else ir.Name(range, _text(name))


def _jump(node: Node, scope: _Scope) -> ir.Block:
    label = next((_text(child) for child in _operands(node)), None)
    return (ir.Jump(_range(node), node.type.removesuffix("_statement"), label),)


def _defer(node: Node, scope: _Scope) -> ir.Block:
    call = _together(_operands(node), _range(node), scope)
    return (ir.Defer(_range(node), call, node.type.removesuffix("_statement")),)


def _nested(node: Node, scope: _Scope) -> ir.Block:
    return (ir.Nested(_range(node), _block(node, scope)),)


def _labelled(node: Node, scope: _Scope) -> ir.Block:
    inner = [child for child in node.named_children if child.type != "label_name"]
    return (ir.Nested(_range(node), _statements(_flat(inner), scope)),)


def _nothing(node: Node, scope: _Scope) -> ir.Block:
    return ()


def _initializer(node: Node, scope: _Scope) -> ir.Block:
    initializer = _field(node, "initializer")
    return _statement(initializer, scope) if initializer else ()


def _after(before: ir.Block, statement: ir.Statement) -> ir.Block:
    """A statement and what runs before it; both are in one scope, which ends with the statement."""
    return (ir.Nested(statement.range, (*before, statement)),) if before else (statement,)


_STATEMENTS: dict[str, Callable[[Node, _Scope], ir.Block]] = {
    "import_declaration": _imports,
    "const_declaration": _constants,
    "var_declaration": _variables,
    "type_declaration": _types,
    "function_declaration": _function_statement,
    "method_declaration": _function_statement,
    "package_clause": _nothing,
    "empty_statement": _nothing,
    "fallthrough_statement": _nothing,
    "expression_statement": _expression_statement,
    "assignment_statement": _assignment,
    "short_var_declaration": _short_declaration,
    "inc_statement": _step,
    "dec_statement": _step,
    "send_statement": _send,
    "receive_statement": _receive,
    "if_statement": _if,
    "for_statement": _for,
    "expression_switch_statement": _switch,
    "type_switch_statement": _type_switch,
    "select_statement": _select,
    "return_statement": _return,
    "break_statement": _jump,
    "continue_statement": _jump,
    "goto_statement": _jump,
    "go_statement": _defer,
    "defer_statement": _defer,
    "block": _nested,
    "labeled_statement": _labelled,
}


# --------------------------------------------------------------------------------------------------- expressions


def _expression(node: Node, scope: _Scope) -> ir.Expression:
    """An expression, its parentheses dropped. At the deepest level that is lowered, it is Unknown."""
    while node.type in ("parenthesized_expression", "literal_element"):
        inner = _operands(node)
        if len(inner) != 1:
            break
        node = inner[0]
    if scope.depth > _MOST_LEVELS or node.is_missing:
        return ir.Unknown(_range(node))
    return _EXPRESSIONS.get(node.type, _unknown)(node, scope.deeper() if node.child_count else scope)


def _optional(node: Node | None, scope: _Scope) -> ir.Expression | None:
    return _expression(node, scope) if node is not None else None


def _each(nodes: Iterable[Node], scope: _Scope) -> tuple[ir.Expression, ...]:
    return tuple(_expression(node, scope) for node in nodes)


def _together(nodes: list[Node], range: Range, scope: _Scope) -> ir.Expression:
    """One expression, or several as a tuple."""
    if len(nodes) == 1:
        return _expression(nodes[0], scope)
    return ir.Collection(range, ir.Sequence.TUPLE, _each(nodes, scope))


def _unknown(node: Node, scope: _Scope) -> ir.Expression:
    return ir.Unknown(_range(node), _each(_operands(node), scope))


def _name(node: Node, scope: _Scope) -> ir.Expression:
    return ir.Name(_range(node), _text(node))


def _constant(node: Node, scope: _Scope) -> ir.Expression:
    return ir.Constant(_range(node), {"true": True, "false": False}.get(node.type))


def _iota(node: Node, scope: _Scope) -> ir.Expression:
    return ir.Number(_range(node), "iota", scope.iota)


def _interpreted_string(node: Node, scope: _Scope) -> ir.Expression:
    content = _between_quotes(node)
    text = (node.text or b"")[content.start - node.start_byte : content.end - node.start_byte]
    value = _ESCAPE.sub(_unescaped, text) if b"\\" in text else text
    return ir.String(_range(node), value.decode("utf-8", "replace"), content)


def _raw_string(node: Node, scope: _Scope) -> ir.Expression:
    content = _between_quotes(node)
    text = (node.text or b"")[content.start - node.start_byte : content.end - node.start_byte]
    return ir.String(_range(node), text.replace(b"\r", b"").decode("utf-8", "replace"), content)


def _between_quotes(node: Node) -> Range:
    text = node.text or b""
    closed = len(text) > 1 and text[-1] == text[0]
    return Range(min(node.start_byte + 1, node.end_byte), node.end_byte - closed)


def _unescaped(escape: re.Match[bytes]) -> bytes:
    octal, byte, short, long, other = escape.groups()
    if octal or byte:
        return bytes([int(octal, 8) & 0xFF if octal else int(byte, 16)])
    if short or long:
        code = int(short or long, 16)
        return (chr(code) if code <= 0x10FFFF else "\ufffd").encode("utf-8", "replace")
    return _CONTROL.get(other, other)


def _integer(node: Node, scope: _Scope) -> ir.Expression:
    text = _text(node)
    digits = text.replace("_", "")
    try:
        value = int(digits, 8 if digits.isdigit() and digits.startswith("0") else 0)
    except ValueError:
        return ir.Number(_range(node), text, None)
    return ir.Number(_range(node), text, value)


def _float(node: Node, scope: _Scope) -> ir.Expression:
    text = _text(node)
    digits = text.replace("_", "").lower()
    try:
        value = float.fromhex(digits) if digits.startswith("0x") else float(digits)
    except (ValueError, OverflowError):
        return ir.Number(_range(node), text, None)
    return ir.Number(_range(node), text, value if math.isfinite(value) else None)


def _imaginary(node: Node, scope: _Scope) -> ir.Expression:
    return ir.Number(_range(node), _text(node), None)


def _selector(node: Node, scope: _Scope) -> ir.Expression:
    field = _field(node, "field") or node
    operand = _optional(_field(node, "operand"), scope) or ir.Unknown(_range(node))
    return ir.Attribute(_range(node), operand, _text(field), _range(field))


def _index(node: Node, scope: _Scope) -> ir.Expression:
    operand, index = _field(node, "operand"), _field(node, "index")
    if operand is None or index is None:
        return _unknown(node, scope)
    return ir.Subscript(_range(node), _expression(operand, scope), _expression(index, scope))


def _slice(node: Node, scope: _Scope) -> ir.Expression:
    operand, *bounds = _operands(node)
    opening = next((child for child in node.children if child.type == "["), node)
    index = ir.Unknown(Range(opening.start_byte, node.end_byte), _each(bounds, scope))
    return ir.Subscript(_range(node), _expression(operand, scope), index)


def _type_assertion(node: Node, scope: _Scope) -> ir.Expression:
    operand = _optional(_field(node, "operand"), scope) or ir.Unknown(_range(node))
    return ir.TypeAssertion(_range(node), operand, _text(_field(node, "type")))


def _call(node: Node, scope: _Scope) -> ir.Expression:
    function = _optional(_field(node, "function"), scope) or ir.Unknown(_range(node))
    arguments = _operands(_field(node, "arguments"))
    return ir.Call(_range(node), function, tuple(_argument(argument, scope) for argument in arguments))


def _argument(node: Node, scope: _Scope) -> ir.Argument:
    spread = node.type == "variadic_argument"
    value = _together(_operands(node), _range(node), scope) if spread else _expression(node, scope)
    return ir.Argument(_range(node), value, spread=spread)


def _conversion(node: Node, scope: _Scope) -> ir.Expression:
    type, operand = _field(node, "type"), _field(node, "operand")
    if type is None or operand is None:
        return _unknown(node, scope)
    return ir.Call(_range(node), _type(type, scope), (ir.Argument(_range(operand), _expression(operand, scope)),))


def _instantiation(node: Node, scope: _Scope) -> ir.Expression:
    type = _field(node, "type")
    return _type(type, scope) if type is not None else _unknown(node, scope)


def _type(node: Node, scope: _Scope) -> ir.Expression:
    """A type in the place of a value."""
    if node.type == "generic_type":
        node = _field(node, "type") or node
    if node.type == "qualified_type":
        package, name = _field(node, "package") or node, _field(node, "name") or node
        return ir.Attribute(_range(node), ir.Name(_range(package), _text(package)), _text(name), _range(name))
    if _text(node) == "nil":
        return ir.Constant(_range(node), None)
    return ir.Name(_range(node), _text(node))


def _unary(node: Node, scope: _Scope) -> ir.Expression:
    operand = _field(node, "operand")
    operator = _UNARY.get(_text(_field(node, "operator")))
    if operator is None or operand is None:
        return _unknown(node, scope)
    return ir.Unary(_range(node), operator, _expression(operand, scope))


def _binary(node: Node, scope: _Scope) -> ir.Expression:
    """A chain of one operator, which leans to the left, is lowered in a loop: queries are built of long ones."""
    operator = _text(_field(node, "operator"))
    chain = [node]
    left = _field(node, "left")
    while left is not None and left.type == "binary_expression" and _text(_field(left, "operator")) == operator:
        chain.append(left)
        left = _field(left, "left")
    value = _optional(left, scope) or ir.Unknown(_range(node))
    for link in reversed(chain):
        right = _optional(_field(link, "right"), scope) or ir.Unknown(_range(link))
        if operator == "&^":
            value = ir.Binary(_range(link), "&", value, ir.Unary(right.range, "~", right))
        else:
            value = ir.Binary(_range(link), _LOGIC.get(operator, operator), value, right)
    return value


def _function_literal(node: Node, scope: _Scope) -> ir.Expression:
    return ir.Lambda(_range(node), _function(node))


def _composite(node: Node, scope: _Scope) -> ir.Expression:
    body = _field(node, "body")
    if body is None:
        return _unknown(node, scope)
    return _literal(body, _field(node, "type"), _range(node), scope.deeper())


def _bare_literal(node: Node, scope: _Scope) -> ir.Expression:
    return _literal(node, None, _range(node), scope.deeper())


def _literal(body: Node, type: Node | None, range: Range, scope: _Scope) -> ir.Expression:
    """`T{…}`, or `{…}` inside one, whose type is then that of the elements around it."""
    if scope.depth > _MOST_LEVELS:
        return ir.Unknown(range)
    elements = _operands(body)
    kind = type.type if type else ""
    if any(element.type == "keyed_element" for element in elements) or (not elements and kind not in _LISTS):
        return ir.Mapping(range, tuple(_entry(element, type, scope) for element in elements), _text(type))
    inner = _field(type, "element") if type else None
    items = tuple(_element(element, inner, scope) for element in elements)
    return ir.Collection(range, ir.Sequence.LIST, items, _text(type))


def _entry(node: Node, type: Node | None, scope: _Scope) -> ir.Entry:
    key, value = _field(node, "key"), _field(node, "value")
    if key is None or value is None:
        return ir.Entry(_range(node), ir.Unknown(_range(node)), _element(node, None, scope))
    inner = (_field(type, "value") or _field(type, "element")) if type else None
    return ir.Entry(_range(node), _key(key, type, scope), _element(value, inner, scope))


def _key(node: Node, type: Node | None, scope: _Scope) -> ir.Expression:
    """The key of an element: the name of a field in a struct, an expression in a map, a slice or an array.

    Only the declaration of a named type tells which of them it is. But the fields of another package's struct start
    with a capital letter, so that `column` in `sq.Eq{column: x}` has to be a variable.
    """
    text = _text(node)
    kind = type.type if type else ""
    is_value = kind == "map_type" or kind in _LISTS
    is_variable = kind == "qualified_type" and not text[:1].isupper()
    if text.isidentifier() and not is_value and not is_variable:
        return ir.String(_range(node), text, _range(node))
    return _element(node, _field(type, "key") if type else None, scope)


def _element(node: Node, type: Node | None, scope: _Scope) -> ir.Expression:
    inner = _operands(node)[0] if node.type == "literal_element" and _operands(node) else node
    if inner.type == "literal_value":
        return _literal(inner, type, _range(inner), scope.deeper())
    return _expression(inner, scope)


_EXPRESSIONS: dict[str, Callable[[Node, _Scope], ir.Expression]] = {
    "identifier": _name,
    "blank_identifier": _name,
    "nil": _constant,
    "true": _constant,
    "false": _constant,
    "iota": _iota,
    "interpreted_string_literal": _interpreted_string,
    "raw_string_literal": _raw_string,
    "rune_literal": _interpreted_string,
    "int_literal": _integer,
    "float_literal": _float,
    "imaginary_literal": _imaginary,
    "selector_expression": _selector,
    "index_expression": _index,
    "slice_expression": _slice,
    "type_assertion_expression": _type_assertion,
    "call_expression": _call,
    "type_conversion_expression": _conversion,
    "type_instantiation_expression": _instantiation,
    "unary_expression": _unary,
    "binary_expression": _binary,
    "func_literal": _function_literal,
    "composite_literal": _composite,
    "literal_value": _bare_literal,
    "type_identifier": _type,
    "qualified_type": _type,
    "generic_type": _type,
    "pointer_type": _type,
    "slice_type": _type,
    "array_type": _type,
    "map_type": _type,
    "channel_type": _type,
    "function_type": _type,
    "struct_type": _type,
    "interface_type": _type,
    "parenthesized_type": _type,
}


# --------------------------------------------------------------------------------------------------------- nodes


def _flat(nodes: Iterable[Node]) -> Iterator[Node]:
    """The statements among these nodes, with what broken syntax and lists of statements hold put in their place."""
    stack = list(nodes)[::-1]
    while stack:
        node = stack.pop()
        if node.type in ("ERROR", "statement_list"):
            stack.extend(reversed(node.named_children))
        elif node.type != "comment":
            yield node


def _operands(node: Node | None) -> list[Node]:
    return [child for child in node.named_children if child.type != "comment"] if node is not None else []


def _names(node: Node) -> list[Node]:
    return [name for name in node.children_by_field_name("name") if name.is_named]


def _field(node: Node | None, name: str) -> Node | None:
    return node.child_by_field_name(name) if node is not None else None


def _range(node: Node) -> Range:
    return Range(node.start_byte, node.end_byte)


def _span(nodes: list[Node]) -> Range | None:
    return Range(nodes[0].start_byte, nodes[-1].end_byte) if nodes else None


def _text(node: Node | None) -> str:
    return (node.text or b"").decode("utf-8", "replace") if node is not None else ""
