"""What the functions that the languages bring do with text and collections. Their methods are in `methods`."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from persistlint.analysis import formats, matching
from persistlint.analysis.collection_methods import apply, pairs_of, values_of
from persistlint.analysis.formats import Filler
from persistlint.analysis.methods import method
from persistlint.analysis.names import all_caps, canonical, last_name, path_of
from persistlint.analysis.text_methods import joined, replaced
from persistlint.analysis.values import (
    CHECKED,
    NUMBER,
    UNKNOWN,
    Atom,
    Choice,
    Entries,
    Imported,
    Items,
    Piece,
    Text,
    Value,
    choice,
    constants_of,
    element_of,
    items_of,
    key_origin,
    origin_of,
    pieces_of,
)
from persistlint.facts import Origin
from persistlint.ir import Attribute, Call, Name, Number, Unary

if TYPE_CHECKING:
    from persistlint.analysis.arguments import Actual
    from persistlint.analysis.interpreter import Interpreter
    from persistlint.source import Range


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


def _go_join(node: Call, actuals: list[Actual], machine: Interpreter) -> Value:
    return joined(actuals[0].value, actuals[1], node, actuals[0].range) if len(actuals) == 2 else UNKNOWN


def _go_replace(node: Call, actuals: list[Actual], machine: Interpreter) -> Value:
    return (
        replaced(actuals[0].value, actuals[0].range, actuals[1:3], node, everywhere=True)
        if len(actuals) >= 3
        else UNKNOWN
    )


def _replacer(node: Call, actuals: list[Actual], machine: Interpreter) -> Value:
    """Go's `strings.NewReplacer("'", "''")`: its pairs."""
    return Items(tuple(actual.value for actual in actuals), fixed=True)


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
        if matching.is_cleansing(pattern):
            return CHECKED
        removed = re.fullmatch(r"\[[^\]^]*([\"`])[^\]]*\]\+?", pattern)
        if removed is not None:
            return Atom(origin_of(actuals[2].value), doubled=removed.group(1))
    return Atom(origin_of(actuals[2].value))


def _template_class(node: Call, actuals: list[Actual], machine: Interpreter) -> Value:
    """`string.Template("…$name…")`; its `substitute` fills it."""
    return actuals[0].value if actuals else UNKNOWN


def _character(node: Call, actuals: list[Actual], machine: Interpreter) -> Value:
    """`chr(39)`, `String.fromCharCode(39)`."""
    match [actual.expression for actual in actuals]:
        case [Number(value=int(code))] if 0 <= code < _LAST_CHARACTER:
            return Text((chr(code),))
    return UNKNOWN


def _piece(actuals: list[Actual]) -> Value:
    """A piece of a text, or a text that is made of a value: it holds no more than that."""
    return Atom(origin_of(actuals[0].value)) if actuals else UNKNOWN


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
    "chr": _character,
    "String.fromCharCode": _character,
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
    "six.moves.map": _map,
    "filter": _filter,
    "functools.reduce": _reduce,
    "getattr": _getattr,
    "json.loads": lambda node, actuals, machine: _piece(actuals),
    "JSON.parse": lambda node, actuals, machine: _piece(actuals),
    "json.dumps": lambda node, actuals, machine: _piece(actuals),
    "JSON.stringify": lambda node, actuals, machine: _piece(actuals),
    "encoding/json.Marshal": lambda node, actuals, machine: Items((_piece(actuals), NUMBER), fixed=True),
    "typing.cast": lambda node, actuals, machine: actuals[1].value if len(actuals) > 1 else UNKNOWN,
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
    "strings.NewReplacer": _replacer,
    "strings.TrimSuffix": _same,
    "strings.TrimPrefix": _same,
    "strings.TrimRight": _same,
    "strings.TrimLeft": _same,
    "strings.Trim": _same,
    "strings.TrimSpace": _same,
    "strings.ToLower": _same,
    "strings.ToUpper": _same,
    "strings.Title": _same,
    "strings.Cut": lambda node, actuals, machine: Items((_piece(actuals), _piece(actuals), NUMBER), fixed=True),
    "strings.Split": lambda node, actuals, machine: Items((_piece(actuals),)),
    "strings.SplitN": lambda node, actuals, machine: Items((_piece(actuals),)),
    "strings.Fields": lambda node, actuals, machine: Items((_piece(actuals),)),
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
_LAST_CHARACTER = 0xD800  # before the halves of pairs
_GO_TYPES = frozenset(("string", "[]byte", "[]rune", "template.HTML"))
