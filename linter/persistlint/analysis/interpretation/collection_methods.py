"""What the methods of collections do, and what a function makes of their elements."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from persistlint.analysis.interpretation import guards, subjects
from persistlint.analysis.interpretation.values import (
    CHECKED,
    MOST_OPTIONS,
    NUMBER,
    UNKNOWN,
    Atom,
    Closure,
    Entries,
    Imported,
    Items,
    Text,
    Value,
    choice,
    constants_of,
    element_of,
    key_origin,
    origin_of,
    pieces_of,
)
from persistlint.analysis.names import is_settings, last_name
from persistlint.facts import Origin

if TYPE_CHECKING:
    from persistlint.analysis.interpretation.arguments import Actual, MethodHandler
    from persistlint.analysis.interpretation.interpreter import Interpreter
    from persistlint.ir import Attribute, Call, Expression


_SHORT_QUOTES = ("id", "lit")  # functions of a module that quotes


def _map_method(
    node: Call, function: Attribute, receiver: Value, actuals: list[Actual], machine: Interpreter
) -> Value | None:
    if not actuals or isinstance(receiver, Text):
        return None
    element = element_of(receiver)
    if function.name == "forEach":
        _look_at_each(function.value, actuals[0], [element, NUMBER, receiver], machine)
        return Atom(Origin.CONSTANT)
    result = apply(node, actuals[0].value, [element, NUMBER, receiver], machine)
    if function.name == "flatMap":
        result = element_of(result)
    return Items((result,))


def _look_at_each(items: Expression, function: Actual, values: list[Value], machine: Interpreter) -> None:
    """`xs.forEach(check)`: what a function checks of its first parameter is checked of all elements."""
    if not isinstance(function.value, Closure):
        if subjects.VALIDATES.search(last_name(function.expression)):
            machine.refine(subjects.members_of(items))
        return
    names = _parameter_names(function.value)
    outcome = machine.call_closure(
        function.value, dict(zip(names, values, strict=False)), dict.fromkeys(names[:1], subjects.members_of(items))
    )
    if outcome is not None:
        machine.refine(outcome.checked)


def _parameter_names(closure: Closure) -> list[str]:
    return [parameter.name or f"#{index}" for index, parameter in enumerate(closure.function.parameters)]


def _filter_method(
    node: Call, function: Attribute, receiver: Value, actuals: list[Actual], machine: Interpreter
) -> Value | None:
    """`xs.filter(x => ALLOWED.includes(x))` keeps what passes the test."""
    if not actuals:
        return None
    test = actuals[0].value
    if isinstance(test, Closure) and len(test.function.body) == 1 and test.function.parameters:
        only = test.function.body[0]
        parameter = test.function.parameters[0].name
        value = getattr(only, "value", None)
        if value is not None and machine.state is not None:
            before = machine.state
            machine.state = before.copy()
            machine.assign(parameter, element_of(receiver))
            passed = parameter in guards.checked(value, True, machine)
            machine.state = before
            if passed:
                return Items((CHECKED,)) if function.name == "filter" else CHECKED
    if function.name == "find":
        return element_of(receiver)
    return receiver


def _reduce(
    node: Call, function: Attribute, receiver: Value, actuals: list[Actual], machine: Interpreter
) -> Value | None:
    if not actuals:
        return None
    start = actuals[1].value if len(actuals) > 1 else element_of(receiver)
    return apply(node, actuals[0].value, [start, element_of(receiver), NUMBER], machine)


def _get(node: Call, function: Attribute, receiver: Value, actuals: list[Actual], machine: Interpreter) -> Value | None:
    """`mapping.get(key)`, `mapping.get(key, default)`."""
    if isinstance(receiver, Entries) and actuals:
        names = constants_of(actuals[0].value)
        if names and all(receiver.get(name) is not None for name in names):
            return choice(receiver.get(name) or UNKNOWN for name in names)
        values = [item for _, item in receiver.entries]
        defaults = [actual.value for actual in actuals[1:2]]
        return choice([*values, *defaults]) if values or defaults else UNKNOWN
    if isinstance(receiver, Atom) and receiver.origin is not Origin.REQUEST and is_settings(function.value):
        return Atom(Origin.METADATA)
    if machine.language == "python" and _is_converted(actuals, 2):
        defaults = [a.value for i, a in enumerate(actuals) if (a.keyword or i) in ("default", 1)]
        return choice([NUMBER, *defaults])
    if isinstance(receiver, Atom) and actuals and machine.language == "python":
        worst = max(origin_of(receiver), *(origin_of(actual.value) for actual in actuals[1:2]), Origin.CONSTANT)
        return Atom(worst)
    return None


def _get_list(
    node: Call, function: Attribute, receiver: Value, actuals: list[Actual], machine: Interpreter
) -> Value | None:
    """`request.args.getlist(key, type=int)`."""
    return Items((NUMBER,)) if _is_converted(actuals, 1) else None


_CONVERTERS = frozenset(["int", "float", "bool", "Decimal", "UUID"])


def _is_converted(actuals: list[Actual], place: int) -> bool:
    """Whether a lookup is told to turn what it finds into a number, as Werkzeug does: `get(key, default, type=int)`."""
    named = [actual for actual in actuals if actual.keyword == "type"] or actuals[place : place + 1]
    return any(last_name(actual.expression) in _CONVERTERS for actual in named)


def _keys_method(
    node: Call, function: Attribute, receiver: Value, actuals: list[Actual], machine: Interpreter
) -> Value | None:
    return Items((element_of(receiver),)) if isinstance(receiver, Entries) else Items((Atom(key_origin(receiver)),))


def values_of(value: Value) -> Value:
    if isinstance(value, Entries):
        return Items(tuple(item for _, item in value.entries))
    return Items((Atom(origin_of(value)),))


def _values_method(
    node: Call, function: Attribute, receiver: Value, actuals: list[Actual], machine: Interpreter
) -> Value | None:
    return receiver if isinstance(receiver, Items) else values_of(receiver)


def pairs_of(value: Value) -> Value:
    if isinstance(value, Entries):
        if len(value.entries) > MOST_OPTIONS:  # more pairs are not kept apart, but keys and values are
            key_of_any = Atom(key_origin(value))
            return Items((Items((key_of_any, choice(item for _, item in value.entries)), fixed=True),))
        pairs = [
            Items((Text((key,)) if key is not None else Atom(value.computed), item), fixed=True)
            for key, item in value.entries
        ]
        return Items(tuple(pairs))
    return Items((Items((Atom(key_origin(value)), Atom(origin_of(value))), fixed=True),))


def _pairs_method(
    node: Call, function: Attribute, receiver: Value, actuals: list[Actual], machine: Interpreter
) -> Value | None:
    if isinstance(receiver, Items):
        return Items((Items((NUMBER, element_of(receiver)), fixed=True),))
    return pairs_of(receiver)


def _fill(
    node: Call, function: Attribute, receiver: Value, actuals: list[Actual], machine: Interpreter
) -> Value | None:
    return Items((actuals[0].value,)) if actuals else receiver


def _concat(
    node: Call, function: Attribute, receiver: Value, actuals: list[Actual], machine: Interpreter
) -> Value | None:
    if isinstance(receiver, Items):
        added = [
            element
            for actual in actuals
            for element in (actual.value.elements if isinstance(actual.value, Items) else (actual.value,))
        ]
        return Items((*receiver.elements, *added))
    if isinstance(receiver, Text):
        return Text(
            (*receiver.pieces, *(p for actual in actuals for p in pieces_of(actual.value, actual.range, node.range)))
        )
    return None


def _pop(node: Call, function: Attribute, receiver: Value, actuals: list[Actual], machine: Interpreter) -> Value | None:
    return element_of(receiver) if isinstance(receiver, Items) else None


def is_short_quote(function: Value | None, name: str) -> bool:
    """Whether a function is one of those that a module which quotes gives short names."""
    return isinstance(function, Imported) and name in _SHORT_QUOTES


def apply(node: Call, function: Value, values: list[Value], machine: Interpreter) -> Value:
    """What a function value gives for these argument values."""
    if isinstance(function, Closure):
        outcome = machine.call_closure(function, dict(zip(_parameter_names(function), values, strict=False)), {})
        return outcome.value if outcome is not None else UNKNOWN
    if isinstance(function, Imported):
        operation = machine.names.catalogue.functions.get(function.name)
        if operation is not None and operation.yields is not None and operation.yields != "argument":
            return Atom(Origin.QUOTED if operation.yields in ("identifier", "literal") else Origin.NUMBER)
    name = last_name(node.arguments[0].value) if node.arguments else ""
    name = name or last_name(node.function)
    if name in ("Number", "int", "float", "parseInt", "BigInt", "len", "parseFloat"):
        return NUMBER
    if name in ("String", "str", "trim", "strip"):
        return Atom(max(map(origin_of, values[:1]), default=Origin.UNKNOWN))
    if re.search(r"quote|escape|ident|literal$", name, re.I) or is_short_quote(function, name):
        return Atom(Origin.QUOTED)
    return Atom(max(map(origin_of, values[:1]), default=Origin.UNKNOWN))


METHODS: dict[str, MethodHandler] = {
    "map": _map_method,
    "flatMap": _map_method,
    "forEach": _map_method,
    "filter": _filter_method,
    "find": _filter_method,
    "reduce": _reduce,
    "get": _get,
    "getlist": _get_list,
    "keys": _keys_method,
    "values": _values_method,
    "items": _pairs_method,
    "entries": _pairs_method,
    "fill": _fill,
    "concat": _concat,
    "pop": _pop,
    "shift": _pop,
}
