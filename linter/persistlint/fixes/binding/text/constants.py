"""Constants that a value may be where it stands in the SQL without quotes: there `"NULL"` is no text, but SQL."""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint import ir
from persistlint.fixes.binding.refusal import RefusalError
from persistlint.fixes.binding.text.reaching import assignments
from persistlint.regexes import regex

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.facts import Site
    from persistlint.source import SourceFile

_NUMBER = regex(r"\s*-?[\d.]+\s*|")
_NULLS = {"python": "None", "javascript": "null", "typescript": "null"}
_CHOOSES = ("or", "and", "||", "&&", "??")


def nulled(node: ir.Expression, source: SourceFile) -> str:
    """How an expression is written with the null of the language for each constant `"NULL"` that it may be. Raises
    `RefusalError` where it may be another piece of SQL."""
    null = _NULLS.get(source.language)
    content, end, text = source.content, node.range.start, ""
    for constant in sorted(_constants(node), key=lambda constant: constant.range):
        if _NUMBER.fullmatch(constant.value):
            continue
        if constant.value.strip().upper() != "NULL" or null is None:
            raise RefusalError(f"`{constant.value}` is SQL where it stands without quotes, and no value")
        text += content[end : constant.range.start].decode("utf-8", "replace") + null
        end = constant.range.end
    return text + content[end : node.range.end].decode("utf-8", "replace")


def check_constants(node: ir.Expression, site: Site) -> None:
    """Refuse a variable that may hold a piece of SQL, such as `"NULL"`."""
    if isinstance(node, ir.Name):
        made = [s.value for s in assignments(site, node.id) if s.value is not None]
        for constant in (each for value in made for each in _constants(value)):
            if not _NUMBER.fullmatch(constant.value):
                raise RefusalError(f"`{node.id}` may be `{constant.value}`, which is SQL without quotes, and no value")


def _constants(node: ir.Expression) -> Iterator[ir.String]:
    """The string constants that an expression may be as a whole, if it is not one in any case."""
    todo = [node]
    while todo:
        match todo.pop():
            case ir.String() as constant:
                yield constant
            case ir.Conditional(then=then, otherwise=otherwise):
                todo += [arm for arm in (then, otherwise) if arm is not None]
            case ir.Binary(operator=operator, left=left, right=right) if operator in _CHOOSES:
                todo += [left, right]
