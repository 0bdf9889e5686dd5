"""A statement that the program makes of a text, which has its values with it wherever it is sent, also more than once:
`text("… = :name").bindparams(name=name)` of SQLAlchemy."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from persistlint import ir
from persistlint.facts import Site
from persistlint.fixes.binding.text.origin import last_name
from persistlint.fixes.binding.text.pieces import nodes_of
from persistlint.fixes.binding.text.variables import is_name

if TYPE_CHECKING:
    from collections.abc import Sequence

    from persistlint.facts import Hole, Query


def stated(query: Query, holes: Sequence[Hole]) -> Query | None:
    """The query as the one call that makes a statement of the text with all of the holes; None where there is none, or
    where the program makes a text of the statement again, for that has no values."""
    if query.site is None or query.library is None or not query.library.text:
        return None
    site = query.site()
    for statement in site.statements:
        calls = [n for e in ir.expressions(statement) for n in ir.walk(e) if isinstance(n, ir.Call)]
        for call in calls:
            operation = site.sends.get(call.range)
            is_around = operation is not None and all(hole.range in call.range for hole in holes)
            if not is_around or operation is None or operation.yields != "argument" or len(call.arguments) != 1:
                continue
            if call.range == site.call.range or is_read_again(call, site):
                return None
            return _as_made(query, Site(call, operation, site.statements, site.sends))
    return None


def _as_made(query: Query, own: Site) -> Query:
    return replace(query, sql=own.call.arguments[0].range, has_parameters=False, site=lambda: own)


def is_read_again(made: ir.Call, site: Site) -> bool:
    """Whether a function makes a text of the statement that a call makes, behind it: that text has no values."""
    targets = [s.target for s in site.statements if isinstance(s, ir.Assign) and made.range in s.range]
    if not targets:
        return False
    if not isinstance(targets[0], ir.Name):
        return True
    for node in nodes_of([s for s in site.statements if s.range.start > made.range.end]):
        match node:
            case ir.Call(arguments=[ir.Argument(value=value)]) if last_name(node.function) == "str":
                pass
            case ir.Attribute(value=value, name="text"):
                pass
            case ir.Hole(value=value):
                pass
            case _:
                continue
        if is_name(value, targets[0].id):
            return True
    return False
