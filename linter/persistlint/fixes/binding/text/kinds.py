"""What the program itself says of the type of a value: a text or a number."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from persistlint import ir
from persistlint.fixes.binding.refusal import RefusalError
from persistlint.fixes.binding.text.reaching import assignments

if TYPE_CHECKING:
    from persistlint.facts import Site
    from persistlint.fixes.program import Program

TEXT, INTEGER, NUMBER = "text", "integer", "number"

_FUNCTIONS = {
    **dict.fromkeys(("str", "repr", "String"), TEXT),
    **dict.fromkeys(("int", "len", "parseInt"), INTEGER),
    **dict.fromkeys(("float", "parseFloat"), NUMBER),
}
_MAKE_TEXT = frozenset(["upper", "lower", "strip", "isoformat", "strftime", "join"])
_MAKE_TEXT |= frozenset(["toString", "trim", "toISOString", "toUpperCase", "toLowerCase", "ToLower", "ToUpper"])
_TYPES = {"str": TEXT, "string": TEXT, "int": INTEGER, "float": NUMBER}
_MOST_STEPS = 4  # variables that are made of one another


def kind_of(node: ir.Expression, site: Site, program: Program, steps: int = 0) -> str:
    """The kind of a value, "" where nothing tells it."""
    match node:
        case ir.String() | ir.Template():
            return TEXT
        case ir.Number(value=value):
            return INTEGER if isinstance(value, int) else NUMBER
        case ir.Call(function=ir.Name(id=name)):
            return _FUNCTIONS.get(name, "")
        case ir.Call(function=ir.Attribute(name=name)):
            return TEXT if name in _MAKE_TEXT else ""
        case ir.Binary(operator="??" | "or" | "+", left=left, right=right):
            kinds = {kind_of(each, site, program, steps) for each in (left, right)}
            return kinds.pop() if len(kinds) == 1 else ""
        case ir.Attribute(value=ir.Name(), name=name) if program.source.language == "python":
            return _of_option(name, program)
        case ir.Name(id=name):
            return _of_name(node, name, site, program, steps)
    return ""


def _of_name(node: ir.Name, name: str, site: Site, program: Program, steps: int) -> str:
    """The kind of what a variable holds: that of its type, its default, or of all that it is assigned."""
    kinds: set[str] = set()
    function = program.function_around(node.range)
    for parameter in function.parameters if function is not None else ():
        if parameter.name == name:
            declared = _TYPES.get(re.sub(r"^Optional\[(.*)\]$|\s*\|\s*None$", r"\1", parameter.annotation), "")
            is_open = not declared and not parameter.annotation and parameter.default is not None
            kinds.add(kind_of(parameter.default, site, program) if is_open and parameter.default else declared)
    try:
        made = assignments(site, name)
    except RefusalError:
        return ""
    for statement in made:
        is_known = statement.value is not None and isinstance(statement.target, ir.Name) and steps < _MOST_STEPS
        kinds.add(kind_of(statement.value, site, program, steps + 1) if is_known and statement.value else "")
    return kinds.pop() if len(kinds) == 1 else ""


def _of_option(name: str, program: Program) -> str:
    """The kind of an option of the command line, as `argparse` is told it."""
    option = re.escape(name).replace("_", "[-_]").encode()
    told = re.findall(
        rb"add_argument\(\s*[^()]*?[\"'](?:--)?" + option + rb"[\"'][^()]*?type\s*=\s*(\w+)", program.source.content
    )
    kinds = {_TYPES.get(type.decode(), "") for type in told}
    return kinds.pop() if len(kinds) == 1 else ""
