"""A statement that the program makes of a text, which has its values with it wherever it is sent, also more than once:
`text("… = :name").bindparams(name=name)` of SQLAlchemy."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

from persistlint import ir
from persistlint.facts import Site
from persistlint.fixes.binding.text.origin import last_name
from persistlint.fixes.binding.text.statements import holding
from persistlint.fixes.binding.text.variables import variable
from persistlint.fixes.nodes import nodes_of
from persistlint.identity import Same

if TYPE_CHECKING:
    from collections.abc import Sequence

    from persistlint.facts import Hole, Query


def stated(query: Query, holes: Sequence[Hole]) -> Query | None:
    """The query as the one call that makes a statement of the text with all of the holes; None where there is none, or
    where the program makes a text of the statement again, for that has no values."""
    if query.site is None or query.library is None or not query.library.text:
        return None
    site = query.site()
    for statement in holding(site.statements, holes[0].range) if holes else ():
        calls = [n for n in ir.expressions_in(statement) if isinstance(n, ir.Call)]
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
    targets = [s.target for s in holding(site.statements, made.range) if isinstance(s, ir.Assign)]
    if not targets:
        return False
    if not isinstance(targets[0], ir.Name):
        return True
    return _read_last(Same(site.statements)).get(targets[0].id, -1) > made.range.end


@lru_cache(maxsize=2)  # every query of a function asks for it
def _read_last(same: Same[tuple[ir.Statement, ...]]) -> dict[str, int]:
    """Where the last statement begins that makes a text of each variable."""
    found: dict[str, int] = {}
    for statement in same.value:
        for node in nodes_of([statement]):
            match node:
                case ir.Call(arguments=[ir.Argument(value=value)]) if last_name(node.function) == "str":
                    pass
                case ir.Attribute(value=value, name="text"):
                    pass
                case ir.Hole(value=value):
                    pass
                case _:
                    continue
            if (named := variable(value)) is not None:
                found[named.id] = max(found.get(named.id, -1), statement.range.start)
    return found
