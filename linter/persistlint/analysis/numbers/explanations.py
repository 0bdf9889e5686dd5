"""Which numbers of a function something beside them explains: a comment, a text, the name of the function."""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING

from persistlint.analysis.numbers.said import is_in_name, is_said, saying
from persistlint.analysis.numbers.vocabulary import words
from persistlint.facts import NumberRole
from persistlint.ir import Attribute, Call
from persistlint.records import dataclass
from persistlint.regexes import regex

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.analysis.numbers.branches import Branches
    from persistlint.analysis.numbers.comments import Comments
    from persistlint.analysis.numbers.places import Place
    from persistlint.ir import Expression, Function
    from persistlint.source import Range, SourceFile

_EQUALITY = frozenset(["==", "!="])
_TARGET = regex(rb"\s*(?:(?:const|let|var) )?([\w.]+)(?:: ?[\w.]+)? ?:?=(?!=)")
_SHOWN = regex(rb"[\"'`>](\d+)\+[\"'`<]")
_BELOW = frozenset(["<", "<="])
_ENDS = {"<": -1, ">=": -1, ">": 1, "<=": 1}  # from a bound to the number beside it, on the other side
_LEAST_END = 5  # the numbers beside smaller ones are said for many reasons
_DIGITS = frozenset(["9", "10", "99", "100"])
_TWO_DIGITS, _PADDED = 10, regex(rb"[\"'`]0[\"'`] ?[+.]")
_FILLED = regex(rb"(?m)^(?:return )?[\"'`]0")
_LISTED = regex(rb"(?m)^[ \t]*(?:#|//|\*)[ \t]*(\d+)[ \t]*(?:[:=]|->?)[ \t]+[A-Za-z]")
_ONE_OF_SEVERAL = regex(rb"[ \t]*[,\r\n]")
_CUT = regex(rb"(?:\.(?:slice|substr|substring)\(0, ?|\[0?:)(\d{1,6})\b")
_ELLIPSIS = regex(rb"(?:\.\.\.|\xe2\x80\xa6)[^\n\"'`]{0,20}[\"'`]")
_SENTENCE = 3  # words, with fewer of which a comment says little
_LINES_ABOVE = 3
_SECOND = 1000  # in the milliseconds of a `setTimeout`
_LONGEST = 400  # bytes before a wait that are looked at


@dataclass
class Explanations:
    """What explains the numbers of one scope: the top level of a file, where `function` is None, or a function."""

    source: SourceFile
    function: Function | None
    comments: Comments
    branches: Branches

    def explain(self, number: Expression, value: float, place: Place) -> bool:
        """Whether a comment explains a number, a text says it (`must have 8 letters`), or the name of the function has
        it in it: `has_at_least_8_letters`."""
        name = self.function.name if self.function is not None else ""
        bounds = tuple(self._bounds(number.range, value, place))
        if any(self.comments.explains(number.range, said, self.function, text) for text, said in bounds):
            return True
        if self.source.text(number.range) in words(name):
            return True
        if place.operator in _EQUALITY and (
            self.comments.name(number.range) or self.source.text(number.range) in self._listed
        ):
            return True
        if place.operator in _EQUALITY and place.other is not None and self._holds(place.other, number.range):
            return True
        if place.role is NumberRole.STEP and place.operator == "+" and self.comments.precedes(number.range):
            return True  # one part after the other is added up
        if place.role is NumberRole.COMPARISON and self.source.text(number.range) in self._shown:
            return True
        is_clamp = place.role is NumberRole.ARGUMENT and bool(place.operator)
        if (place.operator in _ENDS or is_clamp) and self._is_decided(number.range):
            return True
        if place.operator in _ENDS and self._shortens(number.range, value, place):
            return True
        if len(self.source.text(number.range)) > 1 and is_in_name(
            self.source.text(number.range), self._around(number.range)
        ):
            return True
        if self._is_target(number.range, value) or self._collects(value, place):
            return True
        if place.operator in _BELOW and _fits(self.source.text(number.range), self.branches.behind(number.range)):
            return True  # the bracket that it falls into, or what the digits of a number are filled up to
        if place.operator in _ENDS and value == _TWO_DIGITS and _PADDED.search(self.branches.behind(number.range)):
            return True
        if place.rejects and _stands_in(self.source.text(number.range), self.branches.behind(number.range)):
            return True  # `"at most %d"` with the number behind it
        telling = self._telling(number.range, place)
        return any(is_said(text, said, telling) for text, said in bounds)

    def _bounds(self, number: Range, value: float, place: Place) -> Iterator[tuple[str, float]]:
        """A number as it is written, without its sign, and what it comes to; and the last one that its test leaves on
        this side of it: 3999 of `n < 4000`."""
        yield self.source.text(number).lstrip("-"), abs(value)
        if place.operator in _ENDS and value == int(value) and value >= _LEAST_END:
            last = int(value) + _ENDS[place.operator]
            yield str(last), last

    @cached_property
    def _shown(self) -> frozenset[str]:
        """The bounds that the function shows people where there is more than they see: `"99+"`."""
        return self.source.found(_SHOWN, self.function.range) if self.function is not None else frozenset()

    @cached_property
    def _listed(self) -> frozenset[str]:
        """The codes that comments in the function list with what they stand for: `# 3: header`."""
        return self.source.found(_LISTED, self.function.range) if self.function is not None else frozenset()

    def _telling(self, number: Range, place: Place) -> bytes:
        """Where a text may say a number: behind the test of it, and on the lines above a wait."""
        if said := self.branches.behind(number):
            return said
        if place.waits is None:
            return self._follows() if place.role is NumberRole.COMPARISON else b""
        line = self.source.line_of(place.other.range.start if place.other is not None else number.start)
        first = max(line - _LINES_ABOVE, self.source.line_of(self.function.range.start) if self.function else 1)
        start = self.source.line_starts[min(first, line) - 1]
        return self.source.content[max(start, number.start - _LONGEST) : number.start]

    def _is_decided(self, number: Range) -> bool:
        """Whether a comment right above a bound says in words what is decided there: `# no avatars where many are in`.
        One above the function says what that does, and one above `} else if` speaks of the branch before."""
        line = self.source.line_of(number.start)
        is_inside = self.function is not None and line - 1 > self.source.line_of(self.function.range.start)
        before = self.source.content[self.source.line_starts[line - 1] : number.start].lstrip()
        is_first = not before.startswith((b"}", b"elif ", b"else"))
        return is_inside and is_first and len((self.comments.above(line) or "").split()) >= _SENTENCE

    def _shortens(self, number: Range, value: float, place: Place) -> bool:
        """Whether only as much of a long text is shown as fits: `len(note) > 80` leads to `note[:80] + "…"`."""
        behind, other = self.branches.behind(number), place.other
        if not isinstance(other, Call | Attribute) or not _ELLIPSIS.search(behind):
            return False
        measured = (
            other.value if isinstance(other, Attribute) else other.arguments[0].value if other.arguments else other
        )
        text = re.escape(self.source.text(measured.range)[:_LONGEST].encode())
        cuts = re.findall(rb"(?<![\w.])%s(?:\.\w+\(\))*%s" % (text, _CUT.pattern), behind)
        return bool(cuts) and all(int(length) <= value for length in cuts)

    def _is_target(self, number: Range, value: float) -> bool:
        """Whether what is calculated is assigned to a name that says the number: `fiveMinutesAgo = now - 5 * 60`."""
        line = self.source.line_of(number.start)
        target = _TARGET.match(self.source.content, self.source.line_starts[line - 1], number.start)
        if target is None:
            return False
        spoken = " ".join(words(target[1].decode("ascii", "ignore")))
        return saying(self.source.text(number), value).search(spoken) is not None

    def _holds(self, other: Expression, number: Range) -> bool:
        """Whether a number is looked for in what a text has it in: `parse('{"value": 42}').value == 42`."""
        digits = re.escape(self.source.text(number).encode())
        end = min(other.range.end, other.range.start + _LONGEST)
        quoted = rb"[\"'`][^\n]*(?<![\w.])%s(?![\w.])[^\n]*[\"'`]" % digits
        return re.search(quoted, self.source.content[other.range.start : end]) is not None

    def _collects(self, value: float, place: Place) -> bool:
        """Whether a delay of less than a second is kept as one that collects events: `debounce = setTimeout(…, 300)`.
        How long for is a matter of feel."""
        if place.waits is None or place.other is None or value >= _SECOND:
            return False
        start = place.other.range.start
        target = _TARGET.match(self.source.content, self.source.line_starts[self.source.line_of(start) - 1], start)
        return target is not None and b"debounce" in target[1].lower()

    def _around(self, number: Range) -> bytes:
        """The line of a number, and those above and below it."""
        line = self.source.line_of(number.start)
        last = min(line + 1, len(self.source.line_starts))
        start, end = self.source.line_starts[max(line - 2, 0)], self.source.line_range(last).end
        return self.source.content[max(start, number.start - _LONGEST) : min(end, number.end + _LONGEST)]

    def _follows(self) -> bytes:
        """What follows a function of one line that is one of several things, on that line and the next:
        `{check: (text) => text.length > 6, message: "7 letters"}`."""
        if self.function is None:
            return b""
        end = self.function.range.end
        first, last = (self.source.line_of(each) for each in (self.function.range.start, end))
        if first != last or not _ONE_OF_SEVERAL.match(self.source.content, end):
            return b""
        behind = self.source.line_range(min(last + 1, len(self.source.line_starts)))
        return self.source.content[end : min(max(behind.end, end), end + _LONGEST)]


def _fits(number: str, branch: bytes) -> bool:
    """Whether what is below a number comes to just that number, or gets a zero in front: `n < 10 ? "0" + n : n`."""
    if number in _DIGITS and _FILLED.search(branch):
        return True
    return re.search(rb"^return %s\b;?\s*$" % re.escape(number.encode()), branch, re.MULTILINE) is not None


def _stands_in(number: str, branch: bytes) -> bool:
    """Whether a branch that turns somebody away hands the number to a message."""
    return b"%" in branch and re.search(rb",\s*%s\b" % re.escape(number.encode()), branch) is not None
