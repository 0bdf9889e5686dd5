"""Switches and chains of tests that are tables: they give a word, a function or a value for each code or bracket."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from persistlint.analysis.names import last_name, path_of
from persistlint.analysis.numbers.vocabulary import known_words, words
from persistlint.ir import Assign, Attribute, Binary, Call, Collection, If, Mapping, Name, Number, Return, String

if TYPE_CHECKING:
    from collections.abc import Iterable

    from persistlint.ir import Block, Case, Expression, Statement, Switch

_OWN_CODES = known_words("states")
_LEAST_TABLE, _ANY_TABLE = 3, 8  # arms from which on a switch is a table, and from which on whatever it asks about


def scales(statements: Iterable[Statement]) -> frozenset[str]:
    """The paths (`persistlint.analysis.names.path_of`) of what a chain of tests has brackets for, each of which has a
    word: that is a table, whose words are the names."""
    tests = (each.test for each in statements if isinstance(each, If) and gives_word(each.then))
    counted = Counter(map(bracket, tests))
    return frozenset(path for path, count in counted.items() if path and count >= _LEAST_TABLE)


def bracket(test: Expression) -> str:
    """The path of what a test compares with one bound or two, "" for any other test."""
    match test:
        case Binary(operator="and", left=left, right=right):
            found = bracket(left)
            return found if found == bracket(right) else ""
        case Binary(operator="<" | "<=" | ">" | ">=", left=left, right=Number()):
            return path_of(left) or ""
        case Binary(operator="<" | "<=" | ">" | ">=", left=Number(), right=right):
            return path_of(right) or ""
    return ""


def gives_word(block: Block) -> bool:
    """Whether all that a block does is to give a text, or something with texts in it."""
    match block:
        case (Return(value=String() | Mapping()),) | (Assign(value=String()),):
            return True
        case (Return(value=Collection(elements=elements)),):
            return any(isinstance(element, String) for element in elements)
    return False


def _asked(test: Expression) -> str:
    """The path of what a test compares with codes, "" for any other test."""
    match test:
        case Binary(operator="or", left=left, right=right):
            found = _asked(left)
            return found if found == _asked(right) else ""
        case Binary(operator="==", left=left, right=Number()):
            return path_of(left) or ""
    return ""


def is_table(switch: Switch) -> bool:
    """Whether a switch does nothing but give a text for each code, or one of many functions or values, and the codes
    are somebody else's: those of a protocol, or the bounds of a scale. Numbers for states of one's own need names where
    they are set, too."""
    arms = [arm for arm in switch.cases if arm.values]
    if switch.subject is None and len(arms) >= _LEAST_TABLE and all(gives_word(arm.body) for arm in arms):
        asked = {bracket(value) or _asked(value) for arm in arms for value in arm.values}
        is_own = len(asked) == 1 and not _OWN_CODES.isdisjoint(words(next(iter(asked)))[-1:])
        return "" not in asked and (not is_own or len(arms) >= _ANY_TABLE)
    if switch.subject is not None and len(arms) >= _LEAST_TABLE and all(map(_gives_constant, arms)):
        return True
    if switch.subject is None or len(arms) < _LEAST_TABLE or not all(map(_names, arms)):
        return len(arms) >= _ANY_TABLE and all(map(_gives, arms))
    return len(arms) >= _ANY_TABLE or _OWN_CODES.isdisjoint(words(last_name(switch.subject))[-1:])


def _names(arm: Case) -> bool:
    """Whether all that an arm does is to give a text."""
    match arm.body:
        case (Return(value=String()),) | (Assign(value=String()),):
            return True
    return arm.falls_through and not arm.body


def _gives(arm: Case) -> bool:
    """Whether all that an arm does is to give something that has a name, or a number."""
    return (
        len(arm.body) == 1 and isinstance(arm.body[0], Return) and isinstance(arm.body[0].value, Call | Name | Number)
    )


def _gives_constant(arm: Case) -> bool:
    """Whether all that an arm does is to give a constant, which is the name of its code."""
    match arm.body:
        case (Return(value=Collection(elements=(value, *_))),) | (Return(value=value),):
            return isinstance(value, Attribute) and last_name(value)[:1].isupper()
    return arm.falls_through and not arm.body
