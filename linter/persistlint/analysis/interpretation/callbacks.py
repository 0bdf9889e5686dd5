"""What a function is handed that a call is given: `pool.getConnection((error, connection) => …)`,
`pool.connect().then((client) => …)`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from persistlint.analysis.interpretation.values import Atom, Closure
from persistlint.analysis.names import last_name
from persistlint.facts import Origin
from persistlint.regexes import regex

if TYPE_CHECKING:
    from persistlint.analysis.interpretation.arguments import Actual
    from persistlint.analysis.interpretation.interpreter import Interpreter
    from persistlint.analysis.interpretation.resolving import Resolved
    from persistlint.analysis.interpretation.values import Value
    from persistlint.ir import Call

_ERROR = regex(r"_*e|\w*err(?:or)?\d*", re.IGNORECASE)
_AWAITS = "then"


def hand_over(
    node: Call, receiver: Value | None, resolved: Resolved | None, actuals: list[Actual], machine: Interpreter
) -> None:
    """Take down the object of a library that the function gets which a call is given: a connection of a pool, behind
    the error if there was one, or what a promise comes to."""
    type = None
    if resolved is not None:
        type = resolved.returned if resolved.operation.effect == "acquire" else None
    elif isinstance(receiver, Atom) and last_name(node.function) == _AWAITS:
        type = receiver.type
    if type is None or not type.methods:
        return
    for actual in actuals:
        if isinstance(actual.value, Closure):
            names = [parameter.name for parameter in actual.value.function.parameters]
            own = names[1:] if names and _ERROR.fullmatch(names[0]) else names
            if own and own[0]:
                machine.given[id(actual.value.function)] = (own[0], Atom(Origin.UNKNOWN, type))
