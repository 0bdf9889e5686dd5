"""From a Python syntax tree to the language-neutral program.

Every function here and in `expressions.py` takes the depth at which its node stands and stops at `MOST_NESTED` levels,
so that no input exhausts the stack. What leans to the left, as `a + b + c` and `a.b().c()` do, nests without limit in
real code and is lowered with a loop instead.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from persistlint import ir
from persistlint.languages.nodes import range_of, text_of
from persistlint.languages.python.expressions import (
    MOST_NESTED,
    expression,
    field_value,
    first_value,
    is_generator,
    lower_argument,
    lower_lambda,
    parameters_of,
    tuple_of,
)
from persistlint.languages.python.imports import lower_import, lower_import_from
from persistlint.languages.python.indentation import parsed_text
from persistlint.languages.python.matching import pattern_values
from persistlint.languages.python.nodes import Scope, is_public, parts_of
from persistlint.source import Range

if TYPE_CHECKING:
    from collections.abc import Callable

    from tree_sitter import Node


__all__ = ["lower", "parsed_text"]

_ENUM_BASES = {"Flag", "TextChoices", "IntegerChoices"}


def lower(root: Node, content: bytes) -> ir.Module:
    """Lower the syntax tree of a file with this content. Never fails; what is broken becomes `ir.Unknown`."""
    return ir.Module(Range(0, len(content)), _block(root, Scope(None, is_public=True), 0))


def _block(node: Node | None, scope: Scope, depth: int) -> ir.Block:
    if node is None:
        return ()
    if depth > MOST_NESTED:
        return (ir.ExpressionStatement(range_of(node), ir.Unknown(range_of(node))),)
    statements: list[ir.Statement] = []
    for child in parts_of(node):
        statements.extend(_STATEMENTS.get(child.type, _other_statement)(child, scope, depth + 1))
    return tuple(statements)


def _other_statement(node: Node, scope: Scope, depth: int) -> ir.Block:
    if node.type.startswith("string_"):
        return ()  # the remains of an unclosed string
    return (ir.ExpressionStatement(range_of(node), expression(node, depth)),)


def _nothing(node: Node, scope: Scope, depth: int) -> ir.Block:
    return ()


def _expression_statement(node: Node, scope: Scope, depth: int) -> ir.Block:
    parts = parts_of(node)
    if len(parts) != 1:
        return (ir.ExpressionStatement(range_of(node), tuple_of(node, depth)),)
    match parts[0].type:
        case "assignment":
            return (_assignment(parts[0], scope, depth),)
        case "augmented_assignment":
            operator = text_of(parts[0].child_by_field_name("operator")).removesuffix("=")
            target, value = field_value(parts[0], "left", depth), field_value(parts[0], "right", depth)
            return (ir.Assign(range_of(parts[0]), target, value, operator),)
    return (ir.ExpressionStatement(range_of(node), expression(parts[0], depth)),)


def _assignment(node: Node, scope: Scope, depth: int) -> ir.Assign:
    chain = [node]  # a = b = c
    while (right := chain[-1].child_by_field_name("right")) is not None and right.type == "assignment":
        chain.append(right)
    value: ir.Expression | None = None
    if right is not None:
        name = chain[-1].child_by_field_name("left")
        if right.type == "lambda" and name is not None and name.type == "identifier":
            exported = scope.is_public and is_public(text_of(name))
            value = lower_lambda(right, depth, name, scope.owner, exported)
        else:
            value = expression(right, depth)
    for link in reversed(chain[1:]):
        value = ir.AssignmentExpression(
            range_of(link), field_value(link, "left", depth), value or ir.Unknown(range_of(link))
        )
    annotation = text_of(node.child_by_field_name("type"))
    target = field_value(node, "left", depth)
    return ir.Assign(range_of(node), target, value, declares=bool(annotation), annotation=annotation)


def _type_alias(node: Node, scope: Scope, depth: int) -> ir.Block:
    target, value = field_value(node, "left", depth), field_value(node, "right", depth)
    return (ir.Assign(range_of(node), target, value, declares=True, constant=True),)


def _delete(node: Node, scope: Scope, depth: int) -> ir.Block:
    targets = [
        target for part in parts_of(node) for target in (parts_of(part) if part.type == "expression_list" else [part])
    ]
    return tuple(
        ir.ExpressionStatement(range_of(target), ir.Unary(range_of(target), "delete", expression(target, depth)))
        for target in targets
    )


def _assert(node: Node, scope: Scope, depth: int) -> ir.Block:
    return (ir.Assert(range_of(node), first_value(node, depth) or ir.Unknown(range_of(node))),)


def _return(node: Node, scope: Scope, depth: int) -> ir.Block:
    return (ir.Return(range_of(node), first_value(node, depth)),)


def _raise(node: Node, scope: Scope, depth: int) -> ir.Block:
    return (ir.Raise(range_of(node), first_value(node, depth)),)


def _jump(node: Node, scope: Scope, depth: int) -> ir.Block:
    return (ir.Jump(range_of(node), node.type.removesuffix("_statement")),)


def _if(node: Node, scope: Scope, depth: int) -> ir.Block:
    otherwise: ir.Block = ()
    for clause in reversed(node.children_by_field_name("alternative")):
        if clause.type == "else_clause":
            otherwise = _block(clause.child_by_field_name("body"), scope, depth)
        else:
            otherwise = (_branch(clause, Range(clause.start_byte, node.end_byte), otherwise, scope, depth),)
    return (_branch(node, range_of(node), otherwise, scope, depth),)


def _branch(node: Node, range: Range, otherwise: ir.Block, scope: Scope, depth: int) -> ir.If:
    then = _block(node.child_by_field_name("consequence"), scope, depth)
    return ir.If(range, field_value(node, "condition", depth), then, otherwise)


def _for(node: Node, scope: Scope, depth: int) -> ir.Block:
    target, iterable = field_value(node, "left", depth), field_value(node, "right", depth)
    body = _block(node.child_by_field_name("body"), scope, depth)
    return (ir.Loop(range_of(node), target, iterable, None, body, _else(node, scope, depth), _is_async(node)),)


def _while(node: Node, scope: Scope, depth: int) -> ir.Block:
    body = _block(node.child_by_field_name("body"), scope, depth)
    return (
        ir.Loop(range_of(node), None, None, field_value(node, "condition", depth), body, _else(node, scope, depth)),
    )


def _else(node: Node, scope: Scope, depth: int) -> ir.Block:
    clauses = [child for child in node.named_children if child.type == "else_clause"]
    return _block(clauses[0].child_by_field_name("body"), scope, depth) if clauses else ()


def _with(node: Node, scope: Scope, depth: int) -> ir.Block:
    items = [item for clause in parts_of(node) if clause.type == "with_clause" for item in parts_of(clause)]
    body = _block(node.child_by_field_name("body"), scope, depth)
    for item in reversed(items):
        value = item.child_by_field_name("value") or item
        context, target = _aliased(value, depth)
        start = node.start_byte if item is items[0] else item.start_byte
        body = (ir.With(Range(start, node.end_byte), context, target, body, _is_async(node)),)
    return body


def _aliased(node: Node, depth: int) -> tuple[ir.Expression, ir.Expression | None]:
    """The value and the target of `value as target`."""
    alias = node.child_by_field_name("alias")
    if node.type != "as_pattern" or alias is None:
        return expression(node, depth), None
    return first_value(node, depth) or ir.Unknown(range_of(node)), first_value(alias, depth)


def _try(node: Node, scope: Scope, depth: int) -> ir.Block:
    final = [child for child in node.named_children if child.type == "finally_clause"]
    return (
        ir.Try(
            range_of(node),
            _block(node.child_by_field_name("body"), scope, depth),
            tuple(_handler(child, scope, depth) for child in node.named_children if child.type == "except_clause"),
            _else(node, scope, depth),
            _block(_body(final[0]), scope, depth) if final else (),
        ),
    )


def _handler(node: Node, scope: Scope, depth: int) -> ir.Handler:
    types: list[str] = []
    name = None
    for value in node.children_by_field_name("value"):
        caught: Node | None = value
        if value.type == "as_pattern":
            name = text_of(value.child_by_field_name("alias"))
            caught = next(iter(parts_of(value)), None)
        if caught is not None and caught.type == "tuple":
            types.extend(text_of(part) for part in parts_of(caught))
        else:
            types.append(text_of(caught))
    return ir.Handler(range_of(node), tuple(types), name, _block(_body(node), scope, depth))


def _body(clause: Node) -> Node | None:
    return next((child for child in clause.named_children if child.type == "block"), None)


def _match(node: Node, scope: Scope, depth: int) -> ir.Block:
    subjects = node.children_by_field_name("subject")
    subject = field_value(node, "subject", depth)
    if len(subjects) > 1:
        elements = tuple(expression(child, depth) for child in subjects)
        subject = ir.Collection(Range(subjects[0].start_byte, subjects[-1].end_byte), ir.Sequence.TUPLE, elements)
    body = node.child_by_field_name("body")
    clauses = [child for child in parts_of(body) if child.type == "case_clause"] if body is not None else []
    return (ir.Switch(range_of(node), subject, tuple(_case(clause, subject, scope, depth) for clause in clauses)),)


def _case(node: Node, subject: ir.Expression, scope: Scope, depth: int) -> ir.Case:
    patterns = [child for child in node.named_children if child.type == "case_pattern"]
    body = _block(node.child_by_field_name("consequence"), scope, depth)
    guard = node.child_by_field_name("guard")
    if guard is not None:
        test = first_value(guard, depth) or ir.Unknown(range_of(guard))
        body = (ir.If(Range(guard.start_byte, node.end_byte), test, body),)
    captures: list[ir.Statement] = []
    values: list[ir.Expression] | None = [ir.Unknown(range_of(node))]
    if len(patterns) == 1:
        values = pattern_values(patterns[0], subject, captures, depth)
    else:
        for pattern in patterns:
            pattern_values(pattern, ir.Unknown(range_of(pattern)), captures, depth)
    if values is None:  # matches anything: the default, unless it is guarded
        values = [] if guard is None else [ir.Unknown(range_of(patterns[0]))]
    return ir.Case(range_of(node), tuple(values), (*captures, *body))


def _definition(node: Node, scope: Scope, depth: int) -> ir.Block:
    """A function or class, decorated or not."""
    defined: Node | None = node
    decorators: tuple[ir.Expression, ...] = ()
    if node.type == "decorated_definition":
        defined = node.child_by_field_name("definition")
        found = (first_value(child, depth) for child in node.named_children if child.type == "decorator")
        decorators = tuple(decorator for decorator in found if decorator is not None)
    if defined is None:
        return _other_statement(node, scope, depth)
    if defined.type == "class_definition":
        return (_class(node, defined, decorators, scope, depth),)
    return (ir.FunctionDefinition(range_of(node), _function(defined, decorators, scope, depth)),)


def _class(
    node: Node, defined: Node, decorators: tuple[ir.Expression, ...], scope: Scope, depth: int
) -> ir.ClassDefinition:
    named = defined.child_by_field_name("name")
    name = text_of(named)
    superclasses = defined.child_by_field_name("superclasses")
    arguments = parts_of(superclasses) if superclasses is not None else []
    bases = tuple(text_of(argument) for argument in arguments if argument.type != "keyword_argument")
    body = _block(defined.child_by_field_name("body"), Scope(name, scope.is_public and is_public(name)), depth)
    return ir.ClassDefinition(
        range_of(node),
        name,
        range_of(named or node),
        bases,
        body,
        fields=tuple(
            (statement.target.id, statement.annotation)
            for statement in body
            if isinstance(statement, ir.Assign) and statement.annotation and isinstance(statement.target, ir.Name)
        ),
        is_enum=any(base.endswith("Enum") or base.rpartition(".")[2] in _ENUM_BASES for base in bases),
        decorators=decorators,
        options=tuple(lower_argument(argument, depth) for argument in arguments if argument.type == "keyword_argument"),
    )


def _function(node: Node, decorators: tuple[ir.Expression, ...], scope: Scope, depth: int) -> ir.Function:
    name, body = node.child_by_field_name("name"), node.child_by_field_name("body")
    lower_parameters: Callable[[], tuple[ir.Parameter, ...]] = partial(parameters_of, node, depth)
    is_static = any(isinstance(decorator, ir.Name) and decorator.id == "staticmethod" for decorator in decorators)
    receiver = None
    if scope.owner is not None and not is_static:
        parameters = lower_parameters()
        if parameters and parameters[0].kind == "positional":
            receiver, parameters = parameters[0].name, parameters[1:]
        lower_parameters = lambda: parameters  # noqa: E731
    return ir.Function(
        range_of(node),
        text_of(name),
        range_of(name or node),
        lower_parameters,
        partial(_block, body, Scope(None, is_public=False), depth),
        decorators,
        owner=scope.owner,
        receiver=receiver,
        returns=text_of(node.child_by_field_name("return_type")),
        is_async=_is_async(node),
        is_generator=is_generator(node),
        exported=is_public(text_of(name)) and (scope.is_public or bool(decorators)),
        body_start=body.start_byte if body is not None else node.end_byte,
    )


def _is_async(node: Node) -> bool:
    return bool(node.children) and node.children[0].type == "async"


_STATEMENTS: dict[str, Callable[[Node, Scope, int], ir.Block]] = {
    "expression_statement": _expression_statement,
    "type_alias_statement": _type_alias,
    "delete_statement": _delete,
    "assert_statement": _assert,
    "return_statement": _return,
    "raise_statement": _raise,
    "pass_statement": _nothing,
    "break_statement": _jump,
    "continue_statement": _jump,
    "if_statement": _if,
    "for_statement": _for,
    "while_statement": _while,
    "with_statement": _with,
    "try_statement": _try,
    "match_statement": _match,
    "import_statement": lower_import,
    "import_from_statement": lower_import_from,
    "future_import_statement": lower_import_from,
    "function_definition": _definition,
    "class_definition": _definition,
    "decorated_definition": _definition,
    "block": _block,  # inside an error
    "ERROR": _block,
}
