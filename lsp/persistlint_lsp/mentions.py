"""Where rules are named: in comments that suppress them. Columns are indices into the line."""

from __future__ import annotations

from dataclasses import dataclass

from persistlint.regexes import regex

_LIST = regex(r"persistlint:[ \t]*ignore(?:-file)?[ \t]*\[(?P<names>[^\]]*)")
_NAME = regex(r"[\w-]+")


@dataclass(frozen=True)
class Mention:
    """The word at a place where a rule or a group can be named, and its columns; "" where none is written yet."""

    word: str
    start: int
    end: int


def mention_at(line: str, column: int) -> Mention | None:
    """The name at a column of a line, None outside of the list of a suppression."""
    for match in _LIST.finditer(line):
        if match.start("names") <= column <= match.end("names"):
            return word_at(line, column)
    return None


def word_at(line: str, column: int) -> Mention:
    """The word of letters, digits and hyphens at a column."""
    for match in _NAME.finditer(line):
        if match.start() <= column <= match.end():
            return Mention(match.group(), match.start(), match.end())
    return Mention("", column, column)
