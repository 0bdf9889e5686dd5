"""Where a program makes a text of values, told from its bytes alone: what the languages have in common.

Every place counts that may be one, rather too many than too few: what stands in comments and in other strings, too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from persistlint.regexes import regex

if TYPE_CHECKING:
    from collections.abc import Iterator

# The offset of a place, and the constant text around the values there, with `HOLE` for each; None where it is not
# known, or may go on on either side.
Join: TypeAlias = "tuple[int, bytes | None]"
HOLE = b"\0"

_LONGEST = 2_000  # bytes of a literal that is looked at
_NEAR = 60  # bytes before an operator
_FAR = 120  # bytes before a text
_PLUS = regex(rb"\+(?<!\+\+)(?!\+)=?")
_OPERAND_BEFORE = regex(rb"[\w\"'`)\]}\x80-\xff]\Z")
_OPERAND_BEHIND = regex(rb"[\s\\]*[\w$(\[&*\x80-\xff]")
_NUMBER_BEFORE = regex(rb"(?:(?<![\w.])\d[\d_.]*|[\w.]+\.length|\blen\([^()]*\))\Z")
_NUMBER_BEHIND = regex(rb"\s*(?:\d|len\()")
_LITERAL = regex(rb"[\s\\(]*(?:[rRbBfFuU]{0,2})([\"'`])")
# What a program says to people, and never sends: what is logged, printed, and told by an error.
_SAYS = regex(
    rb"(?:\.(?:[dD]ebug|[iI]nfo|[wW]arn(?:ing)?|[eE]rror|[eE]xception|[cC]ritical|[fF]atal|[tT]race|[pP]anic)(?:f|ln|w)?"
    rb"|\b(?:print|echo|panic|errors\.New|console\.log|log\.Print(?:f|ln)?|\w*(?:Error|Exception|Warning)))\s*\(\s*\Z"
    rb"|\braise\s+[\w.]+\([^()]*\Z"
)
# A literal on one line; of one that goes on over several lines the quotes alone. One with backquotes may have holes.
_WHOLE_LITERAL = regex(rb"\"\"\"|'''|\"(?:[^\"\\\n]|\\.)*+\"|'(?:[^'\\\n]|\\.)*+'|`[^`\n]*+`")
_LONGEST_LINE = 400  # bytes before an operator
_QUOTES = (b'"', b"'", b"`")
_SPACE = b" \t\r\n\\"
_PREFIX = b"rRbBfFuUtT"


def additions(content: bytes, comment: bytes) -> Iterator[Join]:
    """Every `+` and `+=` whose operands are not numbers by what is written. `comment` begins a comment of one line."""
    for match in _PLUS.finditer(content):
        start, end = match.span()
        head = content[max(0, start - _NEAR) : start].rstrip()
        if _OPERAND_BEFORE.search(head) is None:
            continue  # a sign, or part of a pattern
        before, behind = literal_before(content, start), literal_behind(content, end)
        if before is not None and behind is not None:
            yield start, before + behind if before and behind else None
        elif before is not None:
            yield start, before + HOLE
        elif behind is not None:
            yield start, HOLE + behind
        elif (
            _OPERAND_BEHIND.match(content, end)
            and not _adds_numbers(content, head, end)
            and not is_in_text(content, start, comment)
        ):
            yield start, None


def is_said(content: bytes, start: int) -> bool:
    """Whether the text that begins at an offset is only said to people."""
    return _SAYS.search(content, max(0, start - _FAR), start) is not None


def is_in_text(content: bytes, operator: int, comment: bytes) -> bool:
    """Whether what looks like an operator stands in a comment or a literal, as far as its line tells."""
    line = content.rfind(b"\n", max(0, operator - _LONGEST_LINE), operator) + 1
    if not line and operator > _LONGEST_LINE:
        return False
    if content[line:operator].lstrip().startswith(comment):
        return True
    return any(
        match.end() > operator
        for match in _WHOLE_LITERAL.finditer(content, line, operator + _LONGEST_LINE)
        if match.start() < operator and match[0][:1] != b"`"
    )


def literal_before(content: bytes, end: int) -> bytes | None:
    """The text of the literal that ends before an offset, perhaps in parentheses; None where there is none, and empty
    where it is not known."""
    end = _skipped(content, end)
    if content[end - 1 : end] == b")":
        end = _skipped(content, end - 1)
    quote = content[end - 1 : end]
    if quote not in _QUOTES or end == 0:
        return None
    start = content.rfind(quote, max(0, end - _LONGEST), end - 1)
    if start < 0 or content[start - 1 : start] == b"\\" or follows_literal(content, start):
        return b""
    return content[start + 1 : end - 1]


def literal_behind(content: bytes, start: int) -> bytes | None:
    """The text of the literal that begins behind an offset; None where there is none, and empty where it is not known
    to its end."""
    match = _LITERAL.match(content, start)
    if match is None:
        return None
    end = content.find(match[1], match.end(), match.end() + _LONGEST)
    if end < 0 or content[end - 1 : end] == b"\\" or leads_to_literal(content, end + 1):
        return b""
    return content[match.end() : end]


def follows_literal(content: bytes, start: int) -> bool:
    """Whether the literal at an offset goes on with the text of one before it, as in Python and C."""
    while start and content[start - 1 : start] in _PREFIX:
        start -= 1
    start = _skipped(content, start)
    return start > 0 and content[start - 1 : start] in _QUOTES


def leads_to_literal(content: bytes, end: int) -> bool:
    """Whether the literal that ends at an offset goes on with the text of one behind it."""
    match = _LITERAL.match(content, end)
    return match is not None and b"(" not in match.group()


def _skipped(content: bytes, end: int) -> int:
    """The offset behind the last byte before another one that is no space."""
    while end and content[end - 1] in _SPACE:
        end -= 1
    return end


def _adds_numbers(content: bytes, head: bytes, end: int) -> bool:
    """Whether one side of a `+` without literals is a number, which is not added to a text before."""
    if _NUMBER_BEHIND.match(content, end):
        return True
    number = _NUMBER_BEFORE.search(head)
    return number is not None and not head[: number.start()].rstrip().endswith(b"+")
