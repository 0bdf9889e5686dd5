"""What the functions that the languages bring do with text, and what formatting makes of it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from persistlint.analysis.interpretation import formats, matching
from persistlint.analysis.interpretation.collection_functions import same
from persistlint.analysis.interpretation.formats import Filler
from persistlint.analysis.interpretation.text_methods import joined, replaced
from persistlint.analysis.interpretation.values import (
    CHECKED,
    NUMBER,
    UNKNOWN,
    Atom,
    Choice,
    Items,
    Text,
    Value,
    choice,
    constants_of,
    element_of,
    origin_of,
    pieces_of,
)
from persistlint.analysis.names import last_name, path_of
from persistlint.ir import Call, Number, Unary

if TYPE_CHECKING:
    from collections.abc import Callable

    from persistlint.analysis.interpretation.arguments import Actual, FunctionHandler
    from persistlint.analysis.interpretation.interpreter import Interpreter
    from persistlint.analysis.interpretation.pieces import Piece
    from persistlint.source import Range

_LAST_CHARACTER = 0xD800  # before the halves of pairs


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


FUNCTIONS: dict[str, FunctionHandler] = {
    "chr": _character,
    "String.fromCharCode": _character,
    "json.loads": lambda node, actuals, machine: _piece(actuals),
    "JSON.parse": lambda node, actuals, machine: _piece(actuals),
    "json.dumps": lambda node, actuals, machine: _piece(actuals),
    "JSON.stringify": lambda node, actuals, machine: _piece(actuals),
    "encoding/json.Marshal": lambda node, actuals, machine: Items((_piece(actuals), NUMBER), fixed=True),
    "re.compile": same,
    "re.sub": _regex_sub,
    "RegExp": same,
    "regexp.MustCompile": same,
    "regexp.Compile": same,
    "io.StringIO": _empty_text,
    "string.Template": _template_class,
    "strings.Join": _go_join,
    "strings.Repeat": same,
    "strings.Replace": _go_replace,
    "strings.ReplaceAll": _go_replace,
    "strings.NewReplacer": _replacer,
    "strings.TrimSuffix": same,
    "strings.TrimPrefix": same,
    "strings.TrimRight": same,
    "strings.TrimLeft": same,
    "strings.Trim": same,
    "strings.TrimSpace": same,
    "strings.ToLower": same,
    "strings.ToUpper": same,
    "strings.Title": same,
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
}
