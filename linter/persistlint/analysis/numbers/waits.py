"""How long code waits, and which of these times nobody decides about: they only let something settle or be seen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.analysis.names import last_name
from persistlint.analysis.numbers.branches import only_tells
from persistlint.ir import (
    Assign,
    AssignmentExpression,
    Attribute,
    Call,
    Constant,
    ExpressionStatement,
    Lambda,
    Name,
    Return,
    String,
    expressions_in,
    statements_in,
)
from persistlint.regexes import regex

if TYPE_CHECKING:
    from persistlint.ir import Expression

_MOMENT = 0.1  # seconds; nobody feels a shorter delay, it only lets something settle
_PERIODS = frozenset([1, 2, 60, 3600, 86_400])  # seconds; as often as a unit, or twice as long: nothing is decided
_COLLECTS = frozenset(["debounce", "throttle"])  # how long for is a matter of feel below a second
_RESOLVES = frozenset(["resolve", "res", "r", "done", "next", "ok"])  # what goes on with a promise
_SETS = regex(r"set[A-Z]")  # the state of a component
_PAGE = frozenset(["classList", "style", "focus", "scrollIntoView", "scrollTo", "innerHTML", "textContent"])


def is_plain_wait(name: str, waits: Expression, seconds: float) -> bool:
    """Whether a delay that is passed to the function `name` needs no name: it is as long as a unit, too short to be
    felt, a pause or a collecting of events that is shorter than a second, or lets people see something.
    `waits` is what runs afterwards, or the delay itself where the function that waits goes on."""
    if seconds in _PERIODS or seconds <= _MOMENT:
        return True
    if seconds < 1 and (name in _COLLECTS or _is_pause(waits)):
        return True
    if isinstance(waits, Lambda) and only_tells(waits.function.body):
        return True
    return name == "setTimeout" and (_puts_back(waits) or _touches_page(waits) or (seconds < 1 and _only_calls(waits)))


def _is_pause(waits: Expression) -> bool:
    """Whether nothing but the function itself goes on afterwards: `sleep(0.2)`, `setTimeout(resolve, 200)`."""
    return not isinstance(waits, Attribute | Lambda | Name) or (isinstance(waits, Name) and waits.id in _RESOLVES)


def _only_calls(callback: Expression) -> bool:
    """Whether a callback does one thing that only has to come a little later: `() => stream.end()`."""
    body = callback.function.body if isinstance(callback, Lambda) else ()
    match body:
        case (ExpressionStatement(value=Call()),) | (Return(value=Call()),):
            return True
    return False


def _puts_back(callback: Expression) -> bool:
    """Whether a callback does nothing but give a state of the page a constant, whose name tells how long what lasts:
    `() => setCopied(false)`, `() => { this.copied = false; }`."""
    body = callback.function.body if isinstance(callback, Lambda) else ()
    match body:
        case (ExpressionStatement(value=value),) | (Return(value=value),):
            match value:
                case Call(function=called, arguments=(argument,)):
                    return _SETS.match(last_name(called)) is not None and isinstance(argument.value, Constant | String)
                case AssignmentExpression(value=Constant() | String()):
                    return True
        case (Assign(value=Constant() | String()),):
            return True
    return False


def _touches_page(callback: Expression) -> bool:
    """Whether a callback shows something: it changes a class, a style or a text, or moves where people look."""
    body = callback.function.body if isinstance(callback, Lambda) else ()
    nodes = expressions_in(*statements_in(body))
    return any(isinstance(node, Attribute) and node.name in _PAGE for node in nodes)
