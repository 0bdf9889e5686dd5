"""What the functions that the languages bring do with lists, mappings and other collections."""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.analysis.interpretation.collection_methods import apply, pairs_of, values_of
from persistlint.analysis.interpretation.values import (
    NUMBER,
    UNKNOWN,
    Atom,
    Entries,
    Items,
    Value,
    constants_of,
    element_of,
    items_of,
    key_origin,
)
from persistlint.analysis.names import path_of
from persistlint.facts import Origin
from persistlint.ir import Call

if TYPE_CHECKING:
    from persistlint.analysis.interpretation.arguments import Actual, FunctionHandler
    from persistlint.analysis.interpretation.interpreter import Interpreter


def same(node: Call, actuals: list[Actual], machine: Interpreter) -> Value:
    """The only argument, as it is."""
    return actuals[0].value if actuals else Items(())


def _list(node: Call, actuals: list[Actual], machine: Interpreter) -> Value:
    if not actuals:
        return Items(())
    value = actuals[0].value
    if isinstance(value, Items):
        return value
    return (
        Items((element_of(value),)) if not isinstance(value, Atom) or value.origin is not Origin.CONSTANT else Items(())
    )


def _entries(node: Call, actuals: list[Actual], machine: Interpreter) -> Value:
    """`dict(…)`, `new Map([[k, v], …])`."""
    entries: list[tuple[str | None, Value]] = [(actual.keyword, actual.value) for actual in actuals if actual.keyword]
    for actual in actuals:
        if isinstance(actual.value, Entries):
            entries.extend(actual.value.entries)
        elif isinstance(actual.value, Items):
            for pair in actual.value.elements:
                if isinstance(pair, Items) and len(pair.elements) == 2:
                    names = constants_of(pair.elements[0])
                    entries.append((names[0] if len(names) == 1 else None, pair.elements[1]))
        elif actual.keyword is None:
            return actual.value
    return Entries(tuple(entries))


def _keys(node: Call, actuals: list[Actual], machine: Interpreter) -> Value:
    if not actuals:
        return UNKNOWN
    value = actuals[0].value
    return Items((element_of(value),)) if isinstance(value, Entries) else Items((Atom(key_origin(value)),))


def _values(node: Call, actuals: list[Actual], machine: Interpreter) -> Value:
    return values_of(actuals[0].value) if actuals else UNKNOWN


def _pairs(node: Call, actuals: list[Actual], machine: Interpreter) -> Value:
    return pairs_of(actuals[0].value) if actuals else UNKNOWN


def _enumerate(node: Call, actuals: list[Actual], machine: Interpreter) -> Value:
    element = element_of(actuals[0].value) if actuals else UNKNOWN
    return Items((Items((NUMBER, element), fixed=True),))


def _zip(node: Call, actuals: list[Actual], machine: Interpreter) -> Value:
    return Items((Items(tuple(element_of(actual.value) for actual in actuals), fixed=True),))


def _numbers(node: Call, actuals: list[Actual], machine: Interpreter) -> Value:
    return Items((NUMBER,))


def _map(node: Call, actuals: list[Actual], machine: Interpreter) -> Value:
    """`map(f, xs)`."""
    if len(actuals) < 2:
        return UNKNOWN
    applied = Call(node.range, actuals[0].expression, ())
    result = apply(applied, actuals[0].value, [element_of(actual.value) for actual in actuals[1:]], machine)
    return Items((result,))


def _reduce(node: Call, actuals: list[Actual], machine: Interpreter) -> Value:
    """`functools.reduce(f, xs, start)`."""
    if len(actuals) < 2:
        return UNKNOWN
    element = element_of(actuals[1].value)
    start = actuals[2].value if len(actuals) > 2 else element
    return apply(node, actuals[0].value, [start, element], machine)


def _filter(node: Call, actuals: list[Actual], machine: Interpreter) -> Value:
    return actuals[1].value if len(actuals) > 1 else UNKNOWN


def _array(node: Call, actuals: list[Actual], machine: Interpreter) -> Value:
    """`Array(n)`, `new Array(n)`."""
    return Items((NUMBER,))


def _array_from(node: Call, actuals: list[Actual], machine: Interpreter) -> Value:
    """`Array.from(xs)`, `Array.from({ length: n }, (_, i) => …)`."""
    if not actuals:
        return Items(())
    source = actuals[0].value
    element = NUMBER if isinstance(source, Entries) else element_of(source)
    if len(actuals) > 1:
        element = apply(node, actuals[1].value, [element, NUMBER], machine)
    return Items((element,))


def _append(node: Call, actuals: list[Actual], machine: Interpreter) -> Value:
    """Go's `append(xs, a, b...)`."""
    if not actuals:
        return Items(())
    known = actuals[0].value
    added = tuple(element_of(actual.value) if actual.spread else actual.value for actual in actuals[1:])
    before = (
        known.elements if isinstance(known, Items) else () if known == Atom(Origin.CONSTANT) else (element_of(known),)
    )
    return items_of((*before, *added))


def _make(node: Call, actuals: list[Actual], machine: Interpreter) -> Value:
    """Go's `make([]string, n)`, `make(map[string]string)`."""
    made = path_of(actuals[0].expression) if actuals else None
    return Entries(()) if made is not None and made.startswith("map") else Items(())


def _go_map(node: Call, actuals: list[Actual], machine: Interpreter) -> Value:
    """`lo.Map(xs, func(x T, i int) R { … })`."""
    if len(actuals) < 2:
        return UNKNOWN
    return Items((apply(node, actuals[1].value, [element_of(actuals[0].value), NUMBER], machine),))


FUNCTIONS: dict[str, FunctionHandler] = {
    "list": _list,
    "tuple": _list,
    "set": _list,
    "frozenset": _list,
    "sorted": _list,
    "reversed": _list,
    "Set": _list,
    "dict": _entries,
    "collections.OrderedDict": _entries,
    "types.MappingProxyType": same,
    "Map": _entries,
    "enumerate": _enumerate,
    "zip": _zip,
    "range": _numbers,
    "map": _map,
    "six.moves.map": _map,
    "filter": _filter,
    "functools.reduce": _reduce,
    "Array": _array,
    "Array.from": _array_from,
    "Array.of": lambda node, actuals, machine: Items(tuple(actual.value for actual in actuals)),
    "Object.freeze": same,
    "Object.keys": _keys,
    "Object.values": _values,
    "Object.entries": _pairs,
    "append": _append,
    "make": _make,
    "github.com/samber/lo.Map": _go_map,
    "maps.Keys": _keys,
    "slices.Collect": same,
    "slices.Sorted": same,
}
