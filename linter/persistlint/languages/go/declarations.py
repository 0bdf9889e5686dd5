"""Go's imports, constants, variables and types, lowered."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from persistlint import ir
from persistlint.languages.go.expressions import expression, together
from persistlint.languages.go.functions import base_name, declare
from persistlint.languages.go.nodes import Scope, field_of, names_of, operands_of, span_of
from persistlint.languages.nodes import range_of, text_of
from persistlint.regexes import regex

if TYPE_CHECKING:
    from tree_sitter import Node


_MAJOR_VERSION = regex(r"/v\d+$")
_PACKAGE = regex(r"(?:go-)?(\w*)")  # no name has a hyphen: `go-sqlbuilder` is a package `sqlbuilder`


def imports(node: Node, scope: Scope) -> ir.Block:
    """What an import declaration brings in."""
    specs = [spec for child in operands_of(node) for spec in (child, *operands_of(child)) if spec.type == "import_spec"]
    return tuple(_import(spec) for spec in specs)


def _import(spec: Node) -> ir.Import:
    module = text_of(field_of(spec, "path"))[1:-1]
    alias = text_of(field_of(spec, "name"))
    if not alias:
        found = _PACKAGE.match(_MAJOR_VERSION.sub("", module).rpartition("/")[2])
        alias = found[1] if found else ""
    return ir.Import(range_of(spec), module, None, "*" if alias == "." else alias)


def constants(node: Node, scope: Scope) -> ir.Block:
    """The constants of a declaration; one without a value has the expression of the one before it."""
    assigns: list[ir.Statement] = []
    values: Node | None = None
    annotation = ""
    for position, spec in enumerate(child for child in operands_of(node) if child.type == "const_spec"):
        if own := field_of(spec, "value"):
            values, annotation = own, text_of(field_of(spec, "type"))
        here = replace(scope, iota=position)
        value = together(operands_of(values), range_of(values), here) if values else None
        target = together(names_of(spec), range_of(spec), here)
        assigns.append(
            ir.Assign(range_of(spec), target, value, declares=True, constant=True, annotation=annotation),
        )
    return tuple(assigns)


def variables(node: Node, scope: Scope) -> ir.Block:
    """The variables of a declaration."""
    assigns: list[ir.Statement] = []
    specs = [spec for child in operands_of(node) for spec in (child, *operands_of(child)) if spec.type == "var_spec"]
    for spec in specs:
        names = names_of(spec)
        annotation = text_of(field_of(spec, "type"))
        if values := field_of(spec, "value"):
            target = together(names, span_of(names) or range_of(spec), scope)
            value = together(operands_of(values), range_of(values), scope)
            assigns.append(ir.Assign(range_of(spec), target, value, declares=True, annotation=annotation))
        else:
            assigns.extend(declare(name, range_of(spec), annotation) for name in names)
    return tuple(assigns)


def type_declarations(node: Node, scope: Scope) -> ir.Block:
    """The types of a declaration inside a function."""
    return tuple(type_definition(spec, ()) for spec in type_specs(node))


def type_specs(node: Node) -> list[Node]:
    """The types that a node declares: none, unless it is a type declaration."""
    if node.type != "type_declaration":
        return []
    return [spec for spec in operands_of(node) if spec.type in ("type_spec", "type_alias")]


def type_name(spec: Node) -> str:
    """The name of a declared type."""
    return text_of(field_of(spec, "name"))


def type_definition(spec: Node, methods: ir.Block) -> ir.ClassDefinition:
    """A named type with its methods."""
    type = field_of(spec, "type")
    fields: list[tuple[str, str]] = []
    body: list[ir.Statement] = []
    bases: list[str] = []
    if type is None or type.type == "interface_type":
        pass
    elif type.type == "struct_type":
        declarations = [item for child in operands_of(type) for item in operands_of(child)]
        for declaration in (item for item in declarations if item.type == "field_declaration"):
            names = names_of(declaration)
            field_type = field_of(declaration, "type")
            annotation = text_of(field_type)
            tag = field_of(declaration, "tag")
            tags = (expression(tag, Scope()),) if tag is not None else ()
            fields.extend((text_of(name), annotation) for name in names)
            body.extend(replace(declare(name, range_of(declaration), annotation), decorators=tags) for name in names)
            if not names and field_type is not None:
                pointer = "*" if declaration.children[0].type == "*" else ""
                fields.append((base_name(field_type), pointer + annotation))
                bases.append(annotation)
    else:
        bases.append(text_of(type))
    named = range_of(field_of(spec, "name") or spec)
    return ir.ClassDefinition(range_of(spec), type_name(spec), named, tuple(bases), (*body, *methods), tuple(fields))
