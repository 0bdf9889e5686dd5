"""Go's functions, methods and function literals, lowered. Their bodies are lowered when somebody asks for them."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from persistlint import ir
from persistlint.languages.go.nodes import Scope, field_of, names_of, operands_of
from persistlint.languages.nodes import range_of, text_of

if TYPE_CHECKING:
    from tree_sitter import Node

    from persistlint.source import Range


def declare(name: Node, range: Range, annotation: str) -> ir.Assign:
    """The declaration of a variable that gets no value."""
    return ir.Assign(range, ir.Name(range_of(name), text_of(name)), None, declares=True, annotation=annotation)


def base_name(type: Node | None) -> str:
    """The bare name of a type: `Repo` of `*pkg.Repo[T]`."""
    while type is not None and type.type in ("pointer_type", "generic_type", "parenthesized_type"):
        type = next(iter(operands_of(type)), None)
    if type is not None and type.type == "qualified_type":
        type = field_of(type, "name")
    return text_of(type)


def function_definition(node: Node) -> ir.FunctionDefinition:
    """A function or method that stands in the file by itself."""
    return ir.FunctionDefinition(range_of(node), lower_function(node))


def function_statement(node: Node, scope: Scope) -> ir.Block:
    """The same as the statements that it comes to."""
    return (function_definition(node),)


def lower_function(node: Node) -> ir.Function:
    """A function, a method or a function literal."""
    name = field_of(node, "name")
    receiver = _receiver(node)
    receiver_name = next(iter(names_of(receiver)), None) if receiver else None
    result = field_of(node, "result")
    declarations = operands_of(result) if result is not None and result.type == "parameter_list" else []
    results = tuple(named for declaration in declarations for named in names_of(declaration))

    def lower_body() -> ir.Block:
        from persistlint.languages.go.statements import block  # statements hold expressions, which hold functions

        declared = tuple(
            declare(named, range_of(declaration), text_of(field_of(declaration, "type")))
            for declaration in declarations
            for named in names_of(declaration)
        )
        return (*declared, *block(field_of(node, "body"), Scope(results=results)))

    return ir.Function(
        range_of(node),
        text_of(name),
        range_of(name or node.children[0]),
        partial(_parameters, field_of(node, "parameters")),
        lower_body,
        owner=base_name(field_of(receiver, "type")) if receiver else None,
        receiver=text_of(receiver_name) or None,
        returns=text_of(result),
        exported=name is None or text_of(name)[:1].isupper(),
    )


def _receiver(node: Node) -> Node | None:
    return next(iter(operands_of(field_of(node, "receiver"))), None)


def owner_of(node: Node) -> str:
    """The name of the type that a method belongs to; empty for a function."""
    receiver = _receiver(node)
    return base_name(field_of(receiver, "type")) if receiver else ""


def _parameters(node: Node | None) -> tuple[ir.Parameter, ...]:
    parameters: list[ir.Parameter] = []
    for declaration in operands_of(node):
        type = text_of(field_of(declaration, "type"))
        kind = "rest" if declaration.type == "variadic_parameter_declaration" else "positional"
        names = names_of(declaration)
        parameters.extend(ir.Parameter(range_of(name), text_of(name), type, kind=kind) for name in names)
        if not names:
            parameters.append(ir.Parameter(range_of(declaration), "", type, kind=kind))
    return tuple(parameters)
