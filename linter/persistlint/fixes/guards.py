"""Statements that stand before another one and leave where something is missing, in the language of the file."""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING

from persistlint.diagnostic import Applicability, Edit, Fix
from persistlint.fixes.go import returned
from persistlint.fixes.imports import go_package
from persistlint.ir import Comprehension, Lambda, Loop, expressions_in, names_in
from persistlint.regexes import regex
from persistlint.source import Range

if TYPE_CHECKING:
    from persistlint.fixes.program import Frame, Program

_PURE = regex(r"[\w.]+(?:\[(?:\"[^\"\[\]]*\"|'[^'\[\]]*'|\w+)\][\w.]*)*")  # a path without calls
_WORD = regex(r"[^\W\d]\w*")
_KEYWORDS = ("", "const", "let", "var")
_BEFORE = {"go": ("", "if"), "javascript": _KEYWORDS, "typescript": _KEYWORDS}  # what is no part of a statement here


def unsafe(title: str, *edits: Edit) -> tuple[Fix, ...]:
    """A fix that a person has to look at; none without edits."""
    return (Fix(title, edits, Applicability.UNSAFE),) if edits else ()


def insert(at: int, text: str) -> Edit:
    """Put a text at a byte offset."""
    return Edit(Range(at, at), text)


def is_plain(text: str) -> bool:
    """Whether an expression can be written twice: it calls nothing."""
    return _PURE.fullmatch(text) is not None


def guarded_place(program: Program, place: Range) -> Frame | None:
    """The statement around a place, where a guard can stand on the lines before it: in the braces of a function, and
    the first thing on its line but for Go's `if`."""
    frame = program.frame(place)
    if frame is None or frame.function is None or program.indent is None:
        return None
    start = program.line_start(frame.statement.range.start)
    before = program.source.text(Range(start, frame.statement.range.start)).strip()
    if before not in _BEFORE.get(program.source.language, ("",)):
        return None
    above = program.source.content[:start].rstrip()[-1:]
    if program.source.language == "python" or before == "if":
        return frame
    is_open = above in (b"{", b":") or (frame.index > 0 and above != b",")  # no branch without braces
    return frame if is_open else None


def guard(program: Program, frame: Frame, condition: str, leave: str) -> Edit:
    """`if condition { leave }` on lines of its own before a statement."""
    start = above_comments(program, frame.statement.range.start)
    indentation, step = program.indentation(frame.statement.range.start), program.indent or ""
    if program.source.language == "python":
        return insert(start, f"{indentation}if {condition}:\n{indentation}{step}{leave}\n")
    test = condition if program.source.language == "go" else f"({condition})"
    return insert(start, f"{indentation}if {test} {{\n{indentation}{step}{leave}\n{indentation}}}\n")


def line_before(program: Program, frame: Frame, line: str) -> Edit:
    """A statement on a line of its own before another one."""
    start = above_comments(program, frame.statement.range.start)
    return insert(start, f"{program.indentation(frame.statement.range.start)}{line}\n")


def above_comments(program: Program, offset: int) -> int:
    """Where the line of an offset begins, or the first of the comments right above it that stand on lines of their
    own: they speak of what is there, or tell a tool of it."""
    start = program.line_start(offset)
    while start > 0:
        end = start - 1 - program.source.content.startswith(b"\r", start - 2)
        index = bisect_left(program.comments, end, key=lambda comment: comment.end)
        comment = program.comments[index] if index < len(program.comments) else None
        if comment is None or comment.end != end:
            break
        above = program.line_start(comment.start)
        if program.source.content[above : comment.start].strip():
            break
        start = above
    return start


def is_in_loop(program: Program, place: Range) -> bool:
    """Whether a place stands in a loop of its function."""
    frames = program.frames(place)
    function = frames[-1].function if frames else None
    return any(isinstance(frame.statement, Loop) and frame.function is function for frame in frames)


def has_names_inside(program: Program, frame: Frame, place: Range) -> bool:
    """Whether what stands at a place has a name that is known inside its statement alone: the variable of a
    comprehension, or the parameter of a function."""
    words = frozenset(_WORD.findall(program.source.text(place)))
    for each in expressions_in(frame.statement):
        if place in each.range and isinstance(each, Comprehension) and not words.isdisjoint(names_in(each.target)):
            return True
        if place in each.range and isinstance(each, Lambda) and any(p.name in words for p in each.function.parameters):
            return True
    return False


def go_failure(program: Program, frame: Frame, error: str, package: str = "") -> tuple[str, tuple[Edit, ...]] | None:
    """How a function of Go leaves with an error: the statement, and the import that it needs."""
    needed = go_package(program, package) if package else ("", ())
    leave = returned(program, frame.function, error)
    return (leave, needed[1]) if leave is not None and needed is not None else None
