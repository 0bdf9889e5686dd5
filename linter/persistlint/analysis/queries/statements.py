"""How many statements a text holds, and what a call does with those behind the first."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from persistlint.analysis.interpretation.values import CONSTANT, Closure, Entries, Items
from persistlint.facts import Tail
from persistlint.regexes import regex
from persistlint.sql.lexer import HOLE
from persistlint.sql.splitter import split

if TYPE_CHECKING:
    from collections.abc import Iterable

    from persistlint.analysis.interpretation.arguments import Actual
    from persistlint.libraries import Library, Operation
    from persistlint.source import SourceFile

_NOTHING = regex(r"None|null|undefined|nil|\(\)|\[\]|\{\}")
_CALLBACK = regex(r"cb|done|next|callback", re.IGNORECASE)
_SPREAD = regex(r"\.\.\.|\*\*")


def count(parts: Iterable[object], dialect: str | None) -> int:
    """How many statements a text of constant parts and holes has, a hole being part of one; 0 for an empty text."""
    text = "".join(part if isinstance(part, str) else HOLE for part in parts)
    return len(split(text, dialect)) if ";" in text else int(bool(text.strip()))


def tail(operation: Operation, actuals: list[Actual], source: SourceFile) -> Tail:
    """What a call of an operation with these arguments does with the statements behind the first."""
    match operation.statements:
        case "many":
            return Tail.RUN
        case "one":
            return Tail.REFUSED
        case "first":
            return Tail.DROPPED
        case "one-with-parameters" if not _has_option(operation.library, source):
            return Tail.REFUSED if binds(operation, actuals, source) else Tail.RUN
        case "one-by-default" if _connects_without_option(operation.library, source):
            return Tail.REFUSED
    return Tail.UNKNOWN


def binds(operation: Operation, actuals: list[Actual], source: SourceFile) -> bool:
    """Whether a call passes values apart from the SQL, by the `parameters` of its operation."""
    wanted = operation.parameters
    places = wanted if isinstance(wanted, tuple) else () if wanted is None else (wanted,)
    positional = [actual for actual in actuals if actual.keyword is None]
    for place in places:
        if place == "rest":
            found = positional[(operation.sql or 0) + 1 :]
        elif isinstance(place, int):
            found = positional[place : place + 1]
        else:
            found = [actual for actual in actuals if actual.keyword == place]
            if any(isinstance(actual.value, Entries) and actual.value.get(place) is not None for actual in positional):
                return True
        if any(_is_value(actual, source) for actual in found):
            return True
    return False


def _is_value(actual: Actual, source: SourceFile) -> bool:
    text = source.text(actual.range)
    is_empty = isinstance(actual.value, Items) and not actual.value.elements and actual.value.fixed
    is_empty |= actual.value == CONSTANT  # the `None` that a parameter has by default
    return not (is_empty or isinstance(actual.value, Closure) or _NOTHING.fullmatch(text) or _CALLBACK.fullmatch(text))


def _connects_without_option(library: Library, source: SourceFile) -> bool:
    """Whether the file makes its connections itself, and no option of theirs allows several statements."""
    if _has_option(library, source):
        return False
    text = source.content.decode("utf-8", "replace")
    makers = {name.rsplit(".", 1)[-1] for type in library.types.values() for name in type.created_by}
    made = re.findall(rf"\b(?:{'|'.join(map(re.escape, sorted(makers)))})\(([^)]*)\)", text)
    return bool(made) and all(re.search("[:=]", options) and not _SPREAD.search(options) for options in made)


def _has_option(library: Library, source: SourceFile) -> bool:
    return bool(library.statements_option) and library.statements_option.encode() in source.content
