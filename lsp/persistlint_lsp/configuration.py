"""Configuration files while they are written: what can stand at a place, and what is meant by what stands there.

A line at a time, for what is half written is no TOML yet.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from persistlint.configuration.config_file import DIALECTS, KEYS, SEVERITIES
from persistlint.configuration.config_keys import DESCRIPTIONS, NAMES
from persistlint.configuration.selection import selectors
from persistlint.profiles import profiles
from persistlint.regexes import regex
from persistlint.rules import every_rule, group_of, load
from persistlint_lsp.mentions import Mention, word_at

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_HEADER = regex(r"\s*\[(?P<path>[^\]\[#]*)")
_KEY = regex(r"""\s*(?P<path>(?:[\w-]+|"[^"]*"|'[^']*')(?:\s*\.\s*(?:[\w-]+|"[^"]*"|'[^']*'))*)\s*=""")
_PART = regex(r"""[\w-]+|"[^"]*"|'[^']*'""")
_STRING = regex(r"""#.*|"[^"\n]*"?|'[^'\n]*'?""")
_SHARED = ("tool", "persistlint")  # the table of pyproject.toml that is ours


@dataclass(frozen=True)
class Place:
    """A place in a configuration file: the table or value that `path` leads to, from persistlint's own table on, and
    the word there."""

    path: tuple[str, ...]
    is_value: bool
    mention: Mention


def place_at(lines: Sequence[str], line: int, column: int, *, is_shared: bool) -> Place | None:
    """The place at a line and an index into it; `is_shared` for pyproject.toml, where None is what is not ours."""
    text = lines[line].rstrip("\r\n")
    mention = word_at(text, column)
    first = next((number for number in range(line, -1, -1) if _HEADER.match(lines[number])), -1)
    header = _HEADER.match(lines[first]) if first >= 0 else None
    if first == line:
        path, is_value = _path(text[: mention.start]), False
    else:
        table = _path(header["path"]) if header else ()
        key = _key_of_value(lines[first + 1 : line], text[:column])
        path, is_value = (*table, *(key or _path(text[: mention.start]))), bool(key)
    if is_shared and path[: len(_SHARED)] != _SHARED:
        return None
    return Place(path[len(_SHARED) :] if is_shared else path, is_value, mention)


def words(place: Place) -> Mapping[str, str]:
    """What can be written at a place, with a sentence about each."""
    match place.path:
        case () if not place.is_value:
            return {key: DESCRIPTIONS.get(key, "") for key in KEYS}
        case ("names",) if not place.is_value:
            return NAMES
        case ("rules",) if not place.is_value:
            return {rule.name: rule.summary for rule in every_rule()}
        case ("rules", rule) if not place.is_value and group_of(rule):
            options = {option.name: option.description for option in load(rule).options}
            return {"severity": f"How bad it is: {load(rule).severity.value} without this.", **options}
        case ("rules", _, "severity"):
            return dict.fromkeys(SEVERITIES, "")
        case ("profile",):
            return dict.fromkeys(profiles(), "")
        case ("dialect",):
            return dict.fromkeys(DIALECTS, "")
        case ("select" | "extend-select" | "ignore",) | ("per-file-ignores", _):
            return {name: _about(name) for name in selectors()}
    return {}


def _about(selector: str) -> str:
    return load(selector).summary if group_of(selector) else ""


def _path(text: str) -> tuple[str, ...]:
    return tuple(match.group().strip("\"'") for match in _PART.finditer(text))


def _key_of_value(lines: Sequence[str], text: str) -> tuple[str, ...]:
    """The key whose value is at the end of `text`, which may have begun on one of the lines before; else ()."""
    rows = [*lines, text]
    begun = next((number for number in range(len(rows) - 1, -1, -1) if _KEY.match(rows[number])), None)
    if begun is None or (key := _KEY.match(rows[begun])) is None:
        return ()
    value = _STRING.sub("", "".join(rows[begun:])[key.end() :])
    is_open = begun == len(rows) - 1 or value.count("[") > value.count("]")
    return _path(key["path"]) if is_open else ()
