"""Whether a value can reach the driver as a bind parameter at all, or has to be quoted where it is put into a text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.facts import Origin
from persistlint.fixes.binding.marks.grammar import takes_no_values
from persistlint.fixes.binding.text.statements import holding

if TYPE_CHECKING:
    from collections.abc import Sequence

    from persistlint.facts import Hole, Query
    from persistlint.fixes.program import Program


def is_out_of_reach(
    query: Query, holes: Sequence[Hole], program: Program, dialect: str | None, *, is_unbound: bool
) -> bool:
    """Whether values are to be quoted, since the statement takes none, the call takes the text alone, or nothing can
    be bound on their way in Go. `is_unbound` where somebody found that out already."""
    if takes_no_values(query, dialect) or _passes_no_values(query, program):
        return True
    return (is_unbound or _is_made_elsewhere(query, holes, program)) and _is_enough(holes, dialect)


def takes_only_text(query: Query) -> bool:
    """Whether the call is a function of a library that makes a piece of SQL of a text as it is."""
    operation = query.site().operation if query.site is not None else None
    if operation is None or not operation.raw or operation.is_own:
        return False
    return operation.parameters is None and operation.returns is None and operation.yields is None


def _passes_no_values(query: Query, program: Program) -> bool:
    """Whether the call is one of Go that takes the text alone, and sends it as it is."""
    if program.source.language != "go" or query.site is None:
        return False
    operation = query.site().operation
    return operation.parameters is None and not (operation.is_own or operation.effect or operation.sql is None)


def _is_made_elsewhere(query: Query, holes: Sequence[Hole], program: Program) -> bool:
    """Whether another function of Go than the one that calls the driver puts every value into a text."""
    if program.source.language != "go" or query.site is None:
        return False
    statements = query.site().statements
    return not any(holding(statements, hole.range) for hole in holes)


def _is_enough(holes: Sequence[Hole], dialect: str | None) -> bool:
    """Whether quotes that are written twice are enough for the rule, where a value could be bound as well: not in data
    of a request, nor in MySQL, where the mode of the connection says what else ends a string."""
    return dialect != "mysql" and all(hole.origin < Origin.REQUEST for hole in holes)
