"""Which variables an expression mentions: the data that a call is about."""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.analysis.names import path_of
from persistlint.analysis.transactions.shapes import LITERALS, is_row
from persistlint.ir import Attribute, Expression, Lambda, Name, Subscript, expressions_in, walk
from persistlint.regexes import regex

if TYPE_CHECKING:
    from persistlint.analysis.transactions.variables import Scope

_ASKS = frozenset(["params", "body", "query", "pathParameters", "path_params", "view_args", "json"])
_ASKED = regex(rf"(?:req|request|ctx|context|event)\.(?:{'|'.join(sorted(_ASKS))})\.\w+")
_NO_DATA = frozenset(
    [
        "self",
        "cls",
        "this",
        "ctx",
        "context",
        "err",
        "error",
        "req",
        "res",
        "request",
        "response",
        "c",
        "t",
        "log",
        "logger",
        "console",
    ]
)


def is_no_data(name: str) -> bool:
    """Whether a variable is one that everything hangs on, by its name: an object's own, a request, a log."""
    return name in _NO_DATA


def names_in(node: Expression, scope: Scope) -> frozenset[str]:
    """The variables that an expression mentions, and those that went into them; no handles, no constants. Of a
    request, which everything comes from, the values that it asks with."""
    if type(node) in LITERALS:
        return frozenset()
    if type(node) is Name:  # most are
        known = _names_of(node.id, scope)
        return known - _NO_DATA if known else known
    found: set[str] = set()
    for inner in _mentioned(node):
        if type(inner) is not Name:
            if (path := _asked(inner)) is not None:
                found.add(path)
            continue
        found |= _names_of(inner.id, scope)
    return frozenset(found - _NO_DATA)


def _names_of(name: str, scope: Scope) -> frozenset[str]:
    """A variable, and those that went into it; none of a handle."""
    variable = scope.find(name) if name not in _NO_DATA else None
    if variable is None or (variable.known is not None and not is_row(variable.known)):
        return frozenset()
    return variable.names | {name}


def _mentioned(node: Expression) -> list[Expression]:
    """An expression and everything inside it, and what stands in the outermost statements of the functions that it is
    given, but for their parameters: `ids.map((id) => ({ id, order_id: order.id }))`."""
    found = list(walk(node))
    for function in [inner.function for inner in found if type(inner) is Lambda]:
        own = {parameter.name for parameter in function.parameters}
        parts = expressions_in(*function.body)
        found += [part for part in parts if not isinstance(part, Name) or part.id not in own]
    return found


def _asked(node: Expression) -> str | None:
    """The value that a request asks with, where a node is one: `req.params.id`."""
    if type(node) is not Attribute and type(node) is not Subscript:
        return None
    if type(node.value) is Name:
        return None
    if type(node.value) is Attribute and node.value.name not in _ASKS:
        return None
    path = path_of(node)
    return path if path is not None and _ASKED.fullmatch(path) else None
