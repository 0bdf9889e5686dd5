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

from typing import TYPE_CHECKING

from persistlint import ir
from persistlint.languages.go.declarations import type_definition, type_name, type_specs
from persistlint.languages.go.functions import function_definition, owner_of
from persistlint.languages.go.nodes import Scope, flat
from persistlint.languages.go.statements import lower_statement
from persistlint.languages.nodes import range_of
from persistlint.source import Range

if TYPE_CHECKING:
    from tree_sitter import Node


def lower(root: Node, content: bytes) -> ir.Module:
    """The program of a Go file, given the root of its tree and its bytes. Never fails."""
    scope = Scope()
    nodes = list(flat(root.named_children))
    methods: dict[str, list[ir.Statement]] = {}
    for node in nodes:
        if node.type == "method_declaration":
            methods.setdefault(owner_of(node), []).append(function_definition(node))
    body: list[ir.Statement] = []
    declared = {type_name(spec) for node in nodes for spec in type_specs(node)}
    for node in nodes:
        owner = owner_of(node) if node.type == "method_declaration" else ""
        if node.type == "type_declaration":
            body.extend(type_definition(spec, tuple(methods.pop(type_name(spec), ()))) for spec in type_specs(node))
        elif not owner:
            body.extend(lower_statement(node, scope))
        elif owner not in declared:
            declared.add(owner)
            body.append(ir.ClassDefinition(range_of(node), owner, range_of(node), (), tuple(methods[owner])))
    return ir.Module(Range(0, len(content)), tuple(body))
