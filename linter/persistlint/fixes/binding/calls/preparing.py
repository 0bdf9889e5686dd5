"""A call that sends a script and takes no values, as one that prepares its one statement and runs it with them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint import ir
from persistlint.diagnostic import Edit
from persistlint.fixes.binding.refusal import NotBoundError
from persistlint.source import Range
from persistlint.sql.lexer import Kind, tokenize, word_set

if TYPE_CHECKING:
    from persistlint.facts import Site
    from persistlint.fixes.binding.calls.passing import Passing

_RUN = "run"
_GIVE_NO_ROWS = word_set("INSERT UPDATE DELETE REPLACE ATTACH VACUUM")  # the others cannot be run in that way


def prepared(passing: Passing, site: Site) -> list[Edit]:
    """Prepare the statement of a call, and run it with the values. Raises `NotBoundError` where the library has no such
    methods, or the call sends several statements, rows are given back, or its result is used."""
    library, operation, function = site.operation.library, site.operation, site.call.function
    type = next((t for t in library.types.values() if any(operation is m for m in t.methods.values())), None)
    methods = type.methods if type is not None else {}
    name, made = next(((n, m) for n, m in methods.items() if m.effect == "prepare" and m.sql == 0), ("", None))
    statement = library.types.get(made.returns or "") if made is not None else None
    run = statement.methods.get(_RUN) if statement is not None else None
    is_unused = any(isinstance(s, ir.ExpressionStatement) and _is_call(s.value, site.call) for s in site.statements)
    words = [t.word or t.text for t in tokenize(passing.sql, library.dialect) if t.kind is not Kind.COMMENT]
    is_one = ";" not in words[:-1] and "RETURNING" not in words and words[0] in _GIVE_NO_ROWS if words else False
    if made is None or run is None or not is_unused or not is_one or not isinstance(function, ir.Attribute):
        raise NotBoundError(
            f"`{operation.name}` takes no values for the SQL, and needs a parameter that hands them on to the driver"
            if operation.is_own
            else "this call takes no bind parameters"
        )
    binder, values = made.binder, f"({passing.listing()})"
    behind = f".{binder}{values}.{_RUN}()" if binder else f".{_RUN}{values}"
    return [
        Edit(Range(function.range.end - len(function.name.encode()), function.range.end), name),
        Edit(Range(site.call.range.end, site.call.range.end), behind),
    ]


def _is_call(node: ir.Expression, call: ir.Call) -> bool:
    return _is_call(node.value, call) if isinstance(node, ir.Await) else node.range == call.range
