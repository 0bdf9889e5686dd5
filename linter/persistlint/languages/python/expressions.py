"""Python's expressions, lowered. What is not understood becomes `Unknown` with its operands."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from persistlint import ir
from persistlint.languages.nodes import range_of, text_of
from persistlint.languages.python.nodes import parts_of
from persistlint.languages.python.strings import lower_string
from persistlint.source import Range

if TYPE_CHECKING:
    from collections.abc import Callable

    from tree_sitter import Node


MOST_NESTED = 120  # more than CPython's own parser allows


def lower_lambda(
    node: Node, depth: int, name: Node | None = None, owner: str | None = None, exported: bool = False
) -> ir.Lambda:
    """A `lambda`; `name` is the variable that it is assigned to, in the body of the class `owner`."""

    def body() -> ir.Block:
        value = field_value(node, "body", depth + 1)
        return (ir.Return(value.range, value),)

    return ir.Lambda(
        range_of(node),
        ir.Function(
            range_of(node),
            text_of(name),
            range_of(name) if name is not None else Range(node.start_byte, node.start_byte),
            partial(parameters_of, node, depth),
            body,
            owner=owner,
            is_generator=is_generator(node),
            exported=exported,
        ),
    )


def parameters_of(node: Node, depth: int) -> tuple[ir.Parameter, ...]:
    """The parameters of a function or a `lambda`."""
    parameters = node.child_by_field_name("parameters")
    if parameters is None:
        return ()
    return tuple(
        _parameter(child, depth)
        for child in parts_of(parameters)
        if child.type not in ("keyword_separator", "positional_separator", "ERROR")
    )


def _parameter(node: Node, depth: int) -> ir.Parameter:
    default = field_value(node, "value", depth) if node.child_by_field_name("value") is not None else None
    annotation = text_of(node.child_by_field_name("type"))
    target = node
    if node.type in ("default_parameter", "typed_default_parameter"):
        target = node.child_by_field_name("name") or node
    elif node.type == "typed_parameter":
        target = next(iter(parts_of(node)), node)
    kind = {"list_splat_pattern": "rest", "dictionary_splat_pattern": "keywords"}.get(target.type, "positional")
    pattern = expression(target, depth) if target.type == "tuple_pattern" else None
    name = "" if pattern is not None else text_of(target).lstrip("*").strip()
    return ir.Parameter(range_of(node), name, annotation, default, kind, pattern)


def is_generator(node: Node) -> bool:
    """Whether a function yields."""
    if b"yield" not in (node.text or b""):
        return False
    body = node.child_by_field_name("body")
    pending = [body] if body is not None else []
    while pending:
        current = pending.pop()
        if current.type == "yield":
            return True
        if current.type not in ("function_definition", "lambda", "class_definition"):
            pending.extend(current.named_children)
    return False


def expression(node: Node, depth: int) -> ir.Expression:
    """An expression, its parentheses dropped. At the deepest level that is lowered, it is Unknown."""
    kind = node.type
    if kind in _WRAPPERS:
        node = _unwrapped(node)
        kind = node.type
    if depth > MOST_NESTED:
        return ir.Unknown(range_of(node))
    return _EXPRESSIONS.get(kind, _unknown)(node, depth + 1)


def _unwrapped(node: Node) -> Node:
    """What is inside parentheses."""
    while node.type in _WRAPPERS and len(parts := parts_of(node)) == 1:
        node = parts[0]
    return node


def field_value(node: Node, name: str, depth: int) -> ir.Expression:
    """The expression in a field of a node; Unknown where it is missing."""
    child = node.child_by_field_name(name)
    return expression(child, depth) if child is not None else ir.Unknown(Range(node.end_byte, node.end_byte))


def first_value(node: Node, depth: int) -> ir.Expression | None:
    """The first operand of a node, None if it has none."""
    parts = parts_of(node)
    return expression(parts[0], depth) if parts else None


def every(node: Node, depth: int) -> tuple[ir.Expression, ...]:
    """All operands of a node."""
    return tuple(expression(part, depth) for part in parts_of(node))


def _unknown(node: Node, depth: int) -> ir.Expression:
    operands = (part for part in parts_of(node) if part.child_count or part.type in _EXPRESSIONS)
    return ir.Unknown(range_of(node), tuple(expression(part, depth) for part in operands))


def _name(node: Node, depth: int) -> ir.Expression:
    text = text_of(node)
    return ir.Name(range_of(node), text) if text else ir.Unknown(range_of(node))  # nothing: the parser missed it


def _dotted(node: Node, depth: int) -> ir.Expression:
    first, *rest = parts_of(node)
    value = _name(first, depth)
    for part in rest:
        value = ir.Attribute(Range(node.start_byte, part.end_byte), value, text_of(part), range_of(part))
    return value


def _constant(node: Node, depth: int) -> ir.Expression:
    return ir.Constant(range_of(node), {"true": True, "false": False}.get(node.type))


def _integer(node: Node, depth: int) -> ir.Expression:
    return _number(node, lambda text: int(text, 0))


def _float(node: Node, depth: int) -> ir.Expression:
    return _number(node, float)


def _number(node: Node, convert: Callable[[str], int | float]) -> ir.Number:
    text = text_of(node)
    try:
        return ir.Number(range_of(node), text, convert(text))
    except ValueError:  # complex, Python 2, or longer than `int` takes
        return ir.Number(range_of(node), text, None)


def _string(node: Node, depth: int) -> ir.Expression:
    return lower_string(node, lambda value: expression(value, depth))


def _chain(node: Node, depth: int) -> ir.Expression:
    """Operators, calls, attributes and subscripts: all that leans to the left."""
    links: list[tuple[Callable[[Node, ir.Expression, int], ir.Expression], Node]] = []
    kind = node.type
    while kind in _LINKS:
        field, link = _LINKS[kind]
        left = node.child_by_field_name(field)
        if left is None:
            break
        links.append((link, node))
        node, kind = left, left.type
        if kind in _WRAPPERS:
            node = _unwrapped(node)
            kind = node.type
    value = _unknown(node, depth) if kind in _LINKS else expression(node, depth)
    for link, node in reversed(links):
        value = link(node, value, depth)
    return value


def _binary(node: Node, left: ir.Expression, depth: int) -> ir.Expression:
    operator = text_of(node.child_by_field_name("operator"))
    return ir.Binary(range_of(node), operator, left, field_value(node, "right", depth))


def _call(node: Node, function: ir.Expression, depth: int) -> ir.Expression:
    arguments = node.child_by_field_name("arguments")
    if arguments is None:
        return ir.Call(range_of(node), function, ())
    if arguments.type != "argument_list":  # a generator without parentheses of its own
        return ir.Call(range_of(node), function, (ir.Argument(range_of(arguments), expression(arguments, depth)),))
    return ir.Call(range_of(node), function, tuple(lower_argument(part, depth) for part in parts_of(arguments)))


def lower_argument(node: Node, depth: int) -> ir.Argument:
    """An argument of a call, or an option of a class."""
    match node.type:
        case "keyword_argument":
            keyword = text_of(node.child_by_field_name("name"))
            return ir.Argument(range_of(node), field_value(node, "value", depth), keyword)
        case "list_splat" | "dictionary_splat":
            return ir.Argument(range_of(node), first_value(node, depth) or ir.Unknown(range_of(node)), spread=True)
    return ir.Argument(range_of(node), expression(node, depth))


def _attribute(node: Node, value: ir.Expression, depth: int) -> ir.Expression:
    name = node.child_by_field_name("attribute")
    return ir.Attribute(range_of(node), value, text_of(name), range_of(name or node))


def _subscript(node: Node, value: ir.Expression, depth: int) -> ir.Expression:
    indexes = node.children_by_field_name("subscript")
    if len(indexes) == 1:
        return ir.Subscript(range_of(node), value, expression(indexes[0], depth))
    elements = tuple(expression(index, depth) for index in indexes)
    range = Range(indexes[0].start_byte, indexes[-1].end_byte) if indexes else Range(node.end_byte, node.end_byte)
    return ir.Subscript(range_of(node), value, ir.Collection(range, ir.Sequence.TUPLE, elements))


def _comparison(node: Node, depth: int) -> ir.Expression:
    operators = [child.type for child in node.children_by_field_name("operators")]
    nodes = [part for part in parts_of(node) if part.type not in ("not in", "is not")]
    operands = [expression(operand, depth) for operand in nodes]
    if len(operands) != len(operators) + 1:
        return ir.Unknown(range_of(node), tuple(operands))
    chain: ir.Expression | None = None
    for operator, left, right, first, last in zip(operators, operands, operands[1:], nodes, nodes[1:], strict=False):
        range = Range(first.start_byte, last.end_byte)
        link = ir.Binary(range, "!=" if operator == "<>" else operator, left, right)
        chain = link if chain is None else ir.Binary(Range(node.start_byte, last.end_byte), "and", chain, link)
    return chain or ir.Unknown(range_of(node))


def _not(node: Node, depth: int) -> ir.Expression:
    return ir.Unary(range_of(node), "not", field_value(node, "argument", depth))


def _unary(node: Node, depth: int) -> ir.Expression:
    operator = text_of(node.child_by_field_name("operator"))
    return ir.Unary(range_of(node), operator, field_value(node, "argument", depth))


def _conditional(node: Node, depth: int) -> ir.Expression:
    parts = every(node, depth)
    if len(parts) != 3:
        return ir.Unknown(range_of(node), parts)
    then, test, otherwise = parts
    return ir.Conditional(range_of(node), test, then, otherwise)


def _named(node: Node, depth: int) -> ir.Expression:
    return ir.AssignmentExpression(range_of(node), field_value(node, "name", depth), field_value(node, "value", depth))


def _await(node: Node, depth: int) -> ir.Expression:
    return ir.Await(range_of(node), first_value(node, depth) or ir.Unknown(range_of(node)))


def _yield(node: Node, depth: int) -> ir.Expression:
    return ir.Yield(range_of(node), first_value(node, depth))


def _spread(node: Node, depth: int) -> ir.Expression:
    return ir.Spread(range_of(node), first_value(node, depth) or ir.Unknown(range_of(node)))


def _list(node: Node, depth: int) -> ir.Expression:
    return ir.Collection(range_of(node), ir.Sequence.LIST, every(node, depth))


def tuple_of(node: Node, depth: int) -> ir.Expression:
    """The operands of a node as a tuple."""
    return ir.Collection(range_of(node), ir.Sequence.TUPLE, every(node, depth))


def _set(node: Node, depth: int) -> ir.Expression:
    return ir.Collection(range_of(node), ir.Sequence.SET, every(node, depth))


def _dictionary(node: Node, depth: int) -> ir.Expression:
    entries = []
    for part in parts_of(node):
        if part.type == "pair":
            entries.append(ir.Entry(range_of(part), field_value(part, "key", depth), field_value(part, "value", depth)))
        elif part.type == "dictionary_splat":
            value = first_value(part, depth) or ir.Unknown(range_of(part))
            entries.append(ir.Entry(range_of(part), None, value))
    return ir.Mapping(range_of(node), tuple(entries))


def _comprehension(node: Node, depth: int) -> ir.Expression:
    loops: list[tuple[Node, list[ir.Expression]]] = []  # every `for` with the conditions after it
    for part in parts_of(node):
        if part.type == "for_in_clause":
            loops.append((part, []))
        elif part.type == "if_clause" and loops:
            loops[-1][1].append(first_value(part, depth) or ir.Unknown(range_of(part)))
    body = node.child_by_field_name("body")
    key = None
    if body is not None and body.type == "pair":
        key, element = field_value(body, "key", depth), field_value(body, "value", depth)
    else:
        element = field_value(node, "body", depth)
    if not loops:
        return _unknown(node, depth)
    kind = ir.Sequence.SET if node.type == "set_comprehension" else ir.Sequence.LIST
    for loop, conditions in reversed(loops):
        target, iterable = field_value(loop, "left", depth), field_value(loop, "right", depth)
        element = ir.Comprehension(range_of(node), element, target, iterable, tuple(conditions), key, kind)
        key = None
    return element


_WRAPPERS = frozenset(("parenthesized_expression", "as_pattern_target", "type"))
# What leans to the left: the field that does, and what lowers the rest.
_LINKS: dict[str, tuple[str, Callable[[Node, ir.Expression, int], ir.Expression]]] = {
    "binary_operator": ("left", _binary),
    "boolean_operator": ("left", _binary),
    "call": ("function", _call),
    "attribute": ("object", _attribute),
    "subscript": ("value", _subscript),
}
_EXPRESSIONS: dict[str, Callable[[Node, int], ir.Expression]] = {
    **dict.fromkeys(_LINKS, _chain),
    "identifier": _name,
    "dotted_name": _dotted,
    "true": _constant,
    "false": _constant,
    "none": _constant,
    "integer": _integer,
    "float": _float,
    "string": _string,
    "concatenated_string": _string,
    "comparison_operator": _comparison,
    "not_operator": _not,
    "unary_operator": _unary,
    "conditional_expression": _conditional,
    "named_expression": _named,
    "await": _await,
    "yield": _yield,
    "list_splat": _spread,
    "list_splat_pattern": _spread,
    "list": _list,
    "list_pattern": _list,
    "tuple": tuple_of,
    "tuple_pattern": tuple_of,
    "pattern_list": tuple_of,
    "expression_list": tuple_of,
    "set": _set,
    "dictionary": _dictionary,
    "list_comprehension": _comprehension,
    "set_comprehension": _comprehension,
    "dictionary_comprehension": _comprehension,
    "generator_expression": _comprehension,
    "lambda": lower_lambda,
}
