"""How a driver writes bind parameters, and which of them a text has already."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from persistlint.fixes.binding.refusal import RefusalError
from persistlint.records import dataclass
from persistlint.regexes import regex
from persistlint.sql.lexer import Kind, tokenize

if TYPE_CHECKING:
    from collections.abc import Collection

    from persistlint.source import SourceFile

_NAME = regex(r"\w+")
_POSITIONAL = ("?", "%s")


@dataclass(frozen=True, slots=True)
class Mark:
    """One bind parameter that the text has: its half-open offsets, its number or its name."""

    start: int
    end: int
    key: str


@dataclass(frozen=True, slots=True)
class Style:
    """How bind parameters are written: `?`, `%s`, `$1`, `:name`, `%(name)s`, `@name`, `{name: String}`.
    `is_described` where their values are objects that have the name."""

    pattern: str
    is_described: bool = False

    @property
    def is_positional(self) -> bool:
        """Whether the order of the marks is that of the values."""
        return self.pattern in _POSITIONAL

    @property
    def is_numbered(self) -> bool:
        """Whether a mark says the number of its value."""
        return self.pattern == "$1"

    @property
    def is_named(self) -> bool:
        """Whether a mark says the name of its value."""
        return not self.is_positional and not self.is_numbered

    @property
    def is_mapping(self) -> bool:
        """Whether the values are passed as a mapping, by the names of their marks."""
        return self.is_named and not self.is_described

    @property
    def is_percent(self) -> bool:
        """Whether a percent sign begins a mark."""
        return self.pattern.startswith("%")

    def mark(self, key: str) -> str:
        """The mark with that name or number."""
        if self.is_positional:
            return self.pattern
        return f"${key}" if self.is_numbered else self.pattern.replace("name", key)

    def around(self, key: str) -> tuple[str, str]:
        """What stands before and behind the number of a mark that is called by a name and a number."""
        before, _, behind = self.mark(f"{key}_\0").partition("\0")
        return before, behind


def style_of(placeholder: str, text: str, dialect: str | None) -> tuple[Style, list[Mark]]:
    """The style of a text and the marks that it has. Raises `RefusalError` where it mixes styles, or has
    one that no value can be given in."""
    if placeholder == "{}":
        raise RefusalError("the placeholders of this driver are those of a format string")
    named = {"?": ":name", "%s": "%(name)s"}.get(placeholder)
    own = _marks(placeholder, text, dialect)
    other = _marks(named, text, dialect) if named is not None else []
    if placeholder == "?" and dialect == "clickhouse":  # whose driver of Go takes numbers, too, but no two kinds
        numbered = _marks("$1", text, dialect)
        if numbered and not own:
            return Style("$1"), numbered
        other = other or numbered
    if own and other:
        raise RefusalError("the SQL mixes two kinds of placeholders")
    if other and named is not None:
        return Style(named), other
    return Style(placeholder), own


@lru_cache(maxsize=8)  # every query of a file may ask for them
def names_of_marks(style: Style, source: SourceFile) -> frozenset[str]:
    """The names of all marks in the texts of a file; nothing where marks have none."""
    if not style.is_named:
        return frozenset()
    before, behind = style.pattern.split("name")
    pattern = rb"(?<=[\s(=,%'\"<>+-])" + re.escape(before.encode()) + rb"(\w+)" + re.escape(behind.encode())
    return frozenset(name.decode() for name in re.findall(pattern, source.content))


def fresh_name(wanted: str, taken: Collection[str]) -> str:
    """A name that none of the others has, nor one of those that end with an underline and go on with a number."""
    if f"{wanted}_" in taken:
        wanted = f"other_{wanted}"
    if wanted not in taken:
        return wanted
    number = 2
    while f"{wanted}_{number}" in taken:
        number += 1
    return f"{wanted}_{number}"


def _marks(pattern: str, text: str, dialect: str | None) -> list[Mark]:
    found = []
    lead = pattern[0]
    for token in tokenize(text, dialect):
        is_mark = token.kind is Kind.PARAMETER or (pattern == "?" and token.text == "?")
        if not is_mark or not token.text.startswith(lead):
            continue
        if pattern == "%s" and token.text != "%s":
            continue
        if pattern == "?" and token.text != "?":
            raise RefusalError("the SQL has placeholders with numbers of their own")
        if pattern == "%(name)s" and not token.text.startswith("%("):
            continue
        if pattern == "$1" and not token.text[1:].isdigit():
            continue
        name = _NAME.search(token.text)
        found.append(Mark(token.start, token.end, name.group() if name else ""))
    return found
