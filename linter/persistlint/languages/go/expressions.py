"""Go's expressions, lowered. What is not understood becomes `Unknown` with its operands."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING

from persistlint import ir
from persistlint.languages.go.functions import lower_function
from persistlint.languages.go.nodes import MOST_LEVELS, Scope, field_of, operands_of
from persistlint.languages.nodes import range_of, text_of
from persistlint.regexes import regex
from persistlint.source import Range

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from tree_sitter import Node


_LOGIC = {"&&": "and", "||": "or"}
_UNARY = {"!": "not", "^": "~", "-": "-", "+": "+", "&": "&", "*": "*"}
_ESCAPE = regex(
    rb"\\(?:([0-7]{3})|x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|(.))",
    re.DOTALL,
)
_CONTROL = {b"a": b"\a", b"b": b"\b", b"f": b"\f", b"n": b"\n", b"r": b"\r", b"t": b"\t", b"v": b"\v"}
_WRAPPERS = frozenset(("parenthesized_expression", "literal_element"))
_LISTS = ("slice_type", "array_type", "implicit_length_array_type")


def expression(node: Node, scope: Scope) -> ir.Expression:
    """An expression, its parentheses dropped. At the deepest level that is lowered, it is Unknown."""
    while (kind := node.type) in _WRAPPERS:
        inner = operands_of(node)
        if len(inner) != 1:
            break
        node = inner[0]
    if scope.depth > MOST_LEVELS or node.is_missing:
        return ir.Unknown(range_of(node))
    return _EXPRESSIONS.get(kind, unknown)(node, scope.deeper() if node.child_count else scope)


def optional(node: Node | None, scope: Scope) -> ir.Expression | None:
    """An expression, None where it is missing."""
    return expression(node, scope) if node is not None else None


def each(nodes: Iterable[Node], scope: Scope) -> tuple[ir.Expression, ...]:
    """Every one of some expressions."""
    return tuple(expression(node, scope) for node in nodes)


def together(nodes: list[Node], range: Range, scope: Scope) -> ir.Expression:
    """One expression, or several as a tuple."""
    if len(nodes) == 1:
        return expression(nodes[0], scope)
    return ir.Collection(range, ir.Sequence.TUPLE, each(nodes, scope))


def unknown(node: Node, scope: Scope) -> ir.Expression:
    """What is not understood, with its operands."""
    return ir.Unknown(range_of(node), each(operands_of(node), scope))


def _name(node: Node, scope: Scope) -> ir.Expression:
    return ir.Name(range_of(node), text_of(node))


def _constant(node: Node, scope: Scope) -> ir.Expression:
    return ir.Constant(range_of(node), {"true": True, "false": False}.get(node.type))


def _iota(node: Node, scope: Scope) -> ir.Expression:
    return ir.Number(range_of(node), "iota", scope.iota)


def _interpreted_string(node: Node, scope: Scope) -> ir.Expression:
    content = _between_quotes(node)
    text = (node.text or b"")[content.start - node.start_byte : content.end - node.start_byte]
    value = _ESCAPE.sub(_unescaped, text) if b"\\" in text else text
    return ir.String(range_of(node), value.decode("utf-8", "replace"), content)


def _raw_string(node: Node, scope: Scope) -> ir.Expression:
    content = _between_quotes(node)
    text = (node.text or b"")[content.start - node.start_byte : content.end - node.start_byte]
    return ir.String(range_of(node), text.replace(b"\r", b"").decode("utf-8", "replace"), content)


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


def _integer(node: Node, scope: Scope) -> ir.Expression:
    text = text_of(node)
    digits = text.replace("_", "")
    try:
        value = int(digits, 8 if digits.isdigit() and digits.startswith("0") else 0)
    except ValueError:
        return ir.Number(range_of(node), text, None)
    return ir.Number(range_of(node), text, value)


def _float(node: Node, scope: Scope) -> ir.Expression:
    text = text_of(node)
    digits = text.replace("_", "").lower()
    try:
        value = float.fromhex(digits) if digits.startswith("0x") else float(digits)
    except (ValueError, OverflowError):
        return ir.Number(range_of(node), text, None)
    return ir.Number(range_of(node), text, value if math.isfinite(value) else None)


def _imaginary(node: Node, scope: Scope) -> ir.Expression:
    return ir.Number(range_of(node), text_of(node), None)


def _selector(node: Node, scope: Scope) -> ir.Expression:
    field = node.child_by_field_name("field") or node
    operand = optional(node.child_by_field_name("operand"), scope) or ir.Unknown(range_of(node))
    return ir.Attribute(range_of(node), operand, text_of(field), range_of(field))


def _index(node: Node, scope: Scope) -> ir.Expression:
    operand, index = field_of(node, "operand"), field_of(node, "index")
    if operand is None or index is None:
        return unknown(node, scope)
    return ir.Subscript(range_of(node), expression(operand, scope), expression(index, scope))


def _slice(node: Node, scope: Scope) -> ir.Expression:
    operand, *bounds = operands_of(node)
    opening = next((child for child in node.children if child.type == "["), node)
    index = ir.Unknown(Range(opening.start_byte, node.end_byte), each(bounds, scope))
    return ir.Subscript(range_of(node), expression(operand, scope), index)


def _type_assertion(node: Node, scope: Scope) -> ir.Expression:
    operand = optional(field_of(node, "operand"), scope) or ir.Unknown(range_of(node))
    return ir.TypeAssertion(range_of(node), operand, text_of(field_of(node, "type")))


def _call(node: Node, scope: Scope) -> ir.Expression:
    function = optional(node.child_by_field_name("function"), scope) or ir.Unknown(range_of(node))
    arguments = operands_of(node.child_by_field_name("arguments"))
    return ir.Call(range_of(node), function, tuple(_argument(argument, scope) for argument in arguments))


def _argument(node: Node, scope: Scope) -> ir.Argument:
    spread = node.type == "variadic_argument"
    value = together(operands_of(node), range_of(node), scope) if spread else expression(node, scope)
    return ir.Argument(range_of(node), value, spread=spread)


def _conversion(node: Node, scope: Scope) -> ir.Expression:
    type, operand = field_of(node, "type"), field_of(node, "operand")
    if type is None or operand is None:
        return unknown(node, scope)
    return ir.Call(
        range_of(node), type_as_value(type, scope), (ir.Argument(range_of(operand), expression(operand, scope)),)
    )


def _instantiation(node: Node, scope: Scope) -> ir.Expression:
    type = field_of(node, "type")
    return type_as_value(type, scope) if type is not None else unknown(node, scope)


def type_as_value(node: Node, scope: Scope) -> ir.Expression:
    """A type in the place of a value."""
    if node.type == "generic_type":
        node = field_of(node, "type") or node
    if node.type == "qualified_type":
        package, name = field_of(node, "package") or node, field_of(node, "name") or node
        return ir.Attribute(range_of(node), ir.Name(range_of(package), text_of(package)), text_of(name), range_of(name))
    if text_of(node) == "nil":
        return ir.Constant(range_of(node), None)
    return ir.Name(range_of(node), text_of(node))


def _unary(node: Node, scope: Scope) -> ir.Expression:
    operand = field_of(node, "operand")
    operator = _UNARY.get(text_of(field_of(node, "operator")))
    if operator is None or operand is None:
        return unknown(node, scope)
    return ir.Unary(range_of(node), operator, expression(operand, scope))


def _binary(node: Node, scope: Scope) -> ir.Expression:
    """A chain of one operator, which leans to the left, is lowered in a loop: queries are built of long ones."""
    operator = text_of(field_of(node, "operator"))
    chain = [node]
    left = field_of(node, "left")
    while left is not None and left.type == "binary_expression" and text_of(field_of(left, "operator")) == operator:
        chain.append(left)
        left = field_of(left, "left")
    value = optional(left, scope) or ir.Unknown(range_of(node))
    for link in reversed(chain):
        right = optional(field_of(link, "right"), scope) or ir.Unknown(range_of(link))
        if operator == "&^":
            value = ir.Binary(range_of(link), "&", value, ir.Unary(right.range, "~", right))
        else:
            value = ir.Binary(range_of(link), _LOGIC.get(operator, operator), value, right)
    return value


def _function_literal(node: Node, scope: Scope) -> ir.Expression:
    return ir.Lambda(range_of(node), lower_function(node))


def _composite(node: Node, scope: Scope) -> ir.Expression:
    body = field_of(node, "body")
    if body is None:
        return unknown(node, scope)
    return _literal(body, field_of(node, "type"), range_of(node), scope.deeper())


def _bare_literal(node: Node, scope: Scope) -> ir.Expression:
    return _literal(node, None, range_of(node), scope.deeper())


def _literal(body: Node, type: Node | None, range: Range, scope: Scope) -> ir.Expression:
    """`T{…}`, or `{…}` inside one, whose type is then that of the elements around it."""
    if scope.depth > MOST_LEVELS:
        return ir.Unknown(range)
    elements = operands_of(body)
    kind = type.type if type else ""
    if any(element.type == "keyed_element" for element in elements) or (not elements and kind not in _LISTS):
        return ir.Mapping(range, tuple(_entry(element, type, scope) for element in elements), text_of(type))
    inner = field_of(type, "element") if type else None
    items = tuple(_element(element, inner, scope) for element in elements)
    return ir.Collection(range, ir.Sequence.LIST, items, text_of(type))


def _entry(node: Node, type: Node | None, scope: Scope) -> ir.Entry:
    key, value = field_of(node, "key"), field_of(node, "value")
    if key is None or value is None:
        return ir.Entry(range_of(node), ir.Unknown(range_of(node)), _element(node, None, scope))
    inner = (field_of(type, "value") or field_of(type, "element")) if type else None
    return ir.Entry(range_of(node), _key(key, type, scope), _element(value, inner, scope))


def _key(node: Node, type: Node | None, scope: Scope) -> ir.Expression:
    """The key of an element: the name of a field in a struct, an expression in a map, a slice or an array.

    Only the declaration of a named type tells which of them it is. But the fields of another package's struct start
    with a capital letter, so that `column` in `sq.Eq{column: x}` has to be a variable.
    """
    text = text_of(node)
    kind = type.type if type else ""
    is_value = kind == "map_type" or kind in _LISTS
    is_variable = kind == "qualified_type" and not text[:1].isupper()
    if text.isidentifier() and not is_value and not is_variable:
        return ir.String(range_of(node), text, range_of(node))
    return _element(node, field_of(type, "key") if type else None, scope)


def _element(node: Node, type: Node | None, scope: Scope) -> ir.Expression:
    inner = operands_of(node)[0] if node.type == "literal_element" and operands_of(node) else node
    if inner.type == "literal_value":
        return _literal(inner, type, range_of(inner), scope.deeper())
    return expression(inner, scope)


_EXPRESSIONS: dict[str, Callable[[Node, Scope], ir.Expression]] = {
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
    "type_identifier": type_as_value,
    "qualified_type": type_as_value,
    "generic_type": type_as_value,
    "pointer_type": type_as_value,
    "slice_type": type_as_value,
    "array_type": type_as_value,
    "map_type": type_as_value,
    "channel_type": type_as_value,
    "function_type": type_as_value,
    "struct_type": type_as_value,
    "interface_type": type_as_value,
    "parenthesized_type": type_as_value,
}
