"""Lists of values that become text: `",".join(ids)`, `ids.map(…).join(",")`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from persistlint import ir

if TYPE_CHECKING:
    from persistlint.fixes.binding.view import Value
    from persistlint.source import Range, SourceFile

_TO_TEXT = ("str", "repr")
_SEPARATOR = re.compile(r"\s*,\s*")
_QUOTED_SEPARATOR = re.compile(r"'\s*,\s*'")
_ELEMENT = re.compile(  # what makes text of one value of the list
    r"""f?(["'`])'?\$?\{(?P<name>\w+)(?:!r)?\}'?\1|(?P<plain>\w+)|(?:str|repr|String)\((?P<inner>\w+)\)"""
    r"|\w+\.escape\((?P<escaped>\w+)\)"
)


@dataclass(frozen=True, slots=True)
class Listed:
    """A list whose values are joined to text. `range` is the expression that joins them. `is_quoted` where the quotes
    around them are a part of the separator. `spread` are its values among others in a list, `array` the list itself,
    `marks` the expression for as many marks as it has values, `{}` standing for the mark; None where there is none."""

    range: Range
    name: str
    is_quoted: bool
    spread: str
    array: str | None
    marks: str | None


def listed(value: Value, source: SourceFile) -> Listed | None:
    """The list behind a value that is a text of several values, None where it is no such text."""
    node = value.expression
    match node:
        case ir.Call(function=ir.Attribute(value=ir.String(value=separator), name="join"), arguments=[items]):
            return _python(node, separator, items.value, source) if source.language == "python" else None
        case ir.Call(function=ir.Attribute(value=values, name="join"), arguments=[separator_argument]) if isinstance(
            separator_argument.value, ir.String
        ):
            return _javascript(node, separator_argument.value.value, values, source)
        case ir.Call(function=ir.Attribute(value=ir.Name(id="strings"), name="Join"), arguments=[items, sep]) if (
            isinstance(sep.value, ir.String)
        ):
            quoted = bool(_QUOTED_SEPARATOR.fullmatch(sep.value.value))
            if not quoted and not _SEPARATOR.fullmatch(sep.value.value):
                return None
            text = source.text(items.value.range)
            return Listed(node.range, _name(items.value), quoted, f"{text}...", text, None)
    return None


def _python(node: ir.Call, separator: str, items: ir.Expression, source: SourceFile) -> Listed | None:
    quoted = bool(_QUOTED_SEPARATOR.fullmatch(separator))
    if not quoted and not _SEPARATOR.fullmatch(separator):
        return None
    inner = items
    match items:
        case ir.Call(function=ir.Name(id="map"), arguments=[mapped, values]) if source.text(mapped.range) in _TO_TEXT:
            inner = values.value
        case ir.Comprehension(element=element, target=ir.Name(id=name), iterable=iterable, conditions=()):
            match = _ELEMENT.fullmatch(source.text(element.range))
            if match is None or name not in match.groups():
                return None
            inner = iterable
    if not isinstance(inner, ir.Name | ir.Attribute | ir.Subscript):
        return None
    text = source.text(inner.range)
    function = node.function
    assert isinstance(function, ir.Attribute)
    written = source.text(function.value.range)
    quote = written[-1]
    glue = f"{quote}, {quote}" if quoted else written
    marks = f"{glue}.join({quote}?{quote} * len({text}))".replace(f"{quote}?{quote}", f"[{quote}{{}}{quote}]")
    return Listed(node.range, _name(inner), quoted, f"*{text}", f"list({text})", marks)


def _javascript(node: ir.Call, separator: str, items: ir.Expression, source: SourceFile) -> Listed | None:
    quoted = bool(_QUOTED_SEPARATOR.fullmatch(separator))
    if not quoted and not _SEPARATOR.fullmatch(separator):
        return None
    inner = items
    match items:
        case ir.Call(function=ir.Attribute(value=values, name="map"), arguments=[ir.Argument(value=mapper)]):
            if isinstance(mapper, ir.Lambda):
                body = mapper.function.body
                returned = body[0].value if len(body) == 1 and isinstance(body[0], ir.Return) else None
                match = _ELEMENT.fullmatch(source.text(returned.range)) if returned is not None else None
                names = {parameter.name for parameter in mapper.function.parameters}
                if match is None or not names.intersection(filter(None, match.groups())):
                    return None
            elif source.text(mapper.range) not in ("String", "Number"):
                return None
            inner = values
    if not isinstance(inner, ir.Name | ir.Attribute | ir.Subscript):
        return None
    text = source.text(inner.range)
    quote = '"' if '"' in source.text(node.range) else "'"
    marks = f"{text}.map(() => {quote}{{}}{quote}).join({quote}, {quote})"
    return Listed(node.range, _name(inner), quoted, f"...{text}", text, marks)


def _name(node: ir.Expression) -> str:
    match node:
        case ir.Name(id=name) | ir.Attribute(name=name):
            return name
    return "values"
