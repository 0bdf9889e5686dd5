"""What the methods of text and collections do, by their names alone: the same words mean the same in all languages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.analysis.interpretation import collection_methods, text_methods
from persistlint.analysis.interpretation.values import (
    NUMBER,
    UNKNOWN,
    Atom,
    Choice,
    Entries,
    Items,
    Text,
    Value,
    choice,
    constants_of,
    element_of,
    items_of,
    origin_of,
    pieces_of,
    text_of,
)
from persistlint.analysis.names import path_of
from persistlint.facts import Origin

if TYPE_CHECKING:
    from persistlint.analysis.interpretation.arguments import Actual
    from persistlint.analysis.interpretation.interpreter import Interpreter
    from persistlint.ir import Attribute, Call


_UNCHANGED = frozenset(
    [
        "strip",
        "lstrip",
        "rstrip",
        "lower",
        "upper",
        "title",
        "capitalize",
        "casefold",
        "swapcase",
        "expandtabs",
        "trim",
        "trimEnd",
        "trimStart",
        "trimLeft",
        "trimRight",
        "toLowerCase",
        "toUpperCase",
        "toString",
        "valueOf",
        "toLocaleLowerCase",
        "toLocaleUpperCase",
        "slice",
        "substring",
        "substr",
        "removeprefix",
        "removesuffix",
        "encode",
        "decode",
        "normalize",
        "repeat",
        "padEnd",
        "padStart",
        "String",
        "Bytes",
        "getvalue",
        "copy",
        "sort",
        "reverse",
        "reversed",
        "sorted",
        "toSorted",
        "toReversed",
        "flat",
        "concat_ws",
        "at",
        "dedent",
        "stripMargin",
        "as_string",
    ]
)
_PARTS_OF_A_DATE = [
    f"get{zone}{part}"
    for zone in ("", "UTC")
    for part in ("FullYear", "Month", "Date", "Day", "Hours", "Minutes", "Seconds", "Milliseconds")
    if zone or part not in ("Date", "Day")  # which other classes have as well
]
_NUMERIC = frozenset(
    [
        "hex",
        "hexdigest",
        "isoformat",
        "timestamp",
        "toordinal",
        "toISOString",
        "toFixed",
        "getTime",
        *_PARTS_OF_A_DATE,
        "count",
        "index",
        "find",
        "rfind",
        "indexOf",
        "lastIndexOf",
        "push",
        "unshift",
        "charCodeAt",
        "Len",
        "bit_length",
        "Unix",
        "UnixNano",
        "UnixMilli",
        "toJSON",
        "total_seconds",
        "Format",
        "nunique",
    ]
)
_NUMERIC_OF_ANYTHING = frozenset(
    [
        "hex",
        "hexdigest",
        "isoformat",
        "timestamp",
        "toordinal",
        "total_seconds",
        "toISOString",
        "toFixed",
        "getTime",
        *_PARTS_OF_A_DATE,
        "push",
    ]
)
_ENCODES = frozenset(["digest", "toString"])
_WITHOUT_QUOTES = (("hex",), ("base64",), ("base64url",))  # the encodings whose digits are no quotes
_ADDS = frozenset(["append", "add", "push", "unshift", "insert", "extend", "appendleft", "update_one"])
_WRITES = frozenset(["WriteString", "Write", "WriteByte", "WriteRune", "write", "writeln"])
GROWING = _ADDS | _WRITES  # the methods by which a variable grows


_METHODS = text_methods.METHODS | collection_methods.METHODS


def method(
    node: Call, function: Attribute, receiver: Value, actuals: list[Actual], machine: Interpreter
) -> Value | None:
    name = function.name
    if isinstance(receiver, Choice):
        found = [method(node, function, option, actuals, machine) for option in receiver.options]
        known = [value for value in found if value is not None]  # no text has a `map`
        is_plain = any(isinstance(option, Text | Items | Entries) for option in receiver.options)
        if is_plain or (known and len(known) == len(found)):
            return choice(known or [UNKNOWN])
    if isinstance(receiver, Items | Text | Entries) or (isinstance(receiver, Atom) and receiver.type is None):
        if name in _ADDS or name in _WRITES:
            added = _add(function, receiver, actuals, machine, node)
            if added is not None:
                return added
        if name == "Reset" and isinstance(receiver, Text) and (path := path_of(function.value)) is not None:
            machine.assign(path, Text(()))
        if name in ("Format", "strftime") and actuals and origin_of(actuals[0].value) <= Origin.METADATA:
            return NUMBER  # a time in a layout that the program chose
        if name in _ENCODES and actuals and constants_of(actuals[0].value) in _WITHOUT_QUOTES:
            return NUMBER
        handler = _METHODS.get(name)
        if handler is not None:
            return handler(node, function, receiver, actuals, machine)
        if name in _UNCHANGED and not (isinstance(receiver, Atom) and name in ("sort", "reverse", "String", "at")):
            return receiver
        if name in _NUMERIC and (isinstance(receiver, Text | Items) or name in _NUMERIC_OF_ANYTHING):
            return NUMBER
    return None


def _add(function: Attribute, receiver: Value, actuals: list[Actual], machine: Interpreter, node: Call) -> Value | None:
    """`xs.append(x)`, `b.WriteString(s)`: the variable grows."""
    path = path_of(function.value)
    if path is None or not actuals:
        return None
    if isinstance(receiver, Text) and function.name in _WRITES:
        added = tuple(piece for actual in actuals for piece in pieces_of(actual.value, actual.range, node.range))
        machine.assign(path, text_of((*receiver.pieces, *added)))
        return NUMBER
    if isinstance(receiver, Items) and function.name in _ADDS:
        values = actuals[1:] if function.name == "insert" else actuals
        spread = function.name == "extend"
        added_values = tuple(element_of(a.value) if spread or a.spread else a.value for a in values)
        machine.assign(path, items_of((*receiver.elements, *added_values)))
        return NUMBER
    return NUMBER if function.name == "push" else None
