"""Which numbers a comment explains."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from persistlint.analysis.numbers.said import saying
from persistlint.ir import ExpressionStatement, String
from persistlint.regexes import regex
from persistlint.source import Range

if TYPE_CHECKING:
    from persistlint.ir import Function
    from persistlint.languages import Syntax

_WORDS = regex(r"\w+")
_WITH_UNIT = regex(r"\d+[a-zA-Z]+")
# What is said to a tool: no space stands behind its colon, or the tool is one that takes one; or what it is expected to
# say, at a place by a rule.
_DIRECTIVE = regex(
    r"\W*[a-z][\w-]*:(?!//)\S"
    r"|\W*[a-z]+(?:\(-\d+\))?: (?:\d+ )?\["
    r"|\W*(?:biome|c8|codeql|cspell|deno|eslint|flake8|fmt|isort|istanbul|jshint|mypy|nolint|noqa|nosec|persistlint|pragma"
    r"|prettier|pylint|pyright|ruff|spell|ts|tslint|type|v8|yapf)\b"
)
_INLINE = regex(rb"[ \t]*/\*")
_LONGEST = 300  # bytes of a comment, and of what stands before it on its line, that are looked at
NEAR = 3  # lines above a number whose comments may still speak of it


class Comments:
    """The comments of one file. What only speaks to a tool (`noqa: …`) explains nothing."""

    def __init__(self, syntax: Syntax) -> None:
        self.source = syntax.source
        self.ranges = syntax.comments

    def explains(
        self, number: Range, value: float | None = None, function: Function | None = None, written: str = ""
    ) -> bool:
        """Whether the line on which a number ends does so in a comment, or one beside it speaks of the number, which
        comes to `value` if it is one: above it, on the line behind it, or in the documentation of its function.
        `written` is how the number is written, where it is not as in the code."""
        beside = self._behind.get(self.source.line_of(number.end), "")
        if len(_WORDS.findall(beside)) > 1 or _WITH_UNIT.fullmatch(beside):
            return True
        line = self.source.line_of(number.start)
        first = self.source.line_of(function.range.start) if function is not None else 1
        is_part = function is None or not function.name  # of what the comment above it speaks of
        lines = [first, *range(max(line - NEAR, 1 if is_part else first), line + 1)]
        if function is not None:
            behind = self.source.line_of(number.end) + 1
            lines += [behind + 1] if behind <= self.source.line_of(function.range.end) else []
        near = (beside, self._behind.get(line - 1), *map(self.above, lines))
        texts = [text for text in near if text]
        if function is not None and function.body and isinstance(said := function.body[0], ExpressionStatement):
            texts += [said.value.value[:_LONGEST]] if isinstance(said.value, String) else []
        return bool(texts) and any(map(saying(written or self.source.text(number), value).search, texts))

    def above(self, line: int) -> str | None:
        """The comment that ends on the line above a 1-based line, with those above it; None if there is none."""
        return self._above.get(line - 1)

    def name(self, code: Range) -> bool:
        """Whether a comment says what a code is that something is compared with: behind it, where one word or sign is
        enough (`case 3: // affiliationChanged`, `61 /* '=' */`), or at or behind the first line of what follows."""
        if _INLINE.match(self.source.content, code.end):
            return True
        line = self.source.line_of(code.end)
        follows = f"{self._above.get(line + 1, '')}\n{self._behind.get(line + 1, '')}"
        return bool(self._behind.get(line, "").strip()) or any(" " in text.strip() for text in follows.split("\n"))

    def precedes(self, number: Range) -> bool:
        """Whether the line above a number is a comment, which tells what the number on its own line stands for."""
        return bool((self.above(self.source.line_of(number.start)) or "").strip())

    @cached_property
    def _behind(self) -> dict[int, str]:
        """The comments that code stands before, by their line."""
        alone = self._is_alone
        return {self.source.line_of(range.start): self._text(range) for range in self.ranges if not alone(range)}

    @cached_property
    def _above(self) -> dict[int, str]:
        """The comments that stand alone, by the line on which they end; with those on the lines above them."""
        found: dict[int, str] = {}
        for range in self.ranges:
            if self._is_alone(range):
                above = found.get(self.source.line_of(range.start) - 1, "")
                found[self.source.line_of(range.end)] = f"{above[-_LONGEST:]} {self._text(range)}"
        return found

    def _is_alone(self, range: Range) -> bool:
        start = self.source.line_starts[self.source.line_of(range.start) - 1]
        return range.start - start < _LONGEST and not self.source.content[start : range.start].strip()

    def _text(self, range: Range) -> str:
        text = self.source.text(Range(range.start, min(range.end, range.start + _LONGEST)))
        return "" if _DIRECTIVE.match(text) else text.strip("#/* \t")
