"""Calls, and the functions of procedural SQL that are operators of the neutral program."""

from __future__ import annotations

import re

from persistlint.ir import (
    Argument,
    Attribute,
    Binary,
    Call,
    Conditional,
    Expression,
    Name,
    String,
    TypeAssertion,
    Unary,
)
from persistlint.regexes import regex
from persistlint.source import Range

_TEXT_TYPES = regex(
    r"(?:text|n?varchar2?|n?char|character(?: varying)?|bpchar|citext|string|name|sysname|clob|n?text|longtext|json|xml"
    r"|binary|unknown|\"char\")\b",
    re.IGNORECASE,
)
_FALLBACKS = frozenset({"coalesce", "isnull", "ifnull", "nvl"})
_MATCHES = frozenset({"regexp_like", "regexp_match", "regexp_matches"})


def call_of(name: str, name_range: Range, range: Range, values: list[Argument]) -> Call:
    """A call of a function by its dotted name."""
    function: Expression = Name(name_range, name.split(".", 1)[0])
    for part in name.split(".")[1:]:
        function = Attribute(name_range, function, part, name_range)
    return Call(range, function, tuple(values))


def argument(value: Expression, keyword: str | None = None) -> Argument:
    """An argument that is just a value."""
    return Argument(value.range, value, keyword)


def special(name: str, values: list[Argument], range: Range) -> Expression | None:
    """Functions that are operators of the neutral program."""
    found = [value.value for value in values]
    if name == "concat" and found:
        return _chain(found, range)
    if name == "concat_ws" and len(found) > 1:
        separated = [item for value in found[2:] for item in (found[0], value)]
        return _chain([found[1], *separated], range)
    if name in _FALLBACKS and len(found) > 1:
        value = found[-1]
        for operand in reversed(found[:-1]):
            value = Binary(range, "??", operand, value)
        return value
    if name in _MATCHES and len(found) > 1:
        return matched(range, found[0], found[1])
    if name in ("iif", "if", "decode") and len(found) == 3:
        return Conditional(range, found[0], found[1], found[2])
    if name in ("to_regclass", "object_id", "schema_id", "to_regtype") and found:
        return call_of("known_object", range, range, values)
    return None


def matched(range: Range, tested: Expression, pattern: Expression, *, negated: bool = False) -> Expression:
    """A test with a regular expression, as `pattern.test(tested)`."""
    test = Call(range, Attribute(pattern.range, pattern, "test", pattern.range), (argument(tested),))
    return Unary(range, "not", test) if negated else test


def one_of(range: Range, name: str, values: tuple[str, ...]) -> Expression:
    """The expression that gives one of some strings, as a variable of a name says."""
    chosen: Expression = String(range, values[-1], range)
    for value in values[:-1]:
        chosen = Conditional(range, Name(range, name), String(range, value, range), chosen)
    return chosen


def cast(range: Range, value: Expression, type: str) -> Expression:
    """A cast. To a text it changes nothing; the analysis knows of the other types which can change no SQL."""
    return value if not type or _TEXT_TYPES.match(type) else TypeAssertion(range, value, type.lower())


def _chain(values: list[Expression], range: Range) -> Expression:
    chained = values[0]
    for value in values[1:]:
        chained = Binary(Range(range.start, max(value.range.end, range.start)), "+", chained, value)
    return Binary(range, "+", chained.left, chained.right) if isinstance(chained, Binary) else chained
