"""What the methods do that make texts, take them apart, or match them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from persistlint.analysis.interpretation import formats, matching
from persistlint.analysis.interpretation.arguments import Actual, MethodHandler
from persistlint.analysis.interpretation.formats import Filler
from persistlint.analysis.interpretation.pieces import Alternatives, Piece, Splice
from persistlint.analysis.interpretation.values import (
    CHECKED,
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
    origin_of,
    pieces_of,
    text_of,
)
from persistlint.analysis.names import last_name
from persistlint.facts import Origin
from persistlint.ir import Argument, Attribute, Call, Expression, String
from persistlint.regexes import regex

if TYPE_CHECKING:
    from persistlint.analysis.interpretation.interpreter import Interpreter
    from persistlint.source import Range


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
        if everywhere and texts and matching.is_cleansing(texts[0]) and not isinstance(receiver, Text):
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
_MANY_ELEMENTS = 40  # of a longer list each is looked at once
_QUOTES = ('"', "`", "]", "'", "\\")


def _without_quote(pieces: tuple[Piece, ...], quote: str) -> tuple[Piece, ...]:
    """Pieces in which a quote is doubled, those of splices too."""
    return tuple(
        piece.replace(quote, quote * 2)
        if isinstance(piece, str)
        else replace(piece, doubled="\\''" if piece.doubled == "\\" and quote == "'" else quote)
        if isinstance(piece, Splice)
        else Alternatives(tuple(_without_quote(option, quote) for option in piece.options))
        for piece in pieces
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


def _format_map(
    node: Call, function: Attribute, receiver: Value, actuals: list[Actual], machine: Interpreter
) -> Value | None:
    return _format_method(node, function, receiver, [replace(actual, spread=True) for actual in actuals[:1]], machine)


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


def _regex_replace(
    node: Call, function: Attribute, receiver: Value, actuals: list[Actual], machine: Interpreter
) -> Value | None:
    """Go's `re.ReplaceAllString(x, "")`, Python's `PATTERN.sub("", x)`."""
    for pattern in constants_of(receiver):
        if matching.is_cleansing(pattern):
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


def _groups(
    node: Call, function: Attribute, receiver: Value, actuals: list[Actual], machine: Interpreter
) -> Value | None:
    """`PATTERN.exec(x)`, `x.match(PATTERN)`, `re.fullmatch(pattern, x)`: what a pattern lets through."""
    if actuals and matching.is_strict(
        function.value, [actual.expression for actual in actuals], function.name, machine
    ):
        return Atom(Origin.CHECKED)
    return None


METHODS: dict[str, MethodHandler] = {
    "exec": _groups,
    "match": _groups,
    "fullmatch": _groups,
    "join": _join_method,
    "replace": _replace_method,
    "replaceAll": _replace_method,
    "format": _format_method,
    "format_map": _format_map,
    "substitute": _substitute,
    "safe_substitute": _substitute,
    "split": _split,
    "splitlines": _split,
    "sub": _regex_replace,
    "ReplaceAllString": _regex_replace,
    "Replace": _replace_pairs,
}
