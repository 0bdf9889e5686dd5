"""What the methods of text and collections do, by their names alone: the same words mean the same in all languages."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from persistlint.analysis import formats, guards
from persistlint.analysis.arguments import Actual
from persistlint.analysis.formats import Filler
from persistlint.analysis.names import is_settings, last_name, path_of
from persistlint.analysis.values import (
    CHECKED,
    CONSTANT,
    MOST_OPTIONS,
    NUMBER,
    UNKNOWN,
    Alternatives,
    Atom,
    Choice,
    Closure,
    Entries,
    Imported,
    Items,
    Piece,
    Splice,
    Text,
    Value,
    choice,
    constants_of,
    element_of,
    items_of,
    key_origin,
    origin_of,
    pieces_of,
    text_of,
)
from persistlint.facts import Origin
from persistlint.ir import Argument, Attribute, Call, Expression, String
from persistlint.regexes import regex

if TYPE_CHECKING:
    from persistlint.analysis.interpreter import Interpreter
    from persistlint.source import Range


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
        "push",
    ]
)
_ADDS = frozenset(["append", "add", "push", "unshift", "insert", "extend", "appendleft", "update_one"])
_WRITES = frozenset(["WriteString", "Write", "WriteByte", "WriteRune", "write", "writeln"])
GROWING = _ADDS | _WRITES  # the methods by which a variable grows


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


MethodHandler = Callable[[Call, Attribute, Value, "list[Actual]", "Interpreter"], "Value | None"]


def _join_method(
    node: Call, function: Attribute, receiver: Value, actuals: list[Actual], machine: Interpreter
) -> Value | None:
    if machine.language == "python":
        separator = Actual(receiver, function.value.range, function.value)
        return joined(actuals[0].value, separator, node, actuals[0].range) if actuals else UNKNOWN
    match function.value:
        case Call(function=Attribute(value=whole, name="split"), arguments=(Argument(value=String(value=old)),)):
            if actuals and constants_of(actuals[0].value) == (old * 2,):  # `x.split("'").join("''")`
                by = Actual(Text((old,)), node.range, node)
                return replaced(machine.evaluate(whole), whole.range, [by, actuals[0]], node, everywhere=True)
    comma = Actual(Text((",",)), node.range, node)
    return joined(receiver, actuals[0] if actuals else comma, node, node.range)


def joined(items: Value, separator: Actual, node: Call, range: Range) -> Value:
    """The text that joining makes; what stands between two elements is shown once."""
    between = pieces_of(separator.value, separator.range, node.range)
    if isinstance(items, Choice):
        return choice(joined(option, separator, node, range) for option in items.options)
    if not isinstance(items, Items):
        if isinstance(items, Text):
            return items
        return Text(pieces_of(Atom(origin_of(element_of(items))), range, node.range))
    elements = items.elements if len(items.elements) < _MANY_ELEMENTS else tuple(dict.fromkeys(items.elements))
    pieces: list[Piece] = []
    for index, element in enumerate(elements):
        if index:
            pieces.extend(between)
        pieces.extend(pieces_of(element, range, node.range))
    return text_of(tuple(pieces))


def _replace_method(
    node: Call, function: Attribute, receiver: Value, actuals: list[Actual], machine: Interpreter
) -> Value | None:
    if len(actuals) < 2:
        return None
    pattern = actuals[0].expression
    is_pattern = isinstance(pattern, Call) and last_name(pattern.function) == "RegExp"
    everywhere = not is_pattern and (machine.language == "python" or function.name == "replaceAll")
    if is_pattern and isinstance(pattern, Call):
        flags = (
            pattern.arguments[1].value.value
            if len(pattern.arguments) > 1 and isinstance(pattern.arguments[1].value, String)
            else ""
        )
        everywhere = "g" in flags
        texts = constants_of(actuals[0].value)
        if everywhere and texts and is_cleansing(texts[0]) and not isinstance(receiver, Text):
            return CHECKED
        if texts and (escaped := _ESCAPED.fullmatch(texts[0])) is not None:
            actuals = [replace(actuals[0], value=Text((escaped.group(1),))), *actuals[1:]]
    return replaced(receiver, function.value.range, actuals, node, everywhere)


def replaced(receiver: Value, range: Range, actuals: list[Actual], node: Call, everywhere: bool) -> Value:
    old, new = constants_of(actuals[0].value), actuals[1]
    put = constants_of(new.value)
    doubled = everywhere and len(old) == 1 and old[0] in _QUOTES and put == (old[0] * 2,)
    if isinstance(receiver, Text) and doubled:
        return Text(_without_quote(receiver.pieces, old[0]))
    if isinstance(receiver, Text):
        if len(old) == 1:
            return text_of(formats.replace_text(receiver.pieces, old[0], Filler(new.value, new.range), node.range))
        return receiver
    before = receiver.doubled if isinstance(receiver, Atom) else ""
    if everywhere and before == "\\" and old == ("'",) and put in (("''",), ("\\'",)):
        return Atom(origin_of(receiver), doubled=before + put[0])
    if doubled:
        return Atom(origin_of(receiver), doubled=old[0])
    if isinstance(receiver, Atom) and old and put and not any(receiver.doubled in text for text in (*old, *put)):
        return Atom(receiver.origin, doubled=receiver.doubled)  # the pairs of quotes stay as they are
    return Atom(origin_of(receiver))


_ESCAPED = regex(r"\\(\W)")  # a pattern that is one character
_SHORT_QUOTES = ("id", "lit")  # functions of a module that quotes
_MANY_ELEMENTS = 40  # of a longer list each is looked at once
_QUOTES = ('"', "`", "]", "'", "\\")


def _without_quote(pieces: tuple[Piece, ...], quote: str) -> tuple[Piece, ...]:
    """Pieces in which a quote is doubled, those of splices too."""
    return tuple(
        piece.replace(quote, quote * 2)
        if isinstance(piece, str)
        else replace(piece, doubled=quote)
        if isinstance(piece, Splice)
        else Alternatives(tuple(_without_quote(option, quote) for option in piece.options))
        for piece in pieces
    )


def is_cleansing(pattern: str) -> bool:
    """Whether removing what a pattern matches leaves no quote and no separator: `[^a-zA-Z0-9_.]`, `\\W`."""
    return (
        bool(re.fullmatch(r"(?:\(\?i\))?(?:\[\^(?:\\[wdA-Za-z.\-]|[\w\-.$`:@/ ])+\]|\\W|\\D)[+*]?", pattern))
        and "\\s" not in pattern.lower()
    )


def _format_method(
    node: Call, function: Attribute, receiver: Value, actuals: list[Actual], machine: Interpreter
) -> Value | None:
    if machine.language != "python":
        return None
    if not isinstance(receiver, Text):
        return Atom(max([origin_of(receiver), *(origin_of(actual.value) for actual in actuals)]))
    if _composes(function.value, machine):
        actuals = [replace(actual, value=_composed(actual.value)) for actual in actuals]
    positional = [
        Filler(actual.value, actual.range) for actual in actuals if actual.keyword is None and not actual.spread
    ]
    named = {actual.keyword: Filler(actual.value, actual.range) for actual in actuals if actual.keyword}
    spread = next((actual for actual in actuals if actual.spread), None)
    rest = Filler(Atom(origin_of(spread.value)), spread.range) if spread is not None else None
    if spread is not None and isinstance(spread.value, Entries):
        named |= {key: Filler(item, spread.range) for key, item in spread.value.entries if key is not None}
    return Text(formats.braces(receiver.pieces, positional, named, node.range, rest))


def _composes(receiver: Expression, machine: Interpreter) -> bool:
    """Whether a text is one of a library that quotes what it is filled with: `sql.SQL("…").format(…)`."""
    name = machine.names.qualified(receiver.function) if isinstance(receiver, Call) else None
    operation = machine.names.catalogue.functions.get(name) if name is not None else None
    return operation is not None and operation.composes


def _composed(value: Value) -> Value:
    is_plain = isinstance(value, Atom) and value.type is None and value.origin > Origin.BOUND
    return Atom(Origin.QUOTED) if is_plain else value


def _substitute(
    node: Call, function: Attribute, receiver: Value, actuals: list[Actual], machine: Interpreter
) -> Value | None:
    named = {actual.keyword: Filler(actual.value, actual.range) for actual in actuals if actual.keyword}
    first = next((actual for actual in actuals if actual.keyword is None), None)
    rest = Filler(Atom(origin_of(first.value)), first.range) if first is not None else None
    return Text(formats.dollars(receiver.pieces, named, node.range, rest)) if isinstance(receiver, Text) else None


def _split(
    node: Call, function: Attribute, receiver: Value, actuals: list[Actual], machine: Interpreter
) -> Value | None:
    return Items((Atom(origin_of(receiver)),))


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
        if guards.VALIDATES.search(last_name(function.expression)):
            machine.refine(guards.members_of(items))
        return
    names = _parameter_names(function.value)
    outcome = machine.call_closure(
        function.value, dict(zip(names, values, strict=False)), dict.fromkeys(names[:1], guards.members_of(items))
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
    if isinstance(receiver, Atom) and actuals and machine.language == "python":
        worst = max(origin_of(receiver), *(origin_of(actual.value) for actual in actuals[1:2]), Origin.CONSTANT)
        return Atom(worst)
    return None


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
            key_of_any = CONSTANT if all(key is not None for key, _ in value.entries) else UNKNOWN
            return Items((Items((key_of_any, choice(item for _, item in value.entries)), fixed=True),))
        pairs = [Items((Text((key,)) if key is not None else UNKNOWN, item), fixed=True) for key, item in value.entries]
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


def _regex_replace(
    node: Call, function: Attribute, receiver: Value, actuals: list[Actual], machine: Interpreter
) -> Value | None:
    """Go's `re.ReplaceAllString(x, "")`, Python's `PATTERN.sub("", x)`."""
    for pattern in constants_of(receiver):
        if is_cleansing(pattern):
            return CHECKED
    tested = actuals[0] if function.name.startswith("Replace") else actuals[1] if len(actuals) > 1 else None
    return Atom(origin_of(tested.value)) if tested is not None else UNKNOWN


def _replace_pairs(
    node: Call, function: Attribute, receiver: Value, actuals: list[Actual], machine: Interpreter
) -> Value | None:
    """`Replace` of Go's `strings.Replacer`, which replaces all pairs at once."""
    if not isinstance(receiver, Items) or not receiver.fixed or not actuals:
        return None
    value = actuals[0].value
    pairs = list(zip(receiver.elements[::2], receiver.elements[1::2], strict=False))
    for old, new in sorted(pairs, key=lambda pair: constants_of(pair[0]) != ("\\",)):  # what is put in stays as it is
        by = [Actual(old, node.range, node), Actual(new, node.range, node)]
        value = replaced(value, actuals[0].range, by, node, everywhere=True)
    return value


def _pop(node: Call, function: Attribute, receiver: Value, actuals: list[Actual], machine: Interpreter) -> Value | None:
    return element_of(receiver) if isinstance(receiver, Items) else None


def _groups(
    node: Call, function: Attribute, receiver: Value, actuals: list[Actual], machine: Interpreter
) -> Value | None:
    """`PATTERN.exec(x)`, `x.match(PATTERN)`, `re.fullmatch(pattern, x)`: what a pattern lets through."""
    if actuals and guards.is_strict(function.value, [actual.expression for actual in actuals], function.name, machine):
        return Atom(Origin.CHECKED)
    return None


_METHODS: dict[str, MethodHandler] = {
    "exec": _groups,
    "match": _groups,
    "fullmatch": _groups,
    "join": _join_method,
    "replace": _replace_method,
    "replaceAll": _replace_method,
    "format": _format_method,
    "substitute": _substitute,
    "safe_substitute": _substitute,
    "split": _split,
    "splitlines": _split,
    "map": _map_method,
    "flatMap": _map_method,
    "forEach": _map_method,
    "filter": _filter_method,
    "find": _filter_method,
    "reduce": _reduce,
    "get": _get,
    "keys": _keys_method,
    "values": _values_method,
    "items": _pairs_method,
    "entries": _pairs_method,
    "fill": _fill,
    "concat": _concat,
    "sub": _regex_replace,
    "ReplaceAllString": _regex_replace,
    "Replace": _replace_pairs,
    "pop": _pop,
    "shift": _pop,
}


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
