"""Constants that a value may be where it stands in the SQL without quotes: there `"NULL"` is no text, but SQL."""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint import ir
from persistlint.diagnostic import Edit
from persistlint.fixes.binding.refusal import RefusalError
from persistlint.fixes.binding.text.pieces import names_in
from persistlint.fixes.binding.text.reaching import assignments
from persistlint.regexes import regex

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from persistlint.facts import Site
    from persistlint.fixes.binding.text.view import Value
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
    if made := _made(node, site):
        assert isinstance(node, ir.Name)
        raise RefusalError(f"`{node.id}` may be `{made[0].value}`, which is SQL without quotes, and no value")


def without_constants(node: ir.Expression, bound: Sequence[Value], site: Site, source: SourceFile) -> list[Edit]:
    """The edits by which a variable holds the null of the language instead of `"NULL"`, which only values that are
    `bound` may see. Raises `RefusalError` where it may hold another piece of SQL, or something else sees it."""
    made, null = _made(node, site), _NULLS.get(source.language)
    if not made or not isinstance(node, ir.Name):
        return []
    own = {value.expression.range for value in bound} | {s.target.range for s in assignments(site, node.id)}
    seen = [use for use in names_in(site, node.id) if use.range.start > made[0].range.start and use.range not in own]
    if seen or null is None or any(constant.value.strip().upper() != "NULL" for constant in made):
        check_constants(node, site)
    return [Edit(constant.range, null or "") for constant in made]


def _made(node: ir.Expression, site: Site) -> list[ir.String]:
    """The pieces of SQL that a variable is assigned, in source order."""
    made = [s.value for s in assignments(site, node.id) if s.value is not None] if isinstance(node, ir.Name) else []
    found = (constant for value in made for constant in _constants(value) if not _NUMBER.fullmatch(constant.value))
    return sorted(found, key=lambda constant: constant.range)


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
