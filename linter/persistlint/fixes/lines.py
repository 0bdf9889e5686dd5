"""The lines of a file that a fix changes: where they begin and end, how they are set in, what else stands on them.

What a fix cannot be sure of it does not touch: an erroneous region, a region with comments in it, tabs mixed with
blanks, a statement that shares its line.
"""

from __future__ import annotations

import re
from collections import Counter
from functools import cached_property
from typing import TYPE_CHECKING, Protocol

from persistlint.records import dataclass
from persistlint.regexes import regex

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from persistlint.ir import Module, Statement
    from persistlint.source import Range, SourceFile

_OPENED_BY_COLON = regex(rb"^([ ]*)(?![ #])[^\n]*:[ \t]*\r?\n([ ]+)(?=[^\s#])", re.MULTILINE)
_OPENED_BY_BRACE = regex(rb"^([ ]*)(?![ /*])[^\n]*\{[ \t]*\r?\n([ ]+)(?=[^\s*/])", re.MULTILINE)
_WITHOUT = regex(rb"[^\s(){};,][ \t]*\)[ \t]*\r?$", re.MULTILINE)  # a call that ends its line
_SEMICOLON = regex(rb";[ \t]*(?://[^\n]*)?\r?$", re.MULTILINE)


class Syntax(Protocol):
    """What a fix asks of the syntax of a file: its statements, its comments and the regions with errors."""

    @property
    def source(self) -> SourceFile: ...
    @property
    def lower(self) -> Callable[[], Module]: ...
    @property
    def comments(self) -> Sequence[Range]: ...
    @property
    def errors(self) -> tuple[Range, ...]: ...


@dataclass(frozen=True)
class Lines:
    """The lines of one file, whose syntax is asked when a fix needs it."""

    syntax: Syntax

    @property
    def source(self) -> SourceFile:
        """The file itself."""
        return self.syntax.source

    @property
    def comments(self) -> Sequence[Range]:
        """The comments of the file, in order."""
        return self.syntax.comments

    def is_clean(self, range: Range) -> bool:
        """Whether a region holds neither an error nor a comment."""
        return not any(
            other.start < range.end and range.start < other.end for other in (*self.syntax.errors, *self.comments)
        )

    def is_alone(self, statement: Statement) -> bool:
        """Whether nothing but blanks stands before a statement on its first line, and behind it on its last but a
        semicolon and a comment."""
        start, end = self.line_start(statement.range.start), self.line_end(statement.range.end)
        behind = self.source.content[statement.range.end : end]
        for comment in self.comments:
            if statement.range.end <= comment.start < end:
                behind = self.source.content[statement.range.end : comment.start]
        return not self.source.content[start : statement.range.start].strip() and behind.strip() in (b"", b";")

    def line_start(self, offset: int) -> int:
        """Where the line of an offset begins."""
        return self.source.line_range(self.source.line_of(offset)).start

    def line_end(self, offset: int) -> int:
        """Where the line of an offset ends, before its line end."""
        return self.source.line_range(self.source.line_of(offset)).end

    def indentation(self, offset: int) -> str:
        """The blanks before the first character of the line of an offset."""
        line = self.source.text(self.source.line_range(self.source.line_of(offset)))
        return line[: len(line) - len(line.lstrip(" \t"))]

    @cached_property
    def indent(self) -> str | None:
        """One step of indentation, as most blocks of the file have it; None where tabs and blanks are mixed."""
        steps = re.findall(rb"^([ \t]+)(?=[^\s*])", self.source.content, re.MULTILINE)
        tabs = sum(step.startswith(b"\t") for step in steps)
        if any(b" " in step and b"\t" in step for step in steps) or 0 < tabs < len(steps):
            return None
        if tabs or self.source.language == "go":
            return "\t"
        pattern = _OPENED_BY_COLON if self.source.language == "python" else _OPENED_BY_BRACE
        pairs = pattern.findall(self.source.content)
        inner = Counter(len(step) - len(outer) for outer, step in pairs if len(step) > len(outer))
        if inner:
            return " " * inner.most_common(1)[0][0]
        return "    " if self.source.language == "python" else "  "

    def indented(self, range: Range) -> Iterator[int]:
        """The offsets where one more step of indentation goes: the first character of every line that begins in a
        range, empty lines left out."""
        first = self.source.line_of(range.start)
        for line in range_of_lines(first, self.source.line_of(max(range.start, range.end - 1))):
            start = self.source.line_range(line)
            if self.source.content[start.start : start.end].strip():
                yield start.start

    @cached_property
    def quote(self) -> str:
        """The quotes that most texts of the file have."""
        return "'" if self.source.content.count(b"'") > self.source.content.count(b'"') else '"'

    @cached_property
    def semicolon(self) -> str:
        """What ends a statement in this file: a semicolon, unless it is JavaScript that mostly goes without."""
        ended = len(_SEMICOLON.findall(self.source.content))
        is_usual = ended > 0 and ended >= len(_WITHOUT.findall(self.source.content))
        return ";" if is_usual and self.source.language in ("javascript", "typescript") else ""


def range_of_lines(first: int, last: int) -> range:
    """The numbers of lines from the first to the last."""
    return range(first, last + 1)
