"""Where a program says that a failure need go no further: in a comment, in the words of a log, in its documentation."""

from __future__ import annotations

import re
from bisect import bisect_left
from typing import TYPE_CHECKING

from persistlint.ir import ExpressionStatement, String
from persistlint.regexes import regex
from persistlint.source import Range

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.analysis.transactions.file import File
    from persistlint.ir import Block, Function

_OWN = "persistlint:"  # it silences a report, which there is to be then
_FEWEST_WORDS = 4  # of a comment that explains something, its mark included
# What tells a tool to look away gives no reason; what stands behind it may.
_PRAGMA = regex(
    r"noqa(?::\s*[A-Z]+\d+(?:[,\s]+[A-Z]+\d+)*)?|nosec(?:\s+B\d+)?|pragma:\s*no\s+\w+|pylint:\s*disable=[\w,-]+"
    r"|type:\s*ignore(?:\[[\w,\s-]*\])?|nolint(?::[\w,-]+)?|(?:eslint|biome|prettier|oxlint)-\S+(?:\s+[\w@/-]*[-/][\w@/-]+,?)*"
)
_TOLERATES = regex(
    r"best[- ]?effort|non[- ]?(?:fatal|critical|blocking|essential)|not (?:fatal|critical)|fire[- ]and[- ]forget"
    r"|\bswallow(?!ed-)|\bfail(?:s|ing|ure)?[- ](?:open|silent(?:ly)?|soft(?:ly)?)\b"
    r"|\bnever (?:\w+ )?(?:throw|fail|raise|block|break|abort|crash)(?:s|es)?\b"
    r"|(?:\b(?:must|should|do|does|will|can|may|shall)(?: not|n['’]t)|cannot|\bnot) (?:\w+ )?"
    r"(?:fail|block|break|throw|raise|abort|crash|prevent|interrupt|disrupt|bubble|propagate|stop|take down)\b"
    r"|\bdo(?: not|n['’]t) let\b|\bif (?:this|it|that|the \w+(?: \w+)?) fails\b"
    r"|\bfail(?:ed|ure)? to (?:log|audit)\b|\b(?:could|can)(?: not|n['’]t) (?:log|audit)\b"
    r"|\b(?:continuing|proceeding|carrying on)\b|\b(?:continue|proceed|carry on) (?:anyway|without|regardless)\b",
    re.IGNORECASE,
)


def is_explained(file: File, handler: Range, end: int) -> bool:
    """Whether a comment of some words stands in a handler, or right behind its `end`, no less indented than its last
    line. At its head, where most comments say what it takes, only one that gives another tool a reason counts."""
    first = file.source.line_range(file.source.line_of(handler.start)).end
    last = file.source.line_range(file.source.line_of(end))
    close, line = last.end, file.source.text(last)
    for comment in file.comments[bisect_left(file.comments, handler.start, key=_start) :]:
        # `catch { /* the next visit writes it again */ }`; where a comment goes on behind that, it is of the line.
        is_whole = comment.end < handler.end <= first
        if comment.start <= first and not is_whole:
            if comment.end <= handler.end and _gives_reason(file.source.text(comment)):
                return True
            continue
        if comment.start > close:
            between = file.source.text(Range(close, comment.start))
            if between.strip() or len(between.rpartition("\n")[2]) < len(line) - len(line.lstrip()):
                return False
            close = comment.end
        if len(file.source.text(comment).split()) >= _FEWEST_WORDS:
            return True
    return False


def _gives_reason(comment: str) -> bool:
    """Whether a comment at the head of a handler tells a tool to look away, and then why."""
    reason, pragmas = _PRAGMA.subn("", comment)
    return pragmas > 0 and len(reason.split()) >= _FEWEST_WORDS


def is_tolerated(file: File, function: Function | None, start: int, handler: Range, body: Block) -> bool:
    """Whether what may fail from `start` on is said to fail without harm: above it, in its handler and what that logs,
    or in the documentation of the function."""
    said = file.source.text(Range(handler.start, max(handler.end, body[-1].range.end)) if body else handler)
    said = "" if _OWN in said else said
    if any(map(_TOLERATES.search, (said, *_above(file, start)))):
        return True
    return function is not None and _is_tolerant(file, function)


def _is_tolerant(file: File, function: Function) -> bool:
    """Whether the documentation of a function says so, which is read once for all of its handlers."""
    known = file.tolerant.get(id(function))
    if known is None:
        known = file.tolerant[id(function)] = any(map(_TOLERATES.search, _documentation(file, function)))
    return known


def _documentation(file: File, function: Function) -> Iterator[str]:
    yield from _above(file, function.range.start)
    match function.body[:1]:
        case (ExpressionStatement(value=String(value=text)),):
            yield text


def _above(file: File, offset: int) -> Iterator[str]:
    """The comments right above the line of an offset, each alone on its line."""
    top = file.source.line_range(file.source.line_of(offset)).start
    for comment in reversed(file.comments[: bisect_left(file.comments, top, key=_start)]):
        start = file.source.line_range(file.source.line_of(comment.start)).start
        around = file.source.text(Range(start, comment.start)) + file.source.text(Range(comment.end, top))
        if around.strip():
            return
        text = file.source.text(comment)
        if _OWN not in text:
            yield text
        top = start


def _start(range: Range) -> int:
    return range.start
