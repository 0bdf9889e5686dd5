"""What the names beside a number tell of it: what is counted or measured there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.analysis.names import last_name
from persistlint.analysis.numbers.vocabulary import function_names, known_words, quantities, words
from persistlint.facts import Quantity
from persistlint.ir import (
    Attribute,
    Await,
    Binary,
    Call,
    Conditional,
    Name,
    Number,
    String,
    Subscript,
    TypeAssertion,
    Unary,
)

if TYPE_CHECKING:
    from persistlint.ir import Expression

LENGTHS = function_names("lengths")
_CLOCKS = function_names("clocks")
_LOOKUPS = function_names("lookups")
_POSITIONS = function_names("positions")
_CHARACTERS = function_names("characters")
_DATES = function_names("dates")
_SAME = function_names("conversions") | function_names("transparent")
_PARTS = known_words("parts")
_BUFFERS = known_words("buffers")
_ANYWHERE = quantities("anywhere")
_LAST = quantities("last")
_TELLING: dict[
    float, tuple[Quantity, frozenset[str]]
] = {  # words that say what a number is, wherever they stand beside it
    **dict.fromkeys((100,), (Quantity.PERCENT, dict(_ANYWHERE)[Quantity.PERCENT])),
    8: (Quantity.LAYOUT, frozenset(["orientation"])),  # of an image, as EXIF counts them
    **dict.fromkeys((90, 180, 270, 360), (Quantity.ANGLE, dict(_ANYWHERE)[Quantity.ANGLE])),
}
_UNITS: dict[float, frozenset[str]] = {  # how many of a unit the next larger one has, and the words of the unit
    11: frozenset(["month", "months"]),
    12: frozenset(["hour", "hours", "clock", "format", "month", "months"]),
    23: frozenset(["hour", "hours"]),
    24: frozenset(["hour", "hours", "clock", "format"]),
    59: frozenset(["minute", "minutes", "second", "seconds"]),
    60: frozenset(["minute", "minutes", "second", "seconds"]),
    365: frozenset(["day", "days"]),
    366: frozenset(["day", "days"]),
}
_LAST_OF: dict[float, frozenset[str]] = {  # the last day of a month and of a week, and the last month
    6: frozenset(["week", "weekday"]),
    12: frozenset(["month"]),
    31: frozenset(["day", "date", "month"]),
}
_WEIGHS = frozenset(["weight", "weights", "mass"])
_OF_ADDRESS = frozenset([4, 16, 32, 128])  # bytes and bits of an address, where the words speak of one
_ADDRESS = frozenset(["ip", "ipv", "addr", "prefix", "cidr", "netmask", "subnet"])
_OF_UUID, _UUID = frozenset([32, 36]), frozenset(["id", "uuid", "guid"])  # digits of one, without and with its hyphens
_OF_DIGITS, _BASE = frozenset([8, 10, 16, 32, 36, 58, 62, 64]), frozenset(["base", "radix"])
_SHORTENED = range(6, 13)  # digits of a commit that people are shown
_COMMIT = frozenset(["commit", "sha", "hash", "revision"])
_OF_COMMIT, _EXTENT = frozenset(["commit", "revision"]), frozenset(["len", "length"])  # around a length
_CHANCES = frozenset(["rand", "random"])  # modules whose functions give random numbers
_DEEPEST = 4  # operands of a calculation are looked at so far


def quantity_of(expression: Expression, depth: int = 0) -> Quantity:
    """What an expression that has a number as its value counts or measures."""
    match expression:
        case Call(function=function):
            return _result_of(expression, last_name(function), depth)
        case Attribute(value=value, name="value") if depth < _DEEPEST:
            return quantity_of(value, depth + 1)  # of a member of an enumeration
        case Attribute(value=value, name=name):
            return _length_of(value) if name in LENGTHS else quantity_of_name(name)
        case Name(id=name):
            return quantity_of_name(name)
        case Subscript(index=String(value=key)):
            return quantity_of_name(key)
        case Subscript(value=Call(function=Attribute(value=whole, name="split"))) if depth < _DEEPEST:
            return quantity_of(whole, depth + 1)  # one of its parts
        case Subscript(value=value):
            return quantity_of_name(last_name(value))
        case Unary(operand=value) | TypeAssertion(value=value) | Await(value=value):
            return quantity_of(value, depth + 1) if depth < _DEEPEST else Quantity.OTHER
        case Conditional(then=value):
            return quantity_of(value, depth + 1) if depth < _DEEPEST else Quantity.OTHER
        case Binary(operator="%"):
            return Quantity.REMAINDER
        case Binary(operator="&" | "|" | "^" | "<<" | ">>"):
            return Quantity.BITS
        case Binary(operator="*", right=Number(value=100)) | Binary(operator="*" | "-", left=Number(value=100)):
            return Quantity.PERCENT
        case Binary(left=left, right=right) if depth < _DEEPEST:
            found = (quantity_of(right, depth + 1), quantity_of(left, depth + 1))
            if Quantity.TIME in found:
                return Quantity.TIME
            return next((quantity for quantity in found if quantity is not Quantity.OTHER), Quantity.OTHER)
    return Quantity.OTHER


def counted_in(expression: Expression) -> Expression:
    """What a length is the length of: `x` of `len(x)`, `x.length` and `x.count()`, else the expression itself."""
    match expression:
        case Call(function=function, arguments=arguments) if last_name(function) in LENGTHS:
            if arguments:
                return arguments[0].value
            return function.value if isinstance(function, Attribute) else expression
        case Attribute(value=value, name=name) if name in LENGTHS:
            return value
    return expression


def told_by(value: float, subject: str, around: str) -> Quantity | None:
    """What the words of its subject and those around say that a number is: 100 beside `percent`, 180 beside
    `longitude`; 24 of `hoursBetweenDates` is a day."""
    if not _UNITS.get(value, frozenset()).isdisjoint(words(subject)):
        return Quantity.TIME_UNIT
    if not _LAST_OF.get(value, frozenset()).isdisjoint(words(around)):
        return Quantity.CALENDAR
    named = words(subject)
    if value in _OF_ADDRESS and not _ADDRESS.isdisjoint(named):
        return Quantity.BITS
    if (value in _OF_UUID and not _UUID.isdisjoint(named)) or (value in _SHORTENED and not _COMMIT.isdisjoint(named)):
        return Quantity.LAYOUT
    if value in _SHORTENED and not _EXTENT.isdisjoint(named) and not _OF_COMMIT.isdisjoint(words(around)):
        return Quantity.LAYOUT
    if value in _OF_DIGITS and not _BASE.isdisjoint(named):
        return Quantity.LAYOUT
    quantity, known = _TELLING.get(abs(value), (Quantity.OTHER, frozenset()))
    return quantity if not known.isdisjoint(words(f"{subject} {around}")) else None


def _result_of(call: Call, name: str, depth: int) -> Quantity:
    if isinstance(call.function, Attribute) and last_name(call.function.value) in _CHANCES:
        return Quantity.CHANCE
    if name in LENGTHS:
        return _length_of(counted_in(call))
    if name in _SAME and call.arguments and depth < _DEEPEST:
        return quantity_of(call.arguments[0].value, depth + 1)
    if name in _CLOCKS:
        return Quantity.TIME
    if name in _CHARACTERS:
        return Quantity.CHARACTER
    if name in _POSITIONS:
        return Quantity.POSITION
    if name in _LOOKUPS:  # `form.get("age")`, `_.get(answer, "reason.status")`
        keys = (argument.value for argument in call.arguments[:2])
        if (key := next((key.value for key in keys if isinstance(key, String)), None)) is not None:
            return quantity_of_name(key)
    return Quantity.CALENDAR if name in _DATES else quantity_of_name(name)


def _length_of(counted: Expression) -> Quantity:
    match counted:
        case Subscript(index=String(value=key)):
            name = words(key)
        case _:
            name = words(last_name(counted))
    if not _PARTS.isdisjoint(name):
        return Quantity.PARTS
    return Quantity.BYTES if name and name[-1] in _BUFFERS else Quantity.LENGTH


def quantity_of_name(name: str) -> Quantity:
    """What a variable or a function of that name counts or measures."""
    parts = words(name)
    if len(parts) > 1 and parts[-1].isdigit():
        parts = parts[:-1]  # the second of several
    if not parts:
        return Quantity.OTHER
    last = {parts[-1], "".join(parts[-2:])}
    is_in_grams = not _WEIGHS.isdisjoint(parts)  # `weight_g` is no colour
    for quantity, known in _ANYWHERE:
        if not known.isdisjoint(last.union(parts)):
            return quantity
    found = (quantity for quantity, known in _LAST if not known.isdisjoint(last))
    return next((each for each in found if each is not Quantity.CHARACTER or not is_in_grams), Quantity.OTHER)
