"""Placeholders that a driver fills with text as it is."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from persistlint.analysis.interpretation.arguments import Actual
from persistlint.analysis.interpretation.pieces import Piece, Splice
from persistlint.analysis.interpretation.values import Entries, Items, Text, options_of, origin_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.libraries import Library


def filled(library: Library, actuals: list[Actual]) -> Iterator[Actual]:
    """The first argument of a call with a splice for every placeholder whose value a driver splices."""
    if not library.splices:
        return
    actual = actuals[0]
    for text in [option for option in options_of(actual.value) if isinstance(option, Text)]:
        pieces: list[Piece] = []
        for piece in text.pieces:
            if not isinstance(piece, str):
                pieces.append(piece)
                continue
            last = 0
            for match in re.finditer(library.splices, piece):
                target = _parameter(match.group("name"), actuals)
                pieces.append(piece[last : match.start()])
                pieces.append(Splice(target.range, target.range, origin_of(target.value)))
                last = match.end()
            pieces.append(piece[last:])
        if len(pieces) > len(text.pieces):
            yield Actual(Text(tuple(pieces)), actual.range, actual.expression)


def _parameter(name: str, actuals: list[Actual]) -> Actual:
    """The argument that fills a placeholder: `$1` the first of an array, `$<name>` a property."""
    if len(actuals) < 2:
        return actuals[0]
    values = actuals[1]
    elements = getattr(values.expression, "elements", None)
    if name.isdigit() and elements is not None and int(name) <= len(elements):
        element = elements[int(name) - 1]
        value = values.value.elements[int(name) - 1] if isinstance(values.value, Items) else values.value
        return Actual(value, element.range, element)
    if isinstance(values.value, Entries) and (found := values.value.get(name)) is not None:
        entry = next(e for e in values.expression.entries if getattr(e.key, "value", None) == name)  # type: ignore[attr-defined]
        return Actual(found, entry.value.range, entry.value)
    return values
