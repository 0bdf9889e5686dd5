"""Where a number can stand, and which places are a matter of policy."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from persistlint.analysis.names import all_caps, last_name
from persistlint.analysis.numbers.quantities import quantity_of
from persistlint.analysis.numbers.vocabulary import arguments, function_names, known_words, words
from persistlint.analysis.numbers.waits import is_plain_wait
from persistlint.facts import NumberRole, Quantity
from persistlint.ir import (
    Attribute,
    Binary,
    Call,
    Collection,
    Comprehension,
    Expression,
    Mapping,
    Name,
    String,
    Template,
)

if TYPE_CHECKING:
    from persistlint.analysis.numbers.constants import Constants

_WAITS = arguments("waits")
_LIMITS = arguments("limits")
_ANSWERS = arguments("answers")
_CLAMPS = function_names("clamps")
_UNITS = known_words("units")
_MATH = frozenset(["Math", "math"])
_NOT_NUMBERS = (String, Template, Collection, Mapping, Comprehension)
_QUEUES = range(101, 1000)  # what a queue may grow to; less is for bursts, and more is never full
_PERCENT = 100
_LONGEST_CHAIN = 20  # operands of a chain that are looked at


class Place(NamedTuple):
    """Where an expression stands: what is done with it, and what it meets there, if that is known already. `rejects`
    tells of a comparison that who passes it is turned away, `is_one_of_all` that it is one of several that all have to
    hold, `is_negated` that a `not` stands around it, by which its `operator` is turned round already; `waits` is what a
    delay is for."""

    role: NumberRole
    operator: str = ""
    other: Expression | None = None
    quantity: Quantity | None = None
    rejects: bool = False
    is_one_of_all: bool = False
    is_negated: bool = False
    waits: Expression | None = None


def policy(call: Call, index: int, constants: Constants, language: str) -> Place | None:
    """The place of an argument that is a matter of policy: how long, how many at once, at most."""
    function = call.function
    name = last_name(function)
    values = [argument.value for argument in call.arguments]
    is_task = name == "delay" and language == "python"  # Celery's, whose arguments are those of the task
    if index in _WAITS.get(name, ()) and not is_task:
        delay = constants.value(values[index])
        is_plain = delay is not None and is_plain_wait(name, values[0], delay if language == "python" else delay / 1000)
        return None if is_plain else Place(NumberRole.ARGUMENT, "", function, Quantity.TIME, waits=values[0])
    if index in _LIMITS.get(name, ()):
        return Place(NumberRole.ARGUMENT, "", function)
    if index in _ANSWERS.get(name, ()) and language == "go":
        return Place(NumberRole.ARGUMENT, "", function, Quantity.STATUS)
    if name == "make" and index == 1 and isinstance(values[0], Name) and values[0].id.startswith("chan"):
        capacity = constants.value(values[index])
        return Place(NumberRole.ARGUMENT, "", function) if capacity in _QUEUES else None
    if is_clamp(call):
        other = next((value for value in values if constants.value(value) is None), None)
        return Place(NumberRole.ARGUMENT, name.lower(), other) if other is not None and not _is_drawn(other) else None
    return None


def _is_drawn(value: Expression) -> bool:
    """Whether a value is a measure of something on a page. The size of a page of rows is none."""
    return quantity_of(value) is Quantity.PIXELS and "size" not in words(last_name(value))


def is_clamp(call: Call) -> bool:
    """Whether a call is `min(…)` or `max(…)` of several numbers."""
    function = call.function
    is_known = isinstance(function, Name) or _is_math(function)
    return is_known and last_name(function) in _CLAMPS and len(call.arguments) > 1


class Percentages:
    """Tells which calls of one scope keep a number between 0 and 100. They are asked about from the outside in."""

    def __init__(self, constants: Constants) -> None:
        self.constants = constants
        self.inner: set[int] = set()  # the calls that do so together with one around them

    def keeps(self, call: Call) -> bool:
        """Whether a call keeps a number between 0 and 100, or is the inner one of two that do."""
        if id(call) in self.inner:
            return True
        if not is_clamp(call):
            return False
        values = [argument.value for argument in call.arguments]
        inner = [value for value in values if isinstance(value, Call) and is_clamp(value)]
        within = [argument.value for value in inner for argument in value.arguments]
        bounds = {self.constants.value(value) for value in (*values, *within)}
        if not {0, _PERCENT} <= bounds:
            return False
        self.inner.update(map(id, inner))
        return True


def explains(other: Expression) -> bool:
    """Whether what an operand meets tells that it is no number, or what it is: a text, a list, a unit, a constant."""
    return _is_text(other) or _is_constant(other)


def is_in_unit(expression: Expression) -> bool:
    """Whether an operand is a unit that the language or the project names, or a product with one: `time.Second`,
    `time.Duration(n) * time.Second`."""
    for _ in range(_LONGEST_CHAIN):
        if not isinstance(expression, Binary) or expression.operator != "*":
            break
        if _is_unit(expression.right):
            return True
        expression = expression.left
    return _is_unit(expression)


def _is_unit(expression: Expression) -> bool:
    name = last_name(expression) if isinstance(expression, Attribute | Name) else ""
    return name[:1].isupper() and name.lower() in _UNITS


def _is_math(function: Expression) -> bool:
    return isinstance(function, Attribute) and isinstance(function.value, Name) and function.value.id in _MATH


def _is_text(expression: Expression) -> bool:
    """Whether an operand is a text or a collection: `"-" * 40`, `"at " + name + 5`."""
    for _ in range(_LONGEST_CHAIN):
        if not isinstance(expression, Binary):
            break
        if isinstance(expression.right, _NOT_NUMBERS):
            return True
        expression = expression.left
    return isinstance(expression, _NOT_NUMBERS)


def _is_constant(expression: Expression) -> bool:
    """Whether an operand is a unit or a constant: `time.Second`, `time.Minute.Seconds()`, `BASE`."""
    match expression:
        case Call(function=Attribute(value=Attribute() as unit), arguments=()) if unit.name.lower() in _UNITS:
            return True
    name = last_name(expression)
    return isinstance(expression, Attribute | Name) and (name.lower() in _UNITS or all_caps(name))
