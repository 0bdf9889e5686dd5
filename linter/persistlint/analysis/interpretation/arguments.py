"""The arguments of a call: their values, which of them carry SQL, and which parameter each goes to."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from persistlint.analysis.interpretation import subjects
from persistlint.analysis.interpretation.state import NOTHING, Checked
from persistlint.analysis.interpretation.values import Entries, Items, Value, element_of, key_origin
from persistlint.facts import Origin
from persistlint.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.analysis.interpretation.interpreter import Interpreter
    from persistlint.ir import Attribute, Call, Expression, Function
    from persistlint.libraries import Operation
    from persistlint.source import Range


@dataclass(frozen=True, slots=True)
class Actual:
    """One argument of a call, with its value."""

    value: Value
    range: Range
    expression: Expression
    keyword: str | None = None
    spread: bool = False


# What works out a call of a method: the call, its function, the value of its receiver, its arguments, and who runs it.
MethodHandler = Callable[["Call", "Attribute", Value, list[Actual], "Interpreter"], Value | None]


# And what works out a call of a function that stands alone.
FunctionHandler = Callable[["Call", list[Actual], "Interpreter"], Value]


def bound(function: Function, actuals: list[Actual], has_receiver: bool) -> tuple[dict[str, Value], dict[str, Checked]]:
    """The values of a call by parameter name, and the caller's variables behind them."""
    parameters = list(function.parameters)
    if has_receiver and parameters and parameters[0].name == function.receiver:
        parameters = parameters[1:]
    by_name = {parameter.name for parameter in parameters if parameter.kind != "keywords"}
    arguments: dict[str, Value] = {}
    paths: dict[str, Checked] = {}
    position = 0
    for actual in actuals:
        if actual.keyword is not None:
            name = actual.keyword if actual.keyword in by_name else None
        elif position < len(parameters):
            parameter = parameters[position]
            if parameter.kind == "rest":
                known = arguments.get(parameter.name)
                before = known.elements if isinstance(known, Items) else ()
                added = element_of(actual.value) if actual.spread else actual.value
                arguments[parameter.name] = Items((*before, added), fixed=not actual.spread)
                paths[parameter.name] = paths.get(parameter.name, NOTHING) | subjects.tested(actual.expression)
                continue
            name = parameter.name or f"#{position}"
            position += 0 if actual.spread else 1
        else:
            name = None
        if name is not None:
            arguments[name] = element_of(actual.value) if actual.spread else actual.value
            paths[name] = subjects.tested(actual.expression)
    gathered = next((parameter.name for parameter in parameters if parameter.kind == "keywords"), None)
    if gathered is not None:
        arguments[gathered] = _gathered(actuals, by_name)
    return arguments, paths


def _gathered(actuals: list[Actual], others: set[str]) -> Entries:
    """What `**fields` is: what a call gives by names that no other parameter has, and all that it spreads."""
    entries: list[tuple[str | None, Value]] = []
    computed = Origin.CONSTANT
    for actual in actuals:
        if actual.keyword is not None and actual.keyword not in others:
            entries.append((actual.keyword, actual.value))
        elif actual.spread:
            entries += actual.value.entries if isinstance(actual.value, Entries) else [(None, element_of(actual.value))]
            computed = max(computed, key_origin(actual.value))
    return Entries(tuple(entries), computed)


def sql_arguments(operation: Operation, actuals: list[Actual]) -> Iterator[tuple[Actual, bool]]:
    """The arguments that carry SQL, and whether each is a fragment."""
    named = [actual for actual in actuals if actual.keyword is not None and actual.keyword in operation.keys]
    positional = [actual for actual in actuals if actual.keyword is None]
    whole = operation.sql is not None
    for actual in named:
        yield actual, not whole
    if operation.sql is not None and operation.sql < len(positional) and not named:
        yield positional[operation.sql], False
    if operation.every_argument:
        for actual in positional:
            yield actual, True
    for index in operation.fragments or ():
        if index < len(positional) and not named:
            yield positional[index], True
