"""Format strings: which argument goes where, and which conversions can only print a number.

Python's `%` and `str.format` follow the Python library reference (printf-style formatting, format string syntax),
Go's verbs the documentation of package fmt, `%I` and `%L` PostgreSQL's `format`, JavaScript's `util.format` Node.js.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from persistlint.analysis.interpretation.pieces import Alternatives, Piece, Splice
from persistlint.analysis.interpretation.values import NUMBER, UNKNOWN, Atom, Items, Value, origin_of, pieces_of
from persistlint.facts import Origin
from persistlint.records import dataclass
from persistlint.regexes import regex

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from persistlint.source import Range


@dataclass(frozen=True, slots=True)
class Filler:
    """A value that fills a place in a format string, and the expression that it comes from."""

    value: Value
    range: Range


_PYTHON = regex(r"%(?:\((?P<name>[^)]*)\))?[#0\- +]*(?:\*|\d+)?(?:\.(?:\*|\d+))?[hlL]?(?P<verb>[diouxXeEfFgGcrsa%])")
_GO = regex(r"%(?:[+\-# 0]*)(?:\[(?P<index>\d+)\])?(?:\*|\d+)?(?:\.(?:\*|\d+)?)?(?P<verb>[vTtbcdoOqxXUeEfFgGspw%])")
_SQL = regex(r"%(?:(?P<index>\d+)\$)?-?(?:\d+|\*)?(?P<verb>[sIL%])")
_NODE = regex(r"%(?P<verb>[sdifjoOc%])")
_BRACES = regex(r"\{\{|\}\}|\{(?P<field>[^{}!:]*)(?:!(?P<conversion>\w))?(?::(?P<spec>(?:[^{}]|\{[^{}]*\})*))?\}")
_NUMERIC_SPEC = regex(r".*[bdeEfFgGnoxX%]$")
_NUMERIC_VERBS = {"python": "diouxXeEfFgG", "go": "tTbcdoOxXUeEfFgGp", "javascript": "dif", "sql": ""}
_PATTERNS = {"python": _PYTHON, "go": _GO, "javascript": _NODE, "typescript": _NODE, "sql": _SQL}


def printf(
    pieces: tuple[Piece, ...],
    positional: Sequence[Filler],
    named: Mapping[str, Filler],
    template: Range,
    language: str,
    rest: Filler | None = None,
) -> tuple[Piece, ...]:
    """Fill the `%` conversions of a format string. `rest` fills places for which there is no argument of its own."""
    pattern = _PATTERNS["sql" if language == "sql" else language]
    numeric = _NUMERIC_VERBS.get(language, _NUMERIC_VERBS["javascript"])
    position = 0

    def fill(match: re.Match[str]) -> tuple[Piece, ...]:
        nonlocal position
        groups = match.groupdict()
        verb = groups["verb"]
        if verb == "%":
            return ("%",)
        if name := groups.get("name"):
            filler = named.get(name, rest)
        else:
            if index := groups.get("index"):
                position = int(index) - 1
            filler = positional[position] if position < len(positional) else rest
            position += 1
        if verb in numeric:
            return _splice(filler, template, Atom(Origin.NUMBER))
        if language == "sql" and verb in "IL":
            return _splice(filler, template, Atom(Origin.QUOTED))
        return _splice(filler, template, None)

    return _fill(pieces, pattern, fill)


def braces(
    pieces: tuple[Piece, ...],
    positional: Sequence[Filler],
    named: Mapping[str, Filler],
    template: Range,
    rest: Filler | None = None,
) -> tuple[Piece, ...]:
    """Fill the `{}` fields of `str.format`."""
    position = 0

    def fill(match: re.Match[str]) -> tuple[Piece, ...]:
        nonlocal position
        if match.group() in ("{{", "}}"):
            return (match.group()[0],)
        field = re.split(r"[.\[]", match["field"].strip(), maxsplit=1)
        name = field[0]
        if name == "":
            filler = positional[position] if position < len(positional) else rest
            position += 1
        elif name.isdigit():
            filler = positional[int(name)] if int(name) < len(positional) else rest
        else:
            filler = named.get(name, rest)
        if _NUMERIC_SPEC.match(match["spec"] or ""):
            return _splice(filler, template, NUMBER)
        if len(field) > 1 and filler is not None:
            filler = Filler(Atom(origin_of(filler.value)), filler.range)
        return _splice(filler, template, None)

    return _fill(pieces, _BRACES, fill)


_DOLLAR = regex(r"\$\$|\$\{?(?P<name>[A-Za-z_]\w*)\}?")


def dollars(
    pieces: tuple[Piece, ...], named: Mapping[str, Filler], template: Range, rest: Filler | None
) -> tuple[Piece, ...]:
    """Fill the `$name` places of `string.Template`."""

    def fill(match: re.Match[str]) -> tuple[Piece, ...]:
        if match["name"] is None:
            return ("$",)
        return _splice(named.get(match["name"], rest), template, None)

    return _fill(pieces, _DOLLAR, fill)


def replace_text(pieces: tuple[Piece, ...], old: str, new: Filler, template: Range) -> tuple[Piece, ...]:
    """Put a value in the place of every `old` of a text."""
    if not old:
        return pieces
    return _fill(pieces, re.compile(re.escape(old)), lambda _: _splice(new, template, None))


def is_numeric_spec(spec: str) -> bool:
    """Whether a Python format specification accepts numbers only."""
    return bool(_NUMERIC_SPEC.match(spec))


def _fill(
    pieces: tuple[Piece, ...], pattern: re.Pattern[str], fill: Callable[[re.Match[str]], tuple[Piece, ...]]
) -> tuple[Piece, ...]:
    result: list[Piece] = []
    for piece in pieces:
        if isinstance(piece, Alternatives):
            result.append(Alternatives(tuple(_fill(option, pattern, fill) for option in piece.options)))
        elif isinstance(piece, str):
            last = 0
            for match in pattern.finditer(piece):
                result.append(piece[last : match.start()])
                result.extend(fill(match))
                last = match.end()
            result.append(piece[last:])
        else:
            result.append(piece)
    return tuple(piece for piece in result if piece != "")


def _splice(filler: Filler | None, template: Range, safe: Atom | None) -> tuple[Piece, ...]:
    if filler is None:
        return (Splice(template, template, UNKNOWN.origin),) if safe is None else ()
    if safe is not None:
        return (Splice(filler.range, template, min(safe.origin, origin_of(filler.value))),)
    if isinstance(filler.value, Items):
        filler = Filler(Atom(origin_of(filler.value)), filler.range)
    return pieces_of(filler.value, filler.range, template)
