"""How many results of a call Go code takes: where that is not how many the function of the driver has, another one of
the same name is called, of which nothing tells whether it takes values."""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint import ir
from persistlint.fixes.binding.refusal import NotBoundError
from persistlint.fixes.binding.text.statements import holding

if TYPE_CHECKING:
    from persistlint.facts import Site
    from persistlint.fixes.program import Program


def check_results(site: Site, program: Program) -> None:
    """Refuse a call whose results are taken as those of another function. Raises `NotBoundError`."""
    own = site.operation.results
    if own is None or site.operation.is_own:
        return
    taken = _taken(site, program)
    if taken is not None and taken != own:
        raise NotBoundError(
            f"`{site.operation.name}` of the driver gives {own} results and this one {taken}, so that it is another one"
        )


def _taken(site: Site, program: Program) -> int | None:
    """How many results a call has by what is done with them, None where nothing tells."""
    call = site.call.range
    around = holding(site.statements, call)
    match around[-1] if around else None:
        case ir.Assign(target=ir.Collection(elements=elements), value=ir.Call(range=range)) if range == call:
            return len(elements)
        case ir.Assign(target=ir.Name(), value=ir.Call(range=range)) if range == call:
            return 1
        case ir.Return(value=ir.Call(range=range)) if range == call:
            function = program.function_around(call)
            returns = function.returns if function is not None else ""
            return 1 if returns and "," not in returns else None
        case ir.Statement() as statement:
            parts = (node for node in ir.expressions_in(statement) if isinstance(node, ir.Attribute))
            return 1 if any(isinstance(node.value, ir.Call) and node.value.range == call for node in parts) else None
    return None
