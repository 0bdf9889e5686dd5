"""Names for constants that are to stand in the place of a number."""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.analysis.names import last_name
from persistlint.analysis.numbers.quantities import counted_in
from persistlint.analysis.numbers.vocabulary import argument_names, function_names, known_words, words
from persistlint.facts import NumberRole, Quantity
from persistlint.ir import (
    Attribute,
    Await,
    Binary,
    Call,
    ExpressionStatement,
    Lambda,
    Name,
    Return,
    String,
    Subscript,
    TypeAssertion,
)
from persistlint.regexes import regex
from persistlint.sql.lexer import word_set

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from persistlint.analysis.numbers.places import Place
    from persistlint.facts import Number
    from persistlint.ir import Expression

_ARGUMENTS = argument_names()
_TRANSPARENT = function_names("transparent") | function_names("conversions") | function_names("trims")
_ATTEMPTS = known_words("attempts")
_COUNTS = known_words("counts")
_VAGUE = known_words("vague")
_MILLISECONDS = frozenset(["now", "getTime", "UnixMilli"])
_SECONDS = frozenset(["time", "monotonic", "perf_counter", "Unix"])
_LONGEST = 4  # words
_LENGTHS = frozenset([Quantity.LENGTH, Quantity.PARTS, Quantity.BYTES])
_BOUNDS = frozenset(["threshold", "limit", "cutoff", "bound", "maximum", "minimum", "max", "min"])
_EXTENTS = frozenset(["length", "len", "size", "count"])  # words that say how long something is
_HOLDERS = frozenset(
    ["cache", "queue", "buffer", "pool", "history", "backlog", "window"]
)  # are emptied when they are full
_PAGES = frozenset(["batch", "page", "chunk"])  # what is asked for in pieces of one size, of which the last is smaller
_LONG_ENOUGH = frozenset(
    ["password", "passwd", "pwd", "passphrase", "pin", "secret", "query", "search", "keyword", "term"]
)
_MOMENTS = frozenset(["at", "on", "time", "timestamp", "ts", "tm", "ms", "date", "seen"])
_BEGINNINGS = frozenset(["start", "started", "begin", "began", "t0"])
_ENDS = frozenset(["deadline", "due", "exp", "expire", "expires", "expiration", "expiry", "until"])
_SPANS = frozenset(["age", "duration"])
_PLURALS = {"attempt": "attempts", "try": "tries", "retry": "retries"}
_PLAIN = frozenset([-1, 0, 1, 2])  # numbers that need no name
_MINIMUM = regex(r"^(?:MIN(?=_)|min(?=[A-Z]))")
_INITIALISMS = word_set(
    "acl api ascii cpu css dns eof guid html http https id ip json qps ram rpc sla smtp sql ssh tcp tls ttl udp ui uid"
    " uri url utf8 uuid vm xml xss"
)  # what Go spells in capitals: https://go.dev/wiki/CodeReviewComments#initialisms

_GIVES_UP = frozenset(["abort", "reject", "destroy", "cancel", "kill", "terminate"])  # what took too long
_METHODS = frozenset(["get", "post", "put", "patch", "delete", "head"])  # names of functions that answer requests
_GETS = frozenset(["get", "find", "list", "fetch", "load", "select", "query", "search", "read"])
_NO_ROWS = frozenset(["stats", "statistics", "analytics", "metrics", "details", "settings", "options", "status"])
_PAGE = ("page", "size")

Words = tuple[str, ...]


def name_for(
    language: str,
    place: Place,
    quantity: Quantity,
    function: str,
    *,
    is_cut: bool = False,
    is_paged: bool = False,
    is_text: bool = False,
) -> str:
    """A name for a number that stands at a place in a function of that name, where `quantity` is what it meets, spelled
    as the constants of the language are; "" where no good one is known. `is_cut` tells that a text is cut behind it,
    `is_paged` that rows are skipped beside it, `is_text` that what is measured is no list, whatever its name."""
    parts: Words = ()
    if place.other is None:
        return ""
    if place.role is NumberRole.ARGUMENT:
        parts = _argument(language, place, quantity, function)
        parts = _rows(function) if parts == _PAGE and not is_paged else parts
    elif place.role in (NumberRole.COMPARISON, NumberRole.REPETITION):
        parts = _bound(language, place, place.other, quantity, is_cut, is_text)
    if not parts or len(parts) > _LONGEST:
        return ""
    if language == "go":
        return parts[0] + "".join(map(_capitalised, parts[1:]))
    return "_".join(parts).upper()


def _capitalised(part: str) -> str:
    """A word of a name as Go spells it behind another one: `ID`, `IDs`, `Size`."""
    singular = part.removesuffix("s")
    if singular in _INITIALISMS and part not in _INITIALISMS:
        return f"{singular.upper()}s"
    return part.upper() if part in _INITIALISMS else part.capitalize()


def ambiguous_names(numbers: Iterable[Number]) -> frozenset[str]:
    """The names of numbers of one function that are good for none of them: two that differ would have the same, or the
    least would be more than the most of the same thing."""
    values: dict[str, set[float]] = {}
    for number in numbers:
        values.setdefault(number.name, set()).add(number.value)
    found = {name for name, known in values.items() if len(known - _PLAIN) > 1}
    for name, known in values.items():
        other = _MINIMUM.sub(lambda least: "MAX" if least[0].isupper() else "max", name)
        if other != name and other in values and min(known) > max(values[other]):
            found |= {name, other}
    return frozenset(found - {""})


def is_telling(name: str, place: Place, quantity: Quantity) -> bool:
    """Whether a name of `name_for` says what the number means: not only that something is compared with it, whose
    age nobody knows, which function waits, or how much of a text is looked at."""
    if name.lower().endswith("threshold") or (words(name)[:1] == ("max",) and not _SPANS.isdisjoint(words(name))):
        return False
    if place.role is NumberRole.COMPARISON and place.operator in ("<", "<=") and words(name)[:1] == ("max",):
        return False  # an attempt below it may only be one of the first
    if place.waits is not None:
        return isinstance(place.waits, Name | Attribute) and _is_clue(words(last_name(place.waits)))
    is_passed = place.role is NumberRole.COMPARISON and place.operator in (">", ">=") and not place.rejects
    return not (quantity in _LENGTHS and (is_passed or place.operator in ("min", "max")))


def _argument(language: str, place: Place, quantity: Quantity, function: str) -> Words:
    if place.other is None:
        return ()
    if place.operator in ("min", "max"):
        subject = _subject(place.other)
        if quantity is Quantity.LENGTH and not _is_plural(subject):
            subject = _length(subject, place.other)
        return _qualified("max" if place.operator == "min" else "min", subject)
    name = last_name(place.other)
    if name in ("sleep", "settimeout"):
        parts: Words = ("delay" if name == "sleep" else "timeout", "seconds" if language == "python" else "ms")
    else:
        parts = _ARGUMENTS.get(name, ())
    if place.waits is None or not parts:
        return parts
    called = last_name(place.waits) if isinstance(place.waits, Name | Attribute) else _called(place.waits)
    if called in _GIVES_UP:
        clue = words(function)
        is_clear = _says(clue) and _METHODS.isdisjoint(clue) and "timeout" not in clue and len(clue) < _LONGEST - 1
        limited = clue if is_clear else ("request",) if called == "abort" else ()
        return (*limited, "timeout", *parts[-1:]) if limited else ()
    # A delay of which nothing says what waits so long has no name that would say more than the number.
    return next(((*clue, *parts) for clue in _clues(place.waits, function) if len(clue) + len(parts) <= _LONGEST), ())


def _rows(function: str) -> Words:
    """A name for how many rows a function gives that asks for the first of them: by what it gets, if its name says so:
    `getRecentEvents`."""
    verb, *subject = words(function) or ("",)
    is_many = bool(subject) and subject[-1].endswith("s") and subject[-1] not in _NO_ROWS
    is_telling = verb in _GETS and is_many and len(subject) < _LONGEST
    return ("max", *subject) if is_telling else ("max", "results")


def _clues(waits: Expression, function: str) -> Iterator[Words]:
    """What waits: the function that is called afterwards, or the one that this is a part of."""
    for name in (last_name(waits) if isinstance(waits, Name | Attribute) else _called(waits), function):
        clue = words(name)
        if _is_clue(clue):
            yield clue


def _is_clue(clue: Words) -> bool:
    return _says(clue) and _VAGUE.isdisjoint(clue)


def _called(callback: Expression) -> str:
    """The name of the one function that a callback calls, "" where it does something else."""
    match callback.function.body if isinstance(callback, Lambda) else ():
        case (ExpressionStatement(value=value),) | (Return(value=value),):
            called = value.value if isinstance(value, Await) else value
            return last_name(called.function) if isinstance(called, Call) else ""
    return ""


def _bound(language: str, place: Place, other: Expression, quantity: Quantity, is_cut: bool, is_text: bool) -> Words:
    subject = _subject(other)
    if subject and subject[-1] in _ATTEMPTS:
        return (
            ("max", *subject[:-1], _PLURALS.get(subject[-1], subject[-1]))
            if place.role is NumberRole.COMPARISON and len(subject) < _LONGEST
            else ("max", "attempts")
        )
    is_upper = place.operator in (">", ">=")
    if subject and subject[-1] in _COUNTS and (place.role is NumberRole.REPETITION or is_upper):
        return _qualified("max", subject)
    if place.role is NumberRole.REPETITION or place.operator not in ("<", "<=", ">", ">="):
        return ()
    if quantity is Quantity.TIME and isinstance(other, Binary) and other.operator == "-":
        return (*_span(other), *_unit(language, other))
    is_plural = _is_plural(subject) and not is_text
    if quantity in _LENGTHS and not is_plural:
        subject = _length(subject, other)
    is_length = quantity in _LENGTHS
    is_most = is_upper and is_length and (is_cut or not place.is_one_of_all) and subject[:1] not in (("min",), ("max",))
    is_enough = place.operator == ">" and not (place.rejects or is_cut) and _is_of(_LONG_ENOUGH, subject)
    if is_length and ((place.rejects and place.operator == "<=") or is_enough):
        return ()  # the least that is right is one more
    page = next((word for word in subject if word in _PAGES), "")
    if is_length and not is_upper and page:
        return (page, "size") if is_plural else subject
    is_one = is_upper and not is_length and place.is_one_of_all  # of several: nobody is turned away for it alone
    if (place.rejects and not is_one) or is_most:
        # What has at least so much is right, unless it is turned away, or emptied.
        may_be_least = not place.rejects and not is_cut and not is_plural and not _is_of(_HOLDERS | _PAGES, subject)
        is_least = not is_upper or (place.operator == ">=" and may_be_least)
        return _qualified("min" if is_least else "max", subject)
    is_bound = not _BOUNDS.isdisjoint(subject)
    return (*subject, "threshold") if _says(subject) and not is_length and not is_bound else ()


def _span(elapsed: Binary) -> Words:
    """What the time since a moment is called, by the name of the moment: the age of `last_heartbeat`, a duration
    since `started_at`, what remains until `expires_at`, else only an age."""
    if not _ENDS.isdisjoint(words(last_name(elapsed.left))):
        return ("min", "remaining")
    for side in (elapsed.right, elapsed.left):
        clock = side.function.value if isinstance(side, Call) and isinstance(side.function, Attribute) else side
        moment = words(last_name(clock))
        if moment[:1] == ("last",) and 1 < len(moment) < _LONGEST:
            what = moment[1:-1] if moment[-1] in _MOMENTS else moment[1:]
            return ("max", *what, "age") if _says(what) and len(what) < _LONGEST - 2 else ("max", "age")
        if not _BEGINNINGS.isdisjoint(moment):
            return ("max", "duration")
    return ("max", "age")


def _is_of(known: frozenset[str], subject: Words) -> bool:
    """Whether the words of how long something is are those of one of these things."""
    return len(subject) > 1 and subject[-2] in known


def _is_plural(subject: Words) -> bool:
    """Whether a name is that of several things, so that its length is how many there are."""
    return bool(subject) and subject[-1].endswith("s") and not subject[-1].endswith("ss")


def _length(subject: Words, other: Expression) -> Words:
    """The words of how long something is, as `other` asks for it: the size of a file, a count, the length of a text."""
    if not _says(subject) or subject[-1] in _EXTENTS:
        return subject
    asked = "size" if subject[-1] in _HOLDERS | _PAGES else last_name(other).lower()
    return (*subject, asked if asked in ("size", "count") else "length")


def _unit(language: str, age: Binary) -> Words:
    """The unit in which the clock counts that an age is told by."""
    for side in (age.left, age.right):
        clock = last_name(side)
        if isinstance(side, Call) and clock in _MILLISECONDS and language != "python":
            return ("ms",)
        if isinstance(side, Call) and clock in _SECONDS:
            return ("seconds",)
    return ()


def _qualified(bound: str, subject: Words) -> Words:
    """The name of a bound of something; () where that is itself one of the other kind: the least of `maxSize`."""
    if not _says(subject) or subject in (("min",), ("max",)) or not {"min", "max"}.isdisjoint(subject[1:]):
        return ()
    if subject[0] in ("min", "max"):
        return subject if subject[0] == bound else ()
    return (bound, *subject)


def _says(subject: Words) -> bool:
    is_vague = len(subject) == 1 and (subject[0] in _VAGUE or subject[0] in ("length", "len") or len(subject[0]) == 1)
    return bool(subject) and not is_vague


def _subject(expression: Expression) -> Words:
    """The words of what is counted or measured: password of `len(form["password"].strip())`; () if it has no name."""
    for _ in range(_LONGEST):
        match counted_in(expression):
            case Call(function=Attribute(value=value, name=name), arguments=()) if name in _TRANSPARENT:
                expression = value
            case Call(function=function, arguments=(argument,)) if last_name(function) in _TRANSPARENT:
                expression = argument.value
            case TypeAssertion(value=value):
                expression = value
            case Subscript(index=String(value=key)):
                return words(key)
            case Attribute(name=name) | Name(id=name):
                return words(name)
            case _:
                return ()
    return ()
