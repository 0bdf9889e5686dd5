"""From a Python syntax tree to the language-neutral program.

Every function here takes the depth at which its node stands and stops at `_MOST_NESTED` levels, so that no input
exhausts the stack. What leans to the left, as `a + b + c` and `a.b().c()` do, nests without limit in real code and is
lowered with a loop instead.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from persistlint import ir
from persistlint.languages.python.indentation import parsed_text
from persistlint.languages.python.nodes import parts_of, range_of, text_of
from persistlint.languages.python.strings import lower_string
from persistlint.records import dataclass
from persistlint.source import Range

if TYPE_CHECKING:
    from collections.abc import Callable

    from tree_sitter import Node

_MOST_NESTED = 120  # more than CPython's own parser allows
_ENUM_BASES = {"Flag", "TextChoices", "IntegerChoices"}


__all__ = ["lower", "parsed_text"]


def lower(root: Node, content: bytes) -> ir.Module:
    """Lower the syntax tree of a file with this content. Never fails; what is broken becomes `ir.Unknown`."""
    return ir.Module(Range(0, len(content)), _block(root, _Scope(None, is_public=True), 0))


@dataclass(frozen=True, slots=True)
class _Scope:
    """Where a statement stands: the class whose body it is in, and whether other files can reach what it names."""

    owner: str | None
    is_public: bool


# ---------------------------------------------------------------------------------------------------- statements


def _block(node: Node | None, scope: _Scope, depth: int) -> ir.Block:
    if node is None:
        return ()
    if depth > _MOST_NESTED:
        return (ir.ExpressionStatement(range_of(node), ir.Unknown(range_of(node))),)
    statements: list[ir.Statement] = []
    for child in parts_of(node):
        statements.extend(_STATEMENTS.get(child.type, _other_statement)(child, scope, depth + 1))
    return tuple(statements)


def _other_statement(node: Node, scope: _Scope, depth: int) -> ir.Block:
    if node.type.startswith("string_"):
        return ()  # the remains of an unclosed string
    return (ir.ExpressionStatement(range_of(node), _expression(node, depth)),)


def _nothing(node: Node, scope: _Scope, depth: int) -> ir.Block:
    return ()


def _expression_statement(node: Node, scope: _Scope, depth: int) -> ir.Block:
    parts = parts_of(node)
    if len(parts) != 1:
        return (ir.ExpressionStatement(range_of(node), _tuple(node, depth)),)
    match parts[0].type:
        case "assignment":
            return (_assignment(parts[0], scope, depth),)
        case "augmented_assignment":
            operator = text_of(parts[0].child_by_field_name("operator")).removesuffix("=")
            target, value = _field(parts[0], "left", depth), _field(parts[0], "right", depth)
            return (ir.Assign(range_of(parts[0]), target, value, operator),)
    return (ir.ExpressionStatement(range_of(node), _expression(parts[0], depth)),)


def _assignment(node: Node, scope: _Scope, depth: int) -> ir.Assign:
    chain = [node]  # a = b = c
    while (right := chain[-1].child_by_field_name("right")) is not None and right.type == "assignment":
        chain.append(right)
    value: ir.Expression | None = None
    if right is not None:
        name = chain[-1].child_by_field_name("left")
        if right.type == "lambda" and name is not None and name.type == "identifier":
            value = _lambda(right, depth, name, scope)
        else:
            value = _expression(right, depth)
    for link in reversed(chain[1:]):
        value = ir.AssignmentExpression(
            range_of(link), _field(link, "left", depth), value or ir.Unknown(range_of(link))
        )
    annotation = text_of(node.child_by_field_name("type"))
    target = _field(node, "left", depth)
    return ir.Assign(range_of(node), target, value, declares=bool(annotation), annotation=annotation)


def _type_alias(node: Node, scope: _Scope, depth: int) -> ir.Block:
    target, value = _field(node, "left", depth), _field(node, "right", depth)
    return (ir.Assign(range_of(node), target, value, declares=True, constant=True),)


def _delete(node: Node, scope: _Scope, depth: int) -> ir.Block:
    targets = [
        target for part in parts_of(node) for target in (parts_of(part) if part.type == "expression_list" else [part])
    ]
    return tuple(
        ir.ExpressionStatement(range_of(target), ir.Unary(range_of(target), "delete", _expression(target, depth)))
        for target in targets
    )


def _assert(node: Node, scope: _Scope, depth: int) -> ir.Block:
    return (ir.Assert(range_of(node), _first(node, depth) or ir.Unknown(range_of(node))),)


def _return(node: Node, scope: _Scope, depth: int) -> ir.Block:
    return (ir.Return(range_of(node), _first(node, depth)),)


def _raise(node: Node, scope: _Scope, depth: int) -> ir.Block:
    return (ir.Raise(range_of(node), _first(node, depth)),)


def _jump(node: Node, scope: _Scope, depth: int) -> ir.Block:
    return (ir.Jump(range_of(node), node.type.removesuffix("_statement")),)


def _if(node: Node, scope: _Scope, depth: int) -> ir.Block:
    otherwise: ir.Block = ()
    for clause in reversed(node.children_by_field_name("alternative")):
        if clause.type == "else_clause":
            otherwise = _block(clause.child_by_field_name("body"), scope, depth)
        else:
            otherwise = (_branch(clause, Range(clause.start_byte, node.end_byte), otherwise, scope, depth),)
    return (_branch(node, range_of(node), otherwise, scope, depth),)


def _branch(node: Node, range: Range, otherwise: ir.Block, scope: _Scope, depth: int) -> ir.If:
    then = _block(node.child_by_field_name("consequence"), scope, depth)
    return ir.If(range, _field(node, "condition", depth), then, otherwise)


def _for(node: Node, scope: _Scope, depth: int) -> ir.Block:
    target, iterable = _field(node, "left", depth), _field(node, "right", depth)
    body = _block(node.child_by_field_name("body"), scope, depth)
    return (ir.Loop(range_of(node), target, iterable, None, body, _else(node, scope, depth), _is_async(node)),)


def _while(node: Node, scope: _Scope, depth: int) -> ir.Block:
    body = _block(node.child_by_field_name("body"), scope, depth)
    return (ir.Loop(range_of(node), None, None, _field(node, "condition", depth), body, _else(node, scope, depth)),)


def _else(node: Node, scope: _Scope, depth: int) -> ir.Block:
    clauses = [child for child in node.named_children if child.type == "else_clause"]
    return _block(clauses[0].child_by_field_name("body"), scope, depth) if clauses else ()


def _with(node: Node, scope: _Scope, depth: int) -> ir.Block:
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
        return _expression(node, depth), None
    return _first(node, depth) or ir.Unknown(range_of(node)), _first(alias, depth)


def _try(node: Node, scope: _Scope, depth: int) -> ir.Block:
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


def _handler(node: Node, scope: _Scope, depth: int) -> ir.Handler:
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


def _match(node: Node, scope: _Scope, depth: int) -> ir.Block:
    subjects = node.children_by_field_name("subject")
    subject = _field(node, "subject", depth)
    if len(subjects) > 1:
        elements = tuple(_expression(child, depth) for child in subjects)
        subject = ir.Collection(Range(subjects[0].start_byte, subjects[-1].end_byte), ir.Sequence.TUPLE, elements)
    body = node.child_by_field_name("body")
    clauses = [child for child in parts_of(body) if child.type == "case_clause"] if body is not None else []
    return (ir.Switch(range_of(node), subject, tuple(_case(clause, subject, scope, depth) for clause in clauses)),)


def _case(node: Node, subject: ir.Expression, scope: _Scope, depth: int) -> ir.Case:
    patterns = [child for child in node.named_children if child.type == "case_pattern"]
    body = _block(node.child_by_field_name("consequence"), scope, depth)
    guard = node.child_by_field_name("guard")
    if guard is not None:
        test = _first(guard, depth) or ir.Unknown(range_of(guard))
        body = (ir.If(Range(guard.start_byte, node.end_byte), test, body),)
    captures: list[ir.Statement] = []
    values: list[ir.Expression] | None = [ir.Unknown(range_of(node))]
    if len(patterns) == 1:
        values = _pattern(patterns[0], subject, captures, depth)
    else:
        for pattern in patterns:
            _pattern(pattern, ir.Unknown(range_of(pattern)), captures, depth)
    if values is None:  # matches anything: the default, unless it is guarded
        values = [] if guard is None else [ir.Unknown(range_of(patterns[0]))]
    return ir.Case(range_of(node), tuple(values), (*captures, *body))


def _pattern(
    node: Node, subject: ir.Expression, captures: list[ir.Statement], depth: int
) -> list[ir.Expression] | None:
    """The values that a pattern stands for, None if it matches anything. What it binds is added to `captures`."""
    range = range_of(node)
    if depth > _MOST_NESTED:
        return [ir.Unknown(range)]
    parts = parts_of(node)
    match node.type:
        case "case_pattern" if not parts:  # `_`
            return None
        case "case_pattern" if len(parts) == 1 and node.children[0].type != "-":
            return _pattern(parts[0], subject, captures, depth + 1)
        case "tuple_pattern" if len(parts) == 1 and node.child_count == 3:  # parentheses
            return _pattern(parts[0], subject, captures, depth + 1)
        case "case_pattern":
            return [ir.Unary(range, "-", _expression(parts[0], depth))]
        case "identifier":
            captures.append(_capture(node, subject))
            return None
        case "dotted_name" if len(parts) == 1:
            return _pattern(parts[0], subject, captures, depth + 1)
        case "union_pattern":
            found = [_pattern(part, subject, captures, depth + 1) for part in parts]
            if None in found or any(child.type == "_" for child in node.children):
                return None
            return [value for values in found if values is not None for value in values]
        case "as_pattern":
            captures.append(_capture(parts[-1], subject))
            return _pattern(parts[0], subject, captures, depth + 1)
        case "class_pattern" | "keyword_pattern":
            parts = parts[1:]
        case "string" | "concatenated_string" | "integer" | "float" | "true" | "false" | "none" | "dotted_name":
            return [_expression(node, depth)]
    for part in parts:
        _pattern(part, ir.Unknown(range_of(part)), captures, depth + 1)
    return [ir.Unknown(range)]


def _capture(name: Node, subject: ir.Expression) -> ir.Assign:
    value = subject if isinstance(subject, ir.Name) else ir.Unknown(range_of(name))  # evaluated once, so not repeated
    return ir.Assign(range_of(name), ir.Name(range_of(name), text_of(name)), value)


def _import(node: Node, scope: _Scope, depth: int) -> ir.Block:
    imports = []
    for name in node.children_by_field_name("name"):
        range = range_of(name)
        if name.type == "aliased_import":
            module, local = (text_of(name.child_by_field_name(field)) for field in ("name", "alias"))
            imports.append(ir.Import(range, module, None, local))
            continue
        module = text_of(name)
        package = module.partition(".")[0]
        imports.append(ir.Import(range, package, None, package))
        if package != module:
            imports.append(ir.Import(range, module, None, module))
    return tuple(imports)


def _import_from(node: Node, scope: _Scope, depth: int) -> ir.Block:
    module = text_of(node.child_by_field_name("module_name")) or "__future__"
    imports = []
    for name in node.children_by_field_name("name"):
        member = text_of(name.child_by_field_name("name") or name)
        local = text_of(name.child_by_field_name("alias")) or member
        imports.append(ir.Import(range_of(name), module, member, local))
    if any(child.type == "wildcard_import" for child in node.named_children):
        imports.append(ir.Import(range_of(node), module, None, "*"))
    return tuple(imports)


def _definition(node: Node, scope: _Scope, depth: int) -> ir.Block:
    """A function or class, decorated or not."""
    defined: Node | None = node
    decorators: tuple[ir.Expression, ...] = ()
    if node.type == "decorated_definition":
        defined = node.child_by_field_name("definition")
        found = (_first(child, depth) for child in node.named_children if child.type == "decorator")
        decorators = tuple(decorator for decorator in found if decorator is not None)
    if defined is None:
        return _other_statement(node, scope, depth)
    if defined.type == "class_definition":
        return (_class(node, defined, decorators, scope, depth),)
    return (ir.FunctionDefinition(range_of(node), _function(defined, decorators, scope, depth)),)


def _class(
    node: Node, defined: Node, decorators: tuple[ir.Expression, ...], scope: _Scope, depth: int
) -> ir.ClassDefinition:
    named = defined.child_by_field_name("name")
    name = text_of(named)
    superclasses = defined.child_by_field_name("superclasses")
    arguments = parts_of(superclasses) if superclasses is not None else []
    bases = tuple(text_of(argument) for argument in arguments if argument.type != "keyword_argument")
    body = _block(defined.child_by_field_name("body"), _Scope(name, scope.is_public and _is_public(name)), depth)
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
        options=tuple(_argument(argument, depth) for argument in arguments if argument.type == "keyword_argument"),
    )


# ----------------------------------------------------------------------------------------------------- functions


def _function(node: Node, decorators: tuple[ir.Expression, ...], scope: _Scope, depth: int) -> ir.Function:
    name, body = node.child_by_field_name("name"), node.child_by_field_name("body")
    lower_parameters: Callable[[], tuple[ir.Parameter, ...]] = partial(_parameters, node, depth)
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
        partial(_block, body, _Scope(None, is_public=False), depth),
        decorators,
        owner=scope.owner,
        receiver=receiver,
        returns=text_of(node.child_by_field_name("return_type")),
        is_async=_is_async(node),
        is_generator=_is_generator(node),
        exported=_is_public(text_of(name)) and (scope.is_public or bool(decorators)),
        body_start=body.start_byte if body is not None else node.end_byte,
    )


def _lambda(node: Node, depth: int, name: Node | None = None, scope: _Scope | None = None) -> ir.Lambda:
    def body() -> ir.Block:
        value = _field(node, "body", depth + 1)
        return (ir.Return(value.range, value),)

    return ir.Lambda(
        range_of(node),
        ir.Function(
            range_of(node),
            text_of(name),
            range_of(name) if name is not None else Range(node.start_byte, node.start_byte),
            partial(_parameters, node, depth),
            body,
            owner=scope.owner if scope is not None else None,
            is_generator=_is_generator(node),
            exported=name is not None and scope is not None and scope.is_public and _is_public(text_of(name)),
        ),
    )


def _parameters(node: Node, depth: int) -> tuple[ir.Parameter, ...]:
    parameters = node.child_by_field_name("parameters")
    if parameters is None:
        return ()
    return tuple(
        _parameter(child, depth)
        for child in parts_of(parameters)
        if child.type not in ("keyword_separator", "positional_separator", "ERROR")
    )


def _parameter(node: Node, depth: int) -> ir.Parameter:
    default = _field(node, "value", depth) if node.child_by_field_name("value") is not None else None
    annotation = text_of(node.child_by_field_name("type"))
    target = node
    if node.type in ("default_parameter", "typed_default_parameter"):
        target = node.child_by_field_name("name") or node
    elif node.type == "typed_parameter":
        target = next(iter(parts_of(node)), node)
    kind = {"list_splat_pattern": "rest", "dictionary_splat_pattern": "keywords"}.get(target.type, "positional")
    pattern = _expression(target, depth) if target.type == "tuple_pattern" else None
    name = "" if pattern is not None else text_of(target).lstrip("*").strip()
    return ir.Parameter(range_of(node), name, annotation, default, kind, pattern)


def _is_public(name: str) -> bool:
    return not name.startswith("_") or (name.startswith("__") and name.endswith("__"))


def _is_async(node: Node) -> bool:
    return bool(node.children) and node.children[0].type == "async"


def _is_generator(node: Node) -> bool:
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


# --------------------------------------------------------------------------------------------------- expressions


def _expression(node: Node, depth: int) -> ir.Expression:
    kind = node.type
    if kind in _WRAPPERS:
        node = _unwrapped(node)
        kind = node.type
    if depth > _MOST_NESTED:
        return ir.Unknown(range_of(node))
    return _EXPRESSIONS.get(kind, _unknown)(node, depth + 1)


def _unwrapped(node: Node) -> Node:
    """What is inside parentheses."""
    while node.type in _WRAPPERS and len(parts := parts_of(node)) == 1:
        node = parts[0]
    return node


def _field(node: Node, name: str, depth: int) -> ir.Expression:
    child = node.child_by_field_name(name)
    return _expression(child, depth) if child is not None else ir.Unknown(Range(node.end_byte, node.end_byte))


def _first(node: Node, depth: int) -> ir.Expression | None:
    """The first operand of a node, None if it has none."""
    parts = parts_of(node)
    return _expression(parts[0], depth) if parts else None


def _all(node: Node, depth: int) -> tuple[ir.Expression, ...]:
    return tuple(_expression(part, depth) for part in parts_of(node))


def _unknown(node: Node, depth: int) -> ir.Expression:
    operands = (part for part in parts_of(node) if part.child_count or part.type in _EXPRESSIONS)
    return ir.Unknown(range_of(node), tuple(_expression(part, depth) for part in operands))


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
    return lower_string(node, lambda value: _expression(value, depth))


def _chain(node: Node, depth: int) -> ir.Expression:
    """Operators, calls, attributes and subscripts: all that leans to the left."""
    links: list[Node] = []
    while True:
        field = _LEFT.get(node.type)
        left = node.child_by_field_name(field) if field is not None else None
        if left is None:
            break
        links.append(node)
        node = _unwrapped(left)
    value = _unknown(node, depth) if node.type in _LEFT else _expression(node, depth)
    for link in reversed(links):
        value = _LINKS[link.type](link, value, depth)
    return value


def _binary(node: Node, left: ir.Expression, depth: int) -> ir.Expression:
    operator = text_of(node.child_by_field_name("operator"))
    return ir.Binary(range_of(node), operator, left, _field(node, "right", depth))


def _call(node: Node, function: ir.Expression, depth: int) -> ir.Expression:
    arguments = node.child_by_field_name("arguments")
    if arguments is None:
        return ir.Call(range_of(node), function, ())
    if arguments.type != "argument_list":  # a generator without parentheses of its own
        return ir.Call(range_of(node), function, (ir.Argument(range_of(arguments), _expression(arguments, depth)),))
    return ir.Call(range_of(node), function, tuple(_argument(part, depth) for part in parts_of(arguments)))


def _argument(node: Node, depth: int) -> ir.Argument:
    match node.type:
        case "keyword_argument":
            keyword = text_of(node.child_by_field_name("name"))
            return ir.Argument(range_of(node), _field(node, "value", depth), keyword)
        case "list_splat" | "dictionary_splat":
            return ir.Argument(range_of(node), _first(node, depth) or ir.Unknown(range_of(node)), spread=True)
    return ir.Argument(range_of(node), _expression(node, depth))


def _attribute(node: Node, value: ir.Expression, depth: int) -> ir.Expression:
    name = node.child_by_field_name("attribute")
    return ir.Attribute(range_of(node), value, text_of(name), range_of(name or node))


def _subscript(node: Node, value: ir.Expression, depth: int) -> ir.Expression:
    indexes = node.children_by_field_name("subscript")
    if len(indexes) == 1:
        return ir.Subscript(range_of(node), value, _expression(indexes[0], depth))
    elements = tuple(_expression(index, depth) for index in indexes)
    range = Range(indexes[0].start_byte, indexes[-1].end_byte) if indexes else Range(node.end_byte, node.end_byte)
    return ir.Subscript(range_of(node), value, ir.Collection(range, ir.Sequence.TUPLE, elements))


def _comparison(node: Node, depth: int) -> ir.Expression:
    operators = [child.type for child in node.children_by_field_name("operators")]
    nodes = [part for part in parts_of(node) if part.type not in ("not in", "is not")]
    operands = [_expression(operand, depth) for operand in nodes]
    if len(operands) != len(operators) + 1:
        return ir.Unknown(range_of(node), tuple(operands))
    chain: ir.Expression | None = None
    for operator, left, right, first, last in zip(operators, operands, operands[1:], nodes, nodes[1:], strict=False):
        range = Range(first.start_byte, last.end_byte)
        link = ir.Binary(range, "!=" if operator == "<>" else operator, left, right)
        chain = link if chain is None else ir.Binary(Range(node.start_byte, last.end_byte), "and", chain, link)
    return chain or ir.Unknown(range_of(node))


def _not(node: Node, depth: int) -> ir.Expression:
    return ir.Unary(range_of(node), "not", _field(node, "argument", depth))


def _unary(node: Node, depth: int) -> ir.Expression:
    operator = text_of(node.child_by_field_name("operator"))
    return ir.Unary(range_of(node), operator, _field(node, "argument", depth))


def _conditional(node: Node, depth: int) -> ir.Expression:
    parts = _all(node, depth)
    if len(parts) != 3:
        return ir.Unknown(range_of(node), parts)
    then, test, otherwise = parts
    return ir.Conditional(range_of(node), test, then, otherwise)


def _named(node: Node, depth: int) -> ir.Expression:
    return ir.AssignmentExpression(range_of(node), _field(node, "name", depth), _field(node, "value", depth))


def _await(node: Node, depth: int) -> ir.Expression:
    return ir.Await(range_of(node), _first(node, depth) or ir.Unknown(range_of(node)))


def _yield(node: Node, depth: int) -> ir.Expression:
    return ir.Yield(range_of(node), _first(node, depth))


def _spread(node: Node, depth: int) -> ir.Expression:
    return ir.Spread(range_of(node), _first(node, depth) or ir.Unknown(range_of(node)))


def _list(node: Node, depth: int) -> ir.Expression:
    return ir.Collection(range_of(node), ir.Sequence.LIST, _all(node, depth))


def _tuple(node: Node, depth: int) -> ir.Expression:
    return ir.Collection(range_of(node), ir.Sequence.TUPLE, _all(node, depth))


def _set(node: Node, depth: int) -> ir.Expression:
    return ir.Collection(range_of(node), ir.Sequence.SET, _all(node, depth))


def _dictionary(node: Node, depth: int) -> ir.Expression:
    entries = []
    for part in parts_of(node):
        if part.type == "pair":
            entries.append(ir.Entry(range_of(part), _field(part, "key", depth), _field(part, "value", depth)))
        elif part.type == "dictionary_splat":
            value = _first(part, depth) or ir.Unknown(range_of(part))
            entries.append(ir.Entry(range_of(part), None, value))
    return ir.Mapping(range_of(node), tuple(entries))


def _comprehension(node: Node, depth: int) -> ir.Expression:
    loops: list[tuple[Node, list[ir.Expression]]] = []  # every `for` with the conditions after it
    for part in parts_of(node):
        if part.type == "for_in_clause":
            loops.append((part, []))
        elif part.type == "if_clause" and loops:
            loops[-1][1].append(_first(part, depth) or ir.Unknown(range_of(part)))
    body = node.child_by_field_name("body")
    key = None
    if body is not None and body.type == "pair":
        key, element = _field(body, "key", depth), _field(body, "value", depth)
    else:
        element = _field(node, "body", depth)
    if not loops:
        return _unknown(node, depth)
    kind = ir.Sequence.SET if node.type == "set_comprehension" else ir.Sequence.LIST
    for loop, conditions in reversed(loops):
        target, iterable = _field(loop, "left", depth), _field(loop, "right", depth)
        element = ir.Comprehension(range_of(node), element, target, iterable, tuple(conditions), key, kind)
        key = None
    return element


# -------------------------------------------------------------------------------------------------------- tables

_WRAPPERS = frozenset(("parenthesized_expression", "as_pattern_target", "type"))

_LEFT = {
    "binary_operator": "left",
    "boolean_operator": "left",
    "call": "function",
    "attribute": "object",
    "subscript": "value",
}

_LINKS: dict[str, Callable[[Node, ir.Expression, int], ir.Expression]] = {
    "binary_operator": _binary,
    "boolean_operator": _binary,
    "call": _call,
    "attribute": _attribute,
    "subscript": _subscript,
}

_EXPRESSIONS: dict[str, Callable[[Node, int], ir.Expression]] = {
    **dict.fromkeys(_LEFT, _chain),
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
    "tuple": _tuple,
    "tuple_pattern": _tuple,
    "pattern_list": _tuple,
    "expression_list": _tuple,
    "set": _set,
    "dictionary": _dictionary,
    "list_comprehension": _comprehension,
    "set_comprehension": _comprehension,
    "dictionary_comprehension": _comprehension,
    "generator_expression": _comprehension,
    "lambda": _lambda,
}

_STATEMENTS: dict[str, Callable[[Node, _Scope, int], ir.Block]] = {
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
    "import_statement": _import,
    "import_from_statement": _import_from,
    "future_import_statement": _import_from,
    "function_definition": _definition,
    "class_definition": _definition,
    "decorated_definition": _definition,
    "block": _block,  # inside an error
    "ERROR": _block,
}
