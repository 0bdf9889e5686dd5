"""Names for constants that are to stand in the place of a number."""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.analysis.names import last_name
from persistlint.analysis.quantities import LENGTHS
from persistlint.analysis.vocabulary import argument_names, known_words, words
from persistlint.facts import Quantity, Role
from persistlint.ir import Attribute, Binary, Call, Name, Subscript, TypeAssertion

if TYPE_CHECKING:
    from persistlint.ir import Expression

_ARGUMENTS = argument_names()
_COUNTS = known_words("counts")
_VAGUE = known_words("vague")
_LONGEST = 4  # words


def name_for(
    language: str, role: Role, operator: str, other: Expression | None, quantity: Quantity, rejects: bool
) -> str:
    """A name for a number that meets `other`, spelled as the constants of the language are; "" where none is good.

    `rejects` tells of a comparison that whoever passes it is turned away, so that `<` makes the number a minimum.
    """
    if other is None:
        return ""
    parts: tuple[str, ...] = ()
    if role is Role.ARGUMENT and operator in ("min", "max"):
        parts = _qualified("max" if operator == "min" else "min", _subject(other))
    elif role is Role.ARGUMENT:
        parts = _argument(other, language)
    elif role in (Role.COMPARISON, Role.REPETITION):
        parts = _bound(role, operator, other, quantity, rejects)
    if not parts or len(parts) > _LONGEST:
        return ""
    if language == "go":
        return parts[0] + "".join(part.capitalize() for part in parts[1:])
    return "_".join(parts).upper()


def _argument(function: Expression, language: str) -> tuple[str, ...]:
    name = last_name(function)
    if name == "sleep":
        return ("delay", "seconds" if language == "python" else "ms")
    if name == "settimeout" and language == "python":
        return ("timeout", "seconds")
    return _ARGUMENTS.get(name, ())


def _bound(role: Role, operator: str, other: Expression, quantity: Quantity, rejects: bool) -> tuple[str, ...]:
    subject = _subject(other)
    if operator == "in":
        return ("max", "attempts")
    if role is Role.REPETITION or (subject and subject[-1] in _COUNTS and operator in (">", ">=")):
        return _qualified("max", subject) if subject and subject[-1] in _COUNTS else ()
    if quantity is Quantity.TIME and isinstance(other, Binary):
        return ("max", "age")
    if not rejects or operator not in ("<", "<=", ">", ">="):
        return ()
    is_plural = bool(subject) and subject[-1].endswith("s") and not subject[-1].endswith("ss")
    if quantity is Quantity.LENGTH and not is_plural:
        subject = (*subject, "length") if subject else ()
    return _qualified("min" if operator in ("<", "<=") else "max", subject)


def _qualified(bound: str, subject: tuple[str, ...]) -> tuple[str, ...]:
    if not subject or (len(subject) == 1 and subject[0] in _VAGUE):
        return ()
    return subject if subject[0] == bound else (bound, *subject)


def _subject(expression: Expression) -> tuple[str, ...]:
    """The words of what is counted or measured: password of `len(form["password"].strip())`."""
    for _ in range(8):
        match expression:
            case Call(function=function, arguments=arguments) if last_name(function) in LENGTHS and arguments:
                expression = arguments[0].value
            case Attribute(value=value, name=name) if name in LENGTHS:
                expression = value
            case Call(function=Attribute(value=value)) | TypeAssertion(value=value):
                expression = value
            case Call(arguments=(argument, *_)):
                expression = argument.value
            case Subscript(index=index) if (key := getattr(index, "value", None)) and isinstance(key, str):
                return words(key)
            case Attribute(name=name) | Name(id=name):
                return words(name)
            case _:
                return ()
    return ()
