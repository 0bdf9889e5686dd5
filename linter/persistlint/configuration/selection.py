"""What `select`, `ignore` and their like may name: a rule, a group of rules, `default` or `all`."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from persistlint.rules import group_of, groups, is_default
from persistlint.suggestion import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterable


class UnknownSelectorError(ValueError):
    """A selector that is no rule, no group, `default` or `all`; the message names it."""


@cache
def selectors() -> tuple[str, ...]:
    """Every word that selects rules, in alphabetical order after `all` and `default`."""
    names = {name for names in groups().values() for name in names}
    return ("all", "default", *sorted({*groups(), *names}))


def expand(words: Iterable[str]) -> frozenset[str]:
    """The names of the rules that some selectors stand for. Raises `UnknownSelectorError`."""
    return frozenset().union(*(_expand(word) for word in words))


@cache
def _expand(word: str) -> frozenset[str]:
    if word == "all":
        return frozenset(name for names in groups().values() for name in names)
    if word == "default":
        return frozenset(name for names in groups().values() for name in names if is_default(name))
    if word in groups():
        return frozenset(groups()[word])
    if group_of(word):
        return frozenset([word])
    raise UnknownSelectorError(f"`{word}` is no rule and no group of rules.{did_you_mean(word, selectors())}")
