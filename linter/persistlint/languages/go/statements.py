"""Go's statements, lowered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint import ir
from persistlint.languages.go.declarations import constants, imports, type_declarations, variables
from persistlint.languages.go.expressions import each, expression, optional, together, type_as_value, unknown
from persistlint.languages.go.functions import function_statement
from persistlint.languages.go.nodes import MOST_LEVELS, Scope, field_of, flat, operands_of
from persistlint.languages.nodes import range_of, text_of
from persistlint.source import Range

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from tree_sitter import Node


def block(node: Node | None, scope: Scope) -> ir.Block:
    """The statements of a block; none where it is missing."""
    return _statements(flat(node.named_children), scope) if node is not None else ()


def _statements(nodes: Iterable[Node], scope: Scope) -> ir.Block:
    return tuple(statement for node in nodes for statement in lower_statement(node, scope))


def lower_statement(node: Node, scope: Scope) -> ir.Block:
    """What one statement comes to. At the deepest level that is lowered, it is Unknown."""
    if scope.depth > MOST_LEVELS:
        return (ir.ExpressionStatement(range_of(node), ir.Unknown(range_of(node))),)
    handler = _STATEMENTS.get(node.type)
    if handler is not None:
        return handler(node, scope.deeper(2))  # a statement takes twice the stack of an expression
    return (ir.ExpressionStatement(range_of(node), expression(node, scope)),)


def _expression_statement(node: Node, scope: Scope) -> ir.Block:
    return tuple(ir.ExpressionStatement(range_of(node), expression(child, scope)) for child in operands_of(node))


def _assignment(node: Node, scope: Scope) -> ir.Block:
    left, right = field_of(node, "left"), field_of(node, "right")
    operator = text_of(field_of(node, "operator"))
    target = together(operands_of(left), range_of(left or node), scope)
    value = together(operands_of(right), range_of(right or node), scope)
    if operator == "&^=":
        operator, value = "&=", ir.Unary(value.range, "~", value)
    return (ir.Assign(range_of(node), target, value, operator.removesuffix("=") or "="),)


def _short_declaration(node: Node, scope: Scope) -> ir.Block:
    left, right = field_of(node, "left"), field_of(node, "right")
    target = together(operands_of(left), range_of(left or node), scope)
    value = together(operands_of(right), range_of(right or node), scope)
    return (ir.Assign(range_of(node), target, value, declares=True),)


def _step(node: Node, scope: Scope) -> ir.Block:
    target = together(operands_of(node), range_of(node), scope)
    operator = node.children[-1]
    return (ir.Assign(range_of(node), target, ir.Number(range_of(operator), "1", 1), operator.type[:1]),)


def _send(node: Node, scope: Scope) -> ir.Block:
    return (ir.ExpressionStatement(range_of(node), unknown(node, scope)),)


def _if(node: Node, scope: Scope) -> ir.Block:
    arms = [node]
    last = field_of(node, "alternative")
    while last is not None and last.type == "if_statement":
        arms.append(last)
        last = field_of(last, "alternative")
    otherwise = block(last, scope)
    for arm in reversed(arms):
        test = optional(field_of(arm, "condition"), scope) or ir.Unknown(range_of(arm))
        branch = ir.If(range_of(arm), test, block(field_of(arm, "consequence"), scope), otherwise)
        otherwise = _after(_initializer(arm, scope), branch)
    return otherwise


def _for(node: Node, scope: Scope) -> ir.Block:
    body = field_of(node, "body")
    header = next((child for child in operands_of(node) if child != body and child.type != "ERROR"), None)
    statements = block(body, scope)
    if header is None:
        return (ir.Loop(range_of(node), None, None, None, statements),)
    if header.type == "range_clause":
        left = field_of(header, "left")
        target = ir.Collection(range_of(left), ir.Sequence.TUPLE, each(operands_of(left), scope)) if left else None
        iterable = optional(field_of(header, "right"), scope)
        return (ir.Loop(range_of(node), target, iterable, None, statements),)
    if header.type == "for_clause":
        update = field_of(header, "update")
        test = optional(field_of(header, "condition"), scope)
        after = lower_statement(update, scope) if update else ()
        return _after(_initializer(header, scope), ir.Loop(range_of(node), None, None, test, (*statements, *after)))
    return (ir.Loop(range_of(node), None, None, expression(header, scope), statements),)


def _switch(node: Node, scope: Scope) -> ir.Block:
    subject = optional(field_of(node, "value"), scope)
    cases: list[ir.Case] = []
    for case in _cases(node, "expression_case"):
        values = each(operands_of(field_of(case, "value")), scope)
        cases.append(_case(case, values, (), scope))
    return _after(_initializer(node, scope), ir.Switch(range_of(node), subject, tuple(cases)))


def _type_switch(node: Node, scope: Scope) -> ir.Block:
    subject = optional(field_of(node, "value"), scope) or ir.Unknown(range_of(node))
    before = _initializer(node, scope)
    alias = next(iter(operands_of(field_of(node, "alias"))), None)
    if alias is not None:
        name = ir.Name(range_of(alias), text_of(alias))
        before = (*before, ir.Assign(Range(alias.start_byte, subject.range.end), name, subject, declares=True))
        subject = name
    cases: list[ir.Case] = []
    for case in _cases(node, "type_case"):
        types = [type for type in case.children_by_field_name("type") if type.is_named]
        narrowed: ir.Block = ()
        if alias is not None and len(types) == 1 and text_of(types[0]) != "nil":
            value = ir.TypeAssertion(range_of(types[0]), subject, text_of(types[0]))
            narrowed = (ir.Assign(range_of(types[0]), subject, value, declares=True),)
        cases.append(_case(case, tuple(type_as_value(type, scope) for type in types), narrowed, scope))
    assertion = ir.TypeAssertion(subject.range, subject, "type")
    return _after(before, ir.Switch(range_of(node), assertion, tuple(cases)))


def _select(node: Node, scope: Scope) -> ir.Block:
    cases: list[ir.Case] = []
    for case in _cases(node, "communication_case"):
        communication = field_of(case, "communication")
        values = (ir.Unknown(range_of(communication)),) if communication else ()
        received = lower_statement(communication, scope) if communication else ()
        cases.append(_case(case, values, received, scope))
    return (ir.Switch(range_of(node), None, tuple(cases)),)


def _receive(node: Node, scope: Scope) -> ir.Block:
    left, right = field_of(node, "left"), field_of(node, "right")
    value = optional(right, scope) or ir.Unknown(range_of(node))
    if left is None:
        return (ir.ExpressionStatement(range_of(node), value),)
    target = together(operands_of(left), range_of(left), scope)
    declares = any(child.type == ":=" for child in node.children)
    return (ir.Assign(range_of(node), target, value, declares=declares),)


def _cases(node: Node, kind: str) -> list[Node]:
    return [child for child in operands_of(node) if child.type in (kind, "default_case")]


def _case(node: Node, values: tuple[ir.Expression, ...], first: ir.Block, scope: Scope) -> ir.Case:
    """An arm, without the `fallthrough` or the `break` that ends it."""
    lists = [child for child in node.named_children if child.type in ("statement_list", "ERROR")]
    nodes = list(flat(lists))
    last = nodes[-1] if nodes else None
    falls_through = last is not None and last.type == "fallthrough_statement"
    if falls_through or (last is not None and last.type == "break_statement" and not operands_of(last)):
        nodes.pop()
    return ir.Case(range_of(node), values, (*first, *_statements(nodes, scope)), falls_through)


def _return(node: Node, scope: Scope) -> ir.Block:
    lists = operands_of(node)
    if lists:
        return (ir.Return(range_of(node), together(operands_of(lists[0]), range_of(lists[0]), scope)),)
    if scope.results:
        names = tuple(_result(name, range_of(node)) for name in scope.results)
        value = names[0] if len(names) == 1 else ir.Collection(range_of(node), ir.Sequence.TUPLE, names)
        return (ir.Return(range_of(node), value),)
    return (ir.Return(range_of(node), None),)


def _result(name: Node, range: Range) -> ir.Expression:
    return ir.Unknown(range) if text_of(name) == "_" else ir.Name(range, text_of(name))


def _jump(node: Node, scope: Scope) -> ir.Block:
    label = next((text_of(child) for child in operands_of(node)), None)
    return (ir.Jump(range_of(node), node.type.removesuffix("_statement"), label),)


def _defer(node: Node, scope: Scope) -> ir.Block:
    call = together(operands_of(node), range_of(node), scope)
    return (ir.Defer(range_of(node), call, node.type.removesuffix("_statement")),)


def _nested(node: Node, scope: Scope) -> ir.Block:
    return (ir.Nested(range_of(node), block(node, scope)),)


def _labelled(node: Node, scope: Scope) -> ir.Block:
    inner = [child for child in node.named_children if child.type != "label_name"]
    return (ir.Nested(range_of(node), _statements(flat(inner), scope)),)


def _nothing(node: Node, scope: Scope) -> ir.Block:
    return ()


def _initializer(node: Node, scope: Scope) -> ir.Block:
    initializer = field_of(node, "initializer")
    return lower_statement(initializer, scope) if initializer else ()


def _after(before: ir.Block, statement: ir.Statement) -> ir.Block:
    """A statement and what runs before it; both are in one scope, which ends with the statement."""
    return (ir.Nested(statement.range, (*before, statement)),) if before else (statement,)


_STATEMENTS: dict[str, Callable[[Node, Scope], ir.Block]] = {
    "import_declaration": imports,
    "const_declaration": constants,
    "var_declaration": variables,
    "type_declaration": type_declarations,
    "function_declaration": function_statement,
    "method_declaration": function_statement,
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
