"""The fix for a name between the quotes of a name, in Python and Go, where the driver has no function that quotes one:
the quotes in it are written twice, so that it cannot end what stands around it. Every name without such a quote, which
is all that worked before, stays the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint import ir
from persistlint.diagnostic import Applicability, Edit, Fix
from persistlint.fixes.binding.text.kinds import TEXT, kind_of
from persistlint.fixes.binding.text.view import HOLE
from persistlint.fixes.binding.unbound.doubling import with_doubled
from persistlint.regexes import regex
from persistlint.source import Range
from persistlint.sql.lexer import Kind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from persistlint.facts import Hole, Site
    from persistlint.fixes.binding.text.literals import Literal
    from persistlint.fixes.binding.text.view import Value, View
    from persistlint.fixes.program import Program

# What a dialect ends a name with, which is one character of it where it stands there twice. None is what speaks to any
# database: the standard knows double quotes alone. Oracle allows none in a name, and BigQuery takes a backslash.
_ENDS = {
    None: ('"',),
    "sqlite": ('"', "`"),
    "duckdb": ('"',),
    "postgres": ('"',),
    "redshift": ('"',),
    "snowflake": ('"',),
    "trino": ('"',),
    "mysql": ("`",),
    "tsql": ('"', "]"),
}
_NAME = regex(rf"[\w$.\-{HOLE}]*")  # anything else may be the text between two names
_PLAIN = ("", "%s", "%v", "!s")
_TRIPLE = "'''"


def delimited(
    found: Sequence[View], holes: Sequence[Hole], site: Site, program: Program, dialect: str | None
) -> Fix | None:
    """The fix that writes the quotes of every name twice, None where one of them stands in another way. `found` are
    the texts that have the holes, and nothing of others."""
    if program.source.language not in ("python", "go") or dialect not in _ENDS:
        return None
    edits: list[Edit] = []
    for view in found:
        for item, token in view.standing(holes, dialect):
            if token is None or token.kind is not Kind.QUOTED or item.spec not in _PLAIN or item.written:
                return None
            end = token.text[-1]
            is_closed = len(token.text) > 2 and end in _ENDS[dialect] and _NAME.fullmatch(token.text[1:-1])
            made = _made(item, end, site, program) if is_closed else []
            if not made:
                return None
            edits += made
    if not all(any(hole.range == edit.range for edit in edits) for hole in holes):
        return None
    title = "Double the quotes in the name" if len(holes) == 1 else "Double the quotes in the names"
    return Fix(title, tuple(dict.fromkeys(edits)), Applicability.UNSAFE)


def _made(item: Value, end: str, site: Site, program: Program) -> list[Edit]:
    """The edits that double what would end one name; none where its literal cannot have the expression inside."""
    if program.source.language == "go":
        return with_doubled(item, end, program)
    node, source = item.expression, program.source
    match node:
        case ir.Call(function=ir.Attribute(name="replace")):
            return []  # somebody takes something out of it already
    text = source.text(node.range)
    value = text if kind_of(node, site, program) == TEXT else f"str({text})"
    literal = item.literal if item.form is None else None  # a format string that has it inside
    if literal is None:
        quote = "'"
    elif _is_nested(literal, program):
        return []  # before Python 3.12 it cannot have the quotes of what is around it
    elif end == '"' and literal.quote not in (_TRIPLE, '"""'):
        body = source.text(literal.body)
        if _TRIPLE in body or body.endswith("'") or "\\" in text:
            return []
        opening = Range(literal.body.start - len(literal.quote), literal.body.start)
        return [
            Edit(opening, _TRIPLE),
            Edit(node.range, f"{value}.replace('\"', '\"\"')"),
            Edit(Range(literal.body.end, literal.range.end), _TRIPLE),
        ]
    else:
        quote = '"' if literal.quote.startswith("'") and end != '"' else "'"
    return [Edit(node.range, f"{value}.replace({quote}{end}{quote}, {quote}{end * 2}{quote})")]


def _is_nested(literal: Literal, program: Program) -> bool:
    """Whether a literal stands in a hole of another one."""
    frame = program.frame(literal.range)
    nodes = ir.expressions_in(frame.statement) if frame is not None else ()
    templates = (node for node in nodes if isinstance(node, ir.Template) and literal.range in node.range)
    return any(isinstance(part, ir.Hole) and literal.range in part.range for each in templates for part in each.parts)
