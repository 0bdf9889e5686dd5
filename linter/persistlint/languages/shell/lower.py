"""From the syntax tree of a shell script to the language-neutral program.

Where a shell says something in a way of its own, this is how it is put:

- A command is a `Call` of a `Name`, its words are its arguments. A word with something in it that is expanded is a
  `Template`; one that is only that, or is no word, is `Unknown`. What is read from a file is an argument with the
  keyword `<`, a here-document one with `<<`; other redirections and the variables before a command are left out.
- `a && b` and `a || b` are `and` and `or`, `a | b` is `|`, `! a` is `not`.
- A group or a subshell among these is a call of a `Lambda`, and a `Nested` as a statement.
- `x=$(a)` assigns an `Unknown` that has the call of `a` as its operand.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint import ir
from persistlint.source import Range

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tree_sitter import Node

_MOST_LEVELS = 120  # of nesting; what lies deeper becomes Unknown, so that no recursion runs out of stack
_LOGIC = {"&&": "and", "||": "or"}
_BLOCKS = ("compound_statement", "subshell", "do_group")


def lower(root: Node, content: bytes) -> ir.Module:
    """The program of a script, given the root of its tree and its bytes. Never fails."""
    return ir.Module(Range(0, len(content)), _block(root.named_children, 0))


# ---------------------------------------------------------------------------------------------------- statements


def _block(nodes: Iterable[Node], depth: int) -> ir.Block:
    return tuple(statement for node in nodes for statement in _statement(node, depth))


def _statement(node: Node, depth: int) -> Iterator[ir.Statement]:
    range = _range(node)
    if depth > _MOST_LEVELS:
        yield ir.ExpressionStatement(range, ir.Unknown(range))
        return
    match node.type:
        case "comment" | "heredoc_body":
            return
        case "if_statement":
            yield _if(node, depth)
        case "for_statement" | "c_style_for_statement" | "while_statement":
            yield _loop(node, depth)
        case "case_statement":
            cases = tuple(
                ir.Case(_range(item), (), _block(_bodies(item), depth + 1))
                for item in node.named_children
                if item.type == "case_item"
            )
            yield ir.Switch(range, None, cases)
        case "function_definition":
            yield ir.FunctionDefinition(range, _function(node, depth))
        case "compound_statement" | "subshell" | "do_group":
            yield ir.Nested(range, _block(node.named_children, depth + 1))
        case "variable_assignment":
            yield _assignment(node, depth)
        case "declaration_command" | "variable_assignments":
            for child in node.named_children:
                if child.type == "variable_assignment":
                    yield _assignment(child, depth)
        case _:
            yield ir.ExpressionStatement(range, _expression(node, depth))


def _if(node: Node, depth: int) -> ir.If:
    """`if a; then …; elif b; then …; else …; fi`."""
    conditions = node.children_by_field_name("condition")
    test = _expression(next(each for each in reversed(conditions) if each.is_named), depth + 1) if conditions else None
    behind = [child for child in node.named_children if child not in conditions]
    then = [child for child in behind if child.type not in ("elif_clause", "else_clause")]
    otherwise: ir.Block = ()
    for clause in reversed([child for child in behind if child.type in ("elif_clause", "else_clause")]):
        children = clause.named_children
        if clause.type == "else_clause":
            otherwise = _block(children, depth + 1)
        elif children:
            inner = _expression(children[0], depth + 1)
            otherwise = (ir.If(_range(clause), inner, _block(children[1:], depth + 1), otherwise),)
    return ir.If(_range(node), test or ir.Unknown(_range(node)), _block(then, depth + 1), otherwise)


def _loop(node: Node, depth: int) -> ir.Loop:
    body = node.child_by_field_name("body")
    condition = node.child_by_field_name("condition")
    test = _expression(condition, depth + 1) if condition is not None and node.type == "while_statement" else None
    inside = _block(body.named_children, depth + 1) if body is not None else ()
    variable = node.child_by_field_name("variable")
    target = ir.Name(_range(variable), _text(variable)) if variable is not None else None
    return ir.Loop(_range(node), target, None, test, inside)


def _bodies(item: Node) -> list[Node]:
    values = item.children_by_field_name("value")
    return [child for child in item.named_children if child not in values]


def _assignment(node: Node, depth: int) -> ir.Assign:
    name = node.child_by_field_name("name") or node
    value = node.child_by_field_name("value")
    target = ir.Name(_range(name), _text(name))
    return ir.Assign(_range(node), target, _word(value, depth + 1) if value is not None else None)


def _function(node: Node, depth: int) -> ir.Function:
    name = node.child_by_field_name("name") or node
    body = node.child_by_field_name("body")
    inside = body.named_children if body is not None and body.type in _BLOCKS else [body] if body is not None else []
    return ir.Function(_range(node), _text(name), _range(name), tuple, lambda: _block(inside, depth + 1))


# --------------------------------------------------------------------------------------------------- expressions


def _expression(node: Node, depth: int) -> ir.Expression:
    range = _range(node)
    if depth > _MOST_LEVELS:
        return ir.Unknown(range)
    match node.type:
        case "command":
            return _command(node, depth, ())
        case "redirected_statement":
            return _redirected(node, depth)
        case "list":
            return _list(node, depth)
        case "pipeline":
            parts = [_expression(child, depth + 1) for child in node.named_children if child.type != "comment"]
            return _chain("|", parts) if parts else ir.Unknown(range)
        case "negated_command":
            return ir.Unary(range, "not", _expression(node.named_children[-1], depth + 1))
        case "compound_statement" | "subshell":
            body = node.named_children
            function = ir.Function(range, "", Range(range.start, range.start), tuple, lambda: _block(body, depth + 1))
            return ir.Call(range, ir.Lambda(range, function), ())
    return ir.Unknown(range, tuple(_expression(child, depth + 1) for child in node.named_children))


def _list(node: Node, depth: int) -> ir.Expression:
    """`a && b || c`, which leans to the left."""
    children = [child for child in node.children if child.type != "comment"]
    operator = next((child.type for child in children if child.type in _LOGIC), None)
    parts = [_expression(child, depth + 1) for child in children if child.is_named]
    if operator is None or len(parts) != 2:
        return ir.Unknown(_range(node), tuple(parts))
    return ir.Binary(_range(node), _LOGIC[operator], parts[0], parts[1])


def _chain(operator: str, parts: list[ir.Expression]) -> ir.Expression:
    found = parts[0]
    for part in parts[1:]:
        found = ir.Binary(Range(found.range.start, part.range.end), operator, found, part)
    return found


def _redirected(node: Node, depth: int) -> ir.Expression:
    """A command with what it reads from a file or a here-document."""
    body = node.child_by_field_name("body")
    redirects = node.children_by_field_name("redirect")
    inputs: list[ir.Argument] = []
    behind: list[ir.Expression] = []
    for redirect in redirects:
        if redirect.type == "heredoc_redirect":
            text = next((child for child in redirect.named_children if child.type == "heredoc_body"), redirect)
            value = ir.String(_range(text), _text(text), _range(text))
            inputs.append(ir.Argument(_range(redirect), value, "<<"))
            piped = [child for child in redirect.named_children if child.type in ("pipeline", "command", "list")]
            behind += [_expression(child, depth + 1) for child in piped]
        elif redirect.type == "file_redirect" and redirect.children and redirect.children[0].type == "<":
            destination = redirect.child_by_field_name("destination")
            if destination is not None:
                inputs.append(ir.Argument(_range(redirect), _word(destination, depth + 1), "<"))
    if body is None:
        return ir.Unknown(_range(node))
    found = _command(body, depth, tuple(inputs)) if body.type == "command" else _expression(body, depth + 1)
    return _chain("|", [found, *behind])


def _command(node: Node, depth: int, inputs: tuple[ir.Argument, ...]) -> ir.Expression:
    name = node.child_by_field_name("name")
    if name is None:
        return ir.Unknown(_range(node))
    arguments = tuple(
        ir.Argument(_range(child), _word(child, depth + 1)) for child in node.children_by_field_name("argument")
    )
    return ir.Call(_range(node), ir.Name(_range(name), _text(name)), (*arguments, *inputs))


def _word(node: Node, depth: int) -> ir.Expression:
    """A word: what it stands for, as far as nothing in it is expanded."""
    range = _range(node)
    if depth > _MOST_LEVELS:
        return ir.Unknown(range)
    match node.type:
        case "word" | "number":
            return ir.String(range, _text(node).replace("\\", ""), range)
        case "raw_string" | "ansi_c_string":
            opening = 1 if node.type == "raw_string" else 2
            content = Range(range.start + opening, max(range.start + opening, range.end - 1))
            return ir.String(range, _text(node)[opening:-1], content)
        case "command_substitution":
            return ir.Unknown(range, tuple(_expression(child, depth + 1) for child in node.named_children))
        case "string":
            parts = [child for child in node.named_children if child.type != "string_content"]
            if not parts:
                content = Range(range.start + 1, max(range.start + 1, range.end - 1))
                return ir.String(range, _text(node)[1:-1], content)
            return ir.Template(range, tuple(_part(child, depth) for child in node.named_children))
        case "concatenation":
            return ir.Template(range, tuple(_part(child, depth) for child in node.named_children))
    return ir.Unknown(range)


def _part(node: Node, depth: int) -> ir.String | ir.Hole:
    range = _range(node)
    found = _word(node, depth + 1) if node.type != "string_content" else ir.String(range, _text(node), range)
    return found if isinstance(found, ir.String) else ir.Hole(range, found)


def _range(node: Node) -> Range:
    return Range(node.start_byte, node.end_byte)


def _text(node: Node) -> str:
    return (node.text or b"").decode("utf-8", "replace")
