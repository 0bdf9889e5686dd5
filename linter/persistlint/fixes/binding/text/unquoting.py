"""Values that were put between quotes by hand, which is not to be done to one that is bound."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from persistlint import ir
from persistlint.diagnostic import Edit
from persistlint.fixes.binding.text.doubled import unescaped
from persistlint.fixes.binding.text.pieces import names_in
from persistlint.fixes.binding.text.reaching import assignments
from persistlint.regexes import regex

if TYPE_CHECKING:
    from collections.abc import Sequence

    from persistlint.facts import Site
    from persistlint.fixes.binding.text.view import Value
    from persistlint.source import SourceFile

TO_TEXT = ("str", "repr")
_TYPES = r"(?:\w+\.)?(?:str|basestring|unicode|bytes|int|long|float|bool|Decimal|date|datetime|time|UUID|NoneType)"
# Elsewhere the text without quotes may be SQL: `now()`.
_ASKS_FOR_TYPE = regex(
    rf"(?:not )?(?:isinstance\((?P<of>.+),\s*\(?{_TYPES}(?:,\s*{_TYPES})*,?\)?\)"
    rf"|type\((?P<type>.+)\)\s*(?:is|is not|==|!=|in|not in)\s*[(\[]?{_TYPES}(?:,\s*{_TYPES})*[)\]]?)",
    re.DOTALL,
)


def unquoted(node: ir.Expression, source: SourceFile) -> ir.Expression | None:
    """The value that becomes one text, with quotes or without, or with quotes if it is a text; None where it is
    something else."""
    match node:
        case ir.Conditional(then=then, otherwise=otherwise):
            plain, other = (unquoted(arm, source) for arm in (then, otherwise))
            if plain is None or other is None or source.text(plain.range) != source.text(other.range):
                return None
            return plain if _asks_for_type(source.text(node.test.range), source.text(plain.range)) else None
        case ir.Call(function=function, arguments=[argument]) if source.text(function.range) in TO_TEXT:
            return argument.value
        case ir.Template(parts=parts):
            holes = [part for part in parts if isinstance(part, ir.Hole)]
            around = [part.value for part in parts if isinstance(part, ir.String) and part.value]
            is_whole = len(holes) == 1 and around in ([], ["'", "'"]) and not holes[0].format
            if not is_whole or holes[0].conversion not in ("", "r", "s"):
                return None
            return unescaped(holes[0].value) or holes[0].value
        case ir.Call() if (inner := unescaped(node)) is not None:
            return unquoted(inner, source)
        case ir.Binary(
            operator="+",
            left=ir.Binary(operator="+", left=ir.String(value="'"), right=inner),
            right=ir.String(value="'"),
        ):
            return unquoted(inner, source) or inner
        case ir.Binary(operator="%", left=ir.String(value="'%s'"), right=ir.Name() | ir.Attribute() | ir.Subscript()):
            return node.right
        case (
            ir.Call(function=ir.Attribute(value=ir.String(value="'{}'"), name="format"), arguments=[argument])
            | ir.Call(function=ir.Attribute(name="escape"), arguments=[argument])
        ):
            return argument.value
        case ir.Name() | ir.Attribute() | ir.Subscript():
            return node
    return None


def _asks_for_type(test: str, value: str) -> bool:
    """Whether a test is for the type of a value, which says whether it is a text or a number."""
    match = _ASKS_FOR_TYPE.fullmatch(test)
    return match is not None and (match["of"] or match["type"]) == value


def without_quotes(node: ir.Expression, bound: Sequence[Value], site: Site, source: SourceFile) -> list[Edit]:
    """The edits by which a variable holds a value as it is and not between quotes if it is a text, which only values
    that are `bound` may see; none where it holds something else, or something else sees it."""
    if not isinstance(node, ir.Name) or source.language != "python":
        return []
    made = assignments(site, node.id)
    own = {value.expression.range for value in bound} | {s.target.range for s in made}
    if any(use.range not in own for use in names_in(site, node.id)):
        return []
    edits: list[Edit] = []
    for value in (s.value for s in made):
        plain = unquoted(value, source) if isinstance(value, ir.Conditional) else None
        if value is None or plain is None:
            return []
        edits.append(Edit(value.range, source.text(plain.range)))
    return edits
