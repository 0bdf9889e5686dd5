"""Functions of the file that do no more with a text than to show it to people: `def comment(text): print("--", text)`.
Their calls are no use of the SQL that they are given."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

from persistlint import ir
from persistlint.fixes.binding.text.origin import last_name, shows
from persistlint.fixes.binding.text.statements import flat
from persistlint.fixes.binding.text.variables import is_name
from persistlint.identity import Same

if TYPE_CHECKING:
    from collections.abc import Iterable

    from persistlint.facts import Query
    from persistlint.fixes.program import Program

_ASKS = frozenset(["len", "isinstance", "match", "search", "fullmatch"])  # what a test may ask about a text


def without_shows(query: Query, program: Program) -> Query:
    """A query whose site has no calls that only show what they are given; the same one where there are none."""
    if query.site is None or program.source.language == "sql":
        return query
    site = query.site()
    kept = _unshown(Same(site.statements), Same(program))
    if len(kept) == len(site.statements):
        return query
    return replace(query, site=lambda: replace(site, statements=kept))


@lru_cache(maxsize=2)  # every query of a function asks for it
def _unshown(statements: Same[tuple[ir.Statement, ...]], program: Same[Program]) -> tuple[ir.Statement, ...]:
    return unshown(statements.value, program.value)


def unshown(statements: Iterable[ir.Statement], program: Program) -> tuple[ir.Statement, ...]:
    """Statements without the calls of functions of the file that only show what they are given."""
    return tuple(statement for statement in statements if not _shows(statement, program))


def _shows(statement: ir.Statement, program: Program) -> bool:
    match statement:
        case ir.ExpressionStatement(value=ir.Call(function=function, arguments=[_, *_] as arguments)):
            pass
        case _:
            return False
    called = program.called(last_name(function))
    if called is None or any(argument.spread or argument.keyword for argument in arguments):
        return False
    names = [parameter.name for parameter in called.parameters if parameter.kind == "positional"]
    return len(arguments) <= len(names) and all(only_shows(called, name) for name in names[: len(arguments)])


def only_shows(function: ir.Function, name: str) -> bool:
    """Whether a function does no more than to show texts, and to ask about the one that it takes under a name."""
    for statement in flat(function.body):
        match statement:
            case ir.ExpressionStatement(value=ir.String()) | ir.Return(value=None):
                continue
            case ir.ExpressionStatement(value=ir.Call() as call) if shows(call):
                continue
            case ir.Assign(target=ir.Name(id=local), value=ir.Expression() as value) if local != name and not any(
                _takes(node, name) for node in ir.walk(value)
            ):
                continue
            case ir.If(test=test) if not any(_takes(node, name) for node in ir.walk(test)):
                continue
        return False
    return bool(function.body)


def _takes(node: ir.Expression, name: str) -> bool:
    """Whether a call does something else with a text than to look at it."""
    if not isinstance(node, ir.Call) or last_name(node.function) in _ASKS:
        return False
    return any(is_name(inner, name) for inner in ir.walk(node))
