"""A list of values that JavaScript makes the text of by itself: `IN (${ids})`, where `ids` is an array, or a text that
has commas between its values."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from persistlint import ir
from persistlint.fixes.binding.text.lists import Listed, is_same_again, of_array
from persistlint.fixes.binding.text.origin import last_name
from persistlint.fixes.binding.text.reaching import assignments
from persistlint.regexes import regex

if TYPE_CHECKING:
    from persistlint.facts import Site
    from persistlint.fixes.binding.text.view import Value
    from persistlint.fixes.program import Program
    from persistlint.source import SourceFile

_LANGUAGES = ("javascript", "typescript")
_ARRAY = regex(r"(?:readonly\s+)?[\w.|\s()<>]+\[\]|(?:Readonly)?Array<.*>", re.DOTALL)
_MAKE_ARRAYS = frozenset(
    ["map", "filter", "slice", "concat", "flat", "flatMap", "keys", "values", "from", "split", "sort", "reverse"]
)
_QUERY = regex(r"quer|select|where|condition", re.IGNORECASE)


def mapped(value: Value, site: Site, source: SourceFile) -> Listed | None:
    """The list whose elements an array has as texts, with quotes around them or without, where a value is that array;
    None for any other value."""
    if source.language not in _LANGUAGES:
        return None
    match _made(value.expression, site):
        case [ir.Call(function=ir.Attribute(value=items, name="map")) as made] if is_same_again(items):
            return of_array(value.expression.range, made, "'", source)
    return None


def split(value: Value, site: Site, program: Program) -> Listed | None:
    """The list behind a value that stands alone in the parentheses of an `IN`; None where it may be a query, or a text
    whose values have quotes already."""
    node, source = value.expression, program.source
    if source.language not in _LANGUAGES or not isinstance(node, ir.Name | ir.Attribute | ir.Subscript):
        return None
    text = source.text(node.range)
    made = _made(node, site) if isinstance(node, ir.Name) else []
    strings = (part for each in made for part in ir.walk(each) if isinstance(part, ir.String))
    if _QUERY.search(text) or any("'" in part.value or '"' in part.value for part in strings):
        return None
    name = node.id if isinstance(node, ir.Name) else last_name(node)
    is_array = isinstance(node, ir.Name) and _is_array(node, made, program)
    array = text if is_array else f'String({text}).split(",")'
    marks = f"{array}.map(() => '{{}}').join(', ')" if "'" not in text else None
    return Listed(node.range, name or "values", False, f"...{array}", array, marks)


def _made(node: ir.Expression, site: Site) -> list[ir.Expression]:
    """What makes a value, in one of the statements that assign to it or where it stands."""
    if isinstance(node, ir.Name):
        return [s.value for s in assignments(site, node.id) if s.value is not None]
    return [node]


def _is_array(node: ir.Name, made: list[ir.Expression], program: Program) -> bool:
    """Whether a variable is an array, as its type or what is done with it tells."""
    function = program.function_around(node.range)
    parameters = [p for p in function.parameters if p.name == node.id] if function is not None else []
    if not made and parameters:
        return _ARRAY.fullmatch(parameters[0].annotation.strip()) is not None
    return bool(made) and all(_makes_array(each) for each in made)


def _makes_array(node: ir.Expression) -> bool:
    match node:
        case ir.Collection():
            return True
        case ir.Call(function=ir.Attribute(name=name)):
            return name in _MAKE_ARRAYS
    return False
