"""Names as words, and what words say beside a number: the tables of `numbers.toml`."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

from persistlint.facts import Quantity
from persistlint.regexes import regex
from persistlint.tables import read_table

_TABLES: dict[str, Any] = read_table(Path(__file__).with_name("numbers.toml"))
_UNITS = frozenset(float(text) for text in _TABLES["units"]["factors"].split())
_LEAST_POWER = 8  # of ten or two that is a unit
_LEAST_UNIT, _EXACT = 1e-12, 1e-9
_WORD = regex(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")


@lru_cache(maxsize=4096)
def words(name: str) -> tuple[str, ...]:
    """The words of a name, lower case: `maxURLLength`, `MAX_URL_LENGTH` and `max.url-length` are max, url, length."""
    return tuple(word.lower() for word in _WORD.findall(name))


def function_names(kind: str) -> frozenset[str]:
    """The functions of a kind, by their last name as it is written."""
    return frozenset(_TABLES["functions"][kind].split())


def known_words(kind: str) -> frozenset[str]:
    """The words of a kind, lower case."""
    return frozenset(_TABLES["words"][kind].split())


def arguments(kind: str) -> dict[str, tuple[int, ...]]:
    """The functions of a kind (`waits`, `limits`, `answers`) and the positions of the arguments that matter."""
    return {name: tuple(positions) for name, positions in _TABLES[kind].items()}


def quantities(place: str) -> tuple[tuple[Quantity, frozenset[str]], ...]:
    """What the words of a name say, at a place of it: `anywhere` or `last`."""
    return tuple((Quantity[name], frozenset(text.split())) for name, text in _TABLES["quantities"][place].items())


def epochs() -> frozenset[float]:
    """How long after or before 1970 others begin to count, in seconds or milliseconds."""
    return frozenset(map(float, _TABLES["units"]["epochs"].split()))


def argument_names() -> dict[str, tuple[str, ...]]:
    """The words of a name for the argument of a function."""
    return {function: tuple(text.split()) for function, text in _TABLES["names"].items()}


def statuses(language: str) -> dict[int, tuple[str, ...]]:
    """The words of the constant for every HTTP status code, in a language."""
    texts = _TABLES["statuses"] | _TABLES.get(f"{language}-statuses", {})
    return {int(code): tuple(text.split()) for code, text in texts.items()}


def is_unit(value: float) -> bool:
    """Whether a number is a factor between units: 60, 1024, 1000, 0.01."""
    if value in _UNITS:
        return True
    whole = value if value >= 1 else round(1 / value) if value > _LEAST_UNIT else 0
    if whole != int(whole) or whole < _LEAST_POWER or (value < 1 and abs(value * whole - 1) > _EXACT):
        return False
    is_power_of_two = int(whole) & (int(whole) - 1) == 0
    return str(int(whole)).strip("0") == "1" or (is_power_of_two and value >= 1)
