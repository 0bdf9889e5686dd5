"""What a call of something that a language brings gives: a function, or a method of text or of a collection."""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.analysis.interpretation import collection_functions, text_functions
from persistlint.analysis.interpretation.methods import method
from persistlint.analysis.interpretation.values import (
    NUMBER,
    UNKNOWN,
    Atom,
    Imported,
    Value,
    constants_of,
    element_of,
    origin_of,
)
from persistlint.analysis.names import all_caps, canonical, path_of
from persistlint.facts import Origin
from persistlint.ir import Attribute, Call, Name

if TYPE_CHECKING:
    from persistlint.analysis.interpretation.arguments import Actual, FunctionHandler
    from persistlint.analysis.interpretation.interpreter import Interpreter


def call(
    node: Call, receiver: Value | None, called: Value | None, actuals: list[Actual], machine: Interpreter
) -> Value | None:
    """The value of a call of something that the language brings; None where it is nothing of the kind."""
    function = node.function
    name = called.name if isinstance(called, Imported) else path_of(function)
    if name is not None and (isinstance(called, Imported) or _is_free(name, machine)):
        handler = _FUNCTIONS.get(name)
        if handler is not None:
            return handler(node, actuals, machine)
        if machine.language == "go" and isinstance(function, Name) and name in _GO_TYPES:
            return actuals[0].value if actuals else UNKNOWN
    if isinstance(function, Attribute) and receiver is not None:
        if machine.language == "go" and isinstance(receiver, Imported):
            return None
        if isinstance(receiver, Imported) and all_caps(receiver.name.rsplit(".", 1)[-1]):
            receiver = Atom(Origin.METADATA)  # `KINDS.map(…)` of a constant of another module
        return method(node, function, receiver, actuals, machine)
    return None


def _is_free(name: str, machine: Interpreter) -> bool:
    root = name.split(".", 1)[0]
    return machine.lookup(root) is None and root not in machine.names.classes


def _getattr(node: Call, actuals: list[Actual], machine: Interpreter) -> Value:
    return Atom(Origin.METADATA) if len(actuals) > 1 else UNKNOWN


def _require(node: Call, actuals: list[Actual], machine: Interpreter) -> Value:
    """`require("m")` where it is not an import of its own: `require("knex")({ … })`."""
    names = constants_of(actuals[0].value) if actuals else ()
    if len(names) != 1:
        return UNKNOWN
    machine.names.modules.add(canonical(names[0]))
    return Imported(canonical(names[0]))


def _extreme(node: Call, actuals: list[Actual], machine: Interpreter) -> Value:
    """`max(0, n)`: one of the arguments, or of the elements of the only one."""
    values = [actual.value for actual in actuals if actual.keyword is None]
    if len(values) == 1:
        values = [element_of(values[0])]
    return Atom(max(map(origin_of, values), default=Origin.UNKNOWN)) if NUMBER not in values else NUMBER


_FUNCTIONS: dict[str, FunctionHandler] = {
    **collection_functions.FUNCTIONS,
    **text_functions.FUNCTIONS,
    "max": _extreme,
    "min": _extreme,
    "require": _require,
    "getattr": _getattr,
    "typing.cast": lambda node, actuals, machine: actuals[1].value if len(actuals) > 1 else UNKNOWN,
}
_GO_TYPES = frozenset(("string", "[]byte", "[]rune", "template.HTML"))
