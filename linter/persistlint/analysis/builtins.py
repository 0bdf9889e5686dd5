"""What the functions and methods of the languages themselves do with text and collections.

Methods go by their name alone, as the same words mean the same in all languages: `join`, `replace`, `trim`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from persistlint.analysis import formats
from persistlint.analysis.formats import Filler
from persistlint.analysis.names import canonical, is_settings, last_name, path_of
from persistlint.analysis.values import (
    CHECKED,
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
    key_origin,
    origin_of,
    pieces_of,
)
from persistlint.facts import Origin
from persistlint.ir import Attribute, Call, Expression, Name, String, Unary

if TYPE_CHECKING:
    from persistlint.analysis.interpreter import Interpreter
    from persistlint.source import Range


@dataclass(frozen=True, slots=True)
class Actual:
    """One argument of a call, with its value."""

    value: Value
    range: Range
    expression: Expression
    keyword: str | None = None
    spread: bool = False


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
        return _method(node, function, receiver, actuals, machine)
    return None


def formatted(style: str, actuals: list[Actual], template: Range, machine: Interpreter) -> Value:
    """The text that a formatting function makes of its format string (argument 0) and its further arguments."""
    if style == "braces":
        fillers = [Filler(actual.value, actual.range) for actual in actuals[1:] if actual.keyword is None]
        named = {actual.keyword: Filler(actual.value, actual.range) for actual in actuals[1:] if actual.keyword}
        return _each_text(actuals[0], template, lambda pieces: formats.braces(pieces, fillers, named, template))
    language = "sql" if style == "sql" else machine.language
    fillers = [Filler(actual.value, actual.range) for actual in actuals[1:]]
    rest = None
    if actuals[-1].spread and len(actuals) > 1:
        rest = Filler(element_of(actuals[-1].value), actuals[-1].range)
        fillers = fillers[:-1]
    return _each_text(
        actuals[0], template, lambda pieces: formats.printf(pieces, fillers, {}, template, language, rest)
    )


def _each_text(actual: Actual, template: Range, make: Callable[[tuple[Piece, ...]], tuple[Piece, ...]]) -> Value:
    options = actual.value.options if isinstance(actual.value, Choice) else (actual.value,)
    return choice(Text(make(pieces_of(option, actual.range, template))) for option in options)


def _is_free(name: str, machine: Interpreter) -> bool:
    root = name.split(".", 1)[0]
    return machine.lookup(root) is None and root not in machine.names.classes


# ------------------------------------------------------------------------------------------------------ functions

Handler = Callable[[Call, "list[Actual]", "Interpreter"], Value]


def _same(node: Call, actuals: list[Actual], machine: Interpreter) -> Value:
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
    return _values_of(actuals[0].value) if actuals else UNKNOWN


def _pairs(node: Call, actuals: list[Actual], machine: Interpreter) -> Value:
    return _pairs_of(actuals[0].value) if actuals else UNKNOWN


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
    return Items((*before, *added))


def _go_join(node: Call, actuals: list[Actual], machine: Interpreter) -> Value:
    return _joined(actuals[0].value, actuals[1], node, actuals[0].range) if len(actuals) == 2 else UNKNOWN


def _go_replace(node: Call, actuals: list[Actual], machine: Interpreter) -> Value:
    return (
        _replaced(actuals[0].value, actuals[0].range, actuals[1:3], node, everywhere=True)
        if len(actuals) >= 3
        else UNKNOWN
    )


def _fprint(node: Call, actuals: list[Actual], machine: Interpreter) -> Value:
    """`fmt.Fprintf(&b, format, …)`, `fmt.Fprint(&b, …)`: they write into a builder."""
    if len(actuals) < 2:
        return UNKNOWN
    target = actuals[0].expression
    while isinstance(target, Unary):
        target = target.operand
    path = path_of(target)
    before = machine.lookup(path) if path is not None else None
    if path is None or not isinstance(before, Text):
        return NUMBER
    if last_name(node.function) == "Fprintf":
        text = formatted("printf", actuals[1:], node.range, machine)
        added = pieces_of(text, node.range, node.range)
    else:
        added = tuple(piece for actual in actuals[1:] for piece in pieces_of(actual.value, actual.range, node.range))
    machine.assign(path, Text((*before.pieces, *added)))
    return NUMBER


def _sprint(node: Call, actuals: list[Actual], machine: Interpreter) -> Value:
    if last_name(node.function) in ("Sprintf", "Errorf", "Appendf"):
        return formatted("printf", actuals, node.range, machine) if actuals else UNKNOWN
    return Text(tuple(piece for actual in actuals for piece in pieces_of(actual.value, actual.range, node.range)))


def _empty_text(node: Call, actuals: list[Actual], machine: Interpreter) -> Value:
    """`io.StringIO()`, `bytes.NewBufferString("…")`, `new(strings.Builder)`."""
    if last_name(node.function) == "new":
        named = actuals and path_of(actuals[0].expression) in ("strings.Builder", "bytes.Buffer")
        return Text(()) if named else UNKNOWN
    return actuals[0].value if actuals and isinstance(actuals[0].value, Text) else Text(())


def _regex_sub(node: Call, actuals: list[Actual], machine: Interpreter) -> Value:
    """`re.sub(r"[^a-z]", "", x)` leaves only what the class holds."""
    if len(actuals) < 3:
        return UNKNOWN
    for pattern in constants_of(actuals[0].value):
        if is_cleansing(pattern):
            return CHECKED
        removed = re.fullmatch(r"\[[^\]^]*([\"`])[^\]]*\]\+?", pattern)
        if removed is not None:
            return Atom(origin_of(actuals[2].value), doubled=removed.group(1))
    return Atom(origin_of(actuals[2].value))


def _template_class(node: Call, actuals: list[Actual], machine: Interpreter) -> Value:
    """`string.Template("…$name…")`; its `substitute` fills it."""
    return actuals[0].value if actuals else UNKNOWN


def _make(node: Call, actuals: list[Actual], machine: Interpreter) -> Value:
    """Go's `make([]string, n)`, `make(map[string]string)`."""
    made = path_of(actuals[0].expression) if actuals else None
    return Entries(()) if made is not None and made.startswith("map") else Items(())


def _go_map(node: Call, actuals: list[Actual], machine: Interpreter) -> Value:
    """`lo.Map(xs, func(x T, i int) R { … })`."""
    if len(actuals) < 2:
        return UNKNOWN
    return Items((apply(node, actuals[1].value, [element_of(actuals[0].value), NUMBER], machine),))


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


_FUNCTIONS: dict[str, Handler] = {
    "max": _extreme,
    "min": _extreme,
    "require": _require,
    "list": _list,
    "tuple": _list,
    "set": _list,
    "frozenset": _list,
    "sorted": _list,
    "reversed": _list,
    "Set": _list,
    "dict": _entries,
    "collections.OrderedDict": _entries,
    "types.MappingProxyType": _same,
    "Map": _entries,
    "enumerate": _enumerate,
    "zip": _zip,
    "range": _numbers,
    "map": _map,
    "filter": _filter,
    "getattr": _getattr,
    "re.compile": _same,
    "re.sub": _regex_sub,
    "RegExp": _same,
    "regexp.MustCompile": _same,
    "regexp.Compile": _same,
    "io.StringIO": _empty_text,
    "string.Template": _template_class,
    "Array": _array,
    "Array.from": _array_from,
    "Array.of": lambda node, actuals, machine: Items(tuple(actual.value for actual in actuals)),
    "Object.freeze": _same,
    "Object.keys": _keys,
    "Object.values": _values,
    "Object.entries": _pairs,
    "append": _append,
    "make": _make,
    "github.com/samber/lo.Map": _go_map,
    "strings.Join": _go_join,
    "strings.Repeat": _same,
    "strings.Replace": _go_replace,
    "strings.ReplaceAll": _go_replace,
    "strings.TrimSuffix": _same,
    "strings.TrimPrefix": _same,
    "strings.TrimRight": _same,
    "strings.TrimLeft": _same,
    "strings.Trim": _same,
    "strings.TrimSpace": _same,
    "strings.ToLower": _same,
    "strings.ToUpper": _same,
    "strings.Title": _same,
    "bytes.NewBufferString": _empty_text,
    "new": _empty_text,
    "fmt.Sprintf": _sprint,
    "fmt.Sprint": _sprint,
    "fmt.Sprintln": _sprint,
    "fmt.Fprintf": _fprint,
    "fmt.Fprint": _fprint,
    "fmt.Fprintln": _fprint,
    "maps.Keys": _keys,
    "slices.Collect": _same,
    "slices.Sorted": _same,
}
_GO_TYPES = frozenset(("string", "[]byte", "[]rune", "template.HTML"))

# -------------------------------------------------------------------------------------------------------- methods

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
    ["hexdigest", "isoformat", "timestamp", "toordinal", "total_seconds", "toISOString", "toFixed", "getTime", "push"]
)
_ADDS = frozenset(["append", "add", "push", "unshift", "insert", "extend", "appendleft", "update_one"])
_WRITES = frozenset(["WriteString", "Write", "WriteByte", "WriteRune", "write", "writeln"])


def _method(
    node: Call, function: Attribute, receiver: Value, actuals: list[Actual], machine: Interpreter
) -> Value | None:
    name = function.name
    if isinstance(receiver, Choice) and any(isinstance(option, Text | Items | Entries) for option in receiver.options):
        found = [_method(node, function, option, actuals, machine) for option in receiver.options]
        return choice(value if value is not None else UNKNOWN for value in found)
    if isinstance(receiver, Items | Text | Entries) or (isinstance(receiver, Atom) and receiver.type is None):
        if name in _ADDS or name in _WRITES:
            added = _add(function, receiver, actuals, machine, node)
            if added is not None:
                return added
        if name == "Reset" and isinstance(receiver, Text) and (path := path_of(function.value)) is not None:
            machine.assign(path, Text(()))
        if name == "Format" and actuals and constants_of(actuals[0].value):
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
        machine.assign(path, Text((*receiver.pieces, *added)))
        return NUMBER
    if isinstance(receiver, Items) and function.name in _ADDS:
        values = actuals[1:] if function.name == "insert" else actuals
        spread = function.name == "extend"
        added_values = tuple(element_of(a.value) if spread or a.spread else a.value for a in values)
        machine.assign(path, Items((*receiver.elements, *added_values)))
        return NUMBER
    return NUMBER if function.name == "push" else None


MethodHandler = Callable[[Call, Attribute, Value, "list[Actual]", "Interpreter"], "Value | None"]


def _join_method(
    node: Call, function: Attribute, receiver: Value, actuals: list[Actual], machine: Interpreter
) -> Value | None:
    if machine.language == "python":
        separator = Actual(receiver, function.value.range, function.value)
        return _joined(actuals[0].value, separator, node, actuals[0].range) if actuals else UNKNOWN
    comma = Actual(Text((",",)), node.range, node)
    return _joined(receiver, actuals[0] if actuals else comma, node, node.range)


def _joined(items: Value, separator: Actual, node: Call, range: Range) -> Value:
    """The text that joining makes; what stands between two elements is shown once."""
    between = pieces_of(separator.value, separator.range, node.range)
    if isinstance(items, Choice):
        return choice(_joined(option, separator, node, range) for option in items.options)
    if not isinstance(items, Items):
        if isinstance(items, Text):
            return items
        whole = node.range if range == node.range else range
        return Text(
            (*_edge(between), *pieces_of(Atom(origin_of(element_of(items))), whole, node.range), *_edge(between))
        )
    elements = items.elements if len(items.elements) < 40 else tuple(dict.fromkeys(items.elements))
    pieces: list[Piece] = []
    for index, element in enumerate(elements):
        if index:
            pieces.extend(between)
        pieces.extend(pieces_of(element, range, node.range))
    return Text(tuple(pieces))


def _edge(between: tuple[Piece, ...]) -> tuple[Piece, ...]:
    """Nothing: a joined list of unknown length begins and ends with an element."""
    return ()


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
    return _replaced(receiver, function.value.range, actuals, node, everywhere)


def _replaced(receiver: Value, range: Range, actuals: list[Actual], node: Call, everywhere: bool) -> Value:
    old, new = constants_of(actuals[0].value), actuals[1]
    doubled = everywhere and len(old) == 1 and old[0] in _QUOTES and constants_of(new.value) == (old[0] * 2,)
    if isinstance(receiver, Text) and doubled:
        return Text(_without_quote(receiver.pieces, old[0]))
    if isinstance(receiver, Text):
        if len(old) == 1:
            return Text(formats.replace_text(receiver.pieces, old[0], Filler(new.value, new.range), node.range))
        return receiver
    if doubled:
        return Atom(origin_of(receiver), doubled=old[0])
    return Atom(origin_of(receiver))


_QUOTES = ('"', "`", "]")


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
    positional = [
        Filler(actual.value, actual.range) for actual in actuals if actual.keyword is None and not actual.spread
    ]
    named = {actual.keyword: Filler(actual.value, actual.range) for actual in actuals if actual.keyword}
    spread = next((actual for actual in actuals if actual.spread), None)
    rest = Filler(Atom(origin_of(spread.value)), spread.range) if spread is not None else None
    if spread is not None and isinstance(spread.value, Entries):
        named |= {key: Filler(item, spread.range) for key, item in spread.value.entries if key is not None}
    return Text(formats.braces(receiver.pieces, positional, named, node.range, rest))


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
    result = apply(node, actuals[0].value, [element, NUMBER, receiver], machine)
    if function.name == "forEach":
        return Atom(Origin.CONSTANT)
    if function.name == "flatMap":
        result = element_of(result)
    return Items((result,))


def _filter_method(
    node: Call, function: Attribute, receiver: Value, actuals: list[Actual], machine: Interpreter
) -> Value | None:
    """`xs.filter(x => ALLOWED.includes(x))` keeps what passes the test."""
    from persistlint.analysis import guards

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


def _values_of(value: Value) -> Value:
    if isinstance(value, Entries):
        return Items(tuple(item for _, item in value.entries))
    return Items((Atom(origin_of(value)),))


def _values_method(
    node: Call, function: Attribute, receiver: Value, actuals: list[Actual], machine: Interpreter
) -> Value | None:
    return receiver if isinstance(receiver, Items) else _values_of(receiver)


def _pairs_of(value: Value) -> Value:
    if isinstance(value, Entries):
        pairs = [Items((Text((key,)) if key is not None else UNKNOWN, item), fixed=True) for key, item in value.entries]
        return Items(tuple(pairs))
    return Items((Items((Atom(key_origin(value)), Atom(origin_of(value))), fixed=True),))


def _pairs_method(
    node: Call, function: Attribute, receiver: Value, actuals: list[Actual], machine: Interpreter
) -> Value | None:
    if isinstance(receiver, Items):
        return Items((Items((NUMBER, element_of(receiver)), fixed=True),))
    return _pairs_of(receiver)


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


def _pop(node: Call, function: Attribute, receiver: Value, actuals: list[Actual], machine: Interpreter) -> Value | None:
    return element_of(receiver) if isinstance(receiver, Items) else None


_METHODS: dict[str, MethodHandler] = {
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
    "pop": _pop,
    "shift": _pop,
}


def apply(node: Call, function: Value, values: list[Value], machine: Interpreter) -> Value:
    """What a function value gives for these argument values."""
    if isinstance(function, Closure):
        names = [parameter.name or f"#{index}" for index, parameter in enumerate(function.function.parameters)]
        outcome = machine.call_closure(function, dict(zip(names, values, strict=False)), {})
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
    if re.search(r"quote|escape|ident", name, re.I):
        return Atom(Origin.QUOTED)
    return Atom(max(map(origin_of, values[:1]), default=Origin.UNKNOWN))
