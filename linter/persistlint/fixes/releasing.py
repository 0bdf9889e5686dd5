"""Connections that go back to their pool on every way out of a function."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from persistlint.diagnostic import Edit
from persistlint.fixes.ending import ending_of
from persistlint.fixes.guards import insert, is_in_loop, unsafe
from persistlint.ir import Assign, Collection, ExpressionStatement, If, Name, Try, statements_in
from persistlint.source import Range

if TYPE_CHECKING:
    from persistlint.diagnostic import Fix
    from persistlint.facts import Transaction
    from persistlint.fixes.program import Frame, Program

_TITLE = "Give it back on every way out"
_METHOD = "{name}.release()"  # of every pool of JavaScript


def given_back(program: Program, fact: Transaction, place: Range) -> tuple[Fix, ...]:
    """A deferred call of Go behind the test of the error, and elsewhere a `finally` of the `try` that follows, in the
    place of what gives the connection back on some ways only."""
    frame = program.frame(place)
    statement = frame.statement if frame is not None else None
    if frame is None or not isinstance(statement, Assign):
        return ()
    target, release = statement.target, ending_of(fact.opener.library).release
    if program.source.language == "go":
        first = target.elements[0] if isinstance(target, Collection) and target.elements else None
        return _deferred(program, frame, first.id, release) if isinstance(first, Name) else ()
    following = frame.following[0] if frame.following else None
    if not isinstance(target, Name) or not isinstance(following, Try) or following.final:
        return ()
    pool = re.match(r"(?:await\s+)?([\w.]+)\.\w+\(", program.source.text(place))
    call = (release or _METHOD).format(name=target.id, pool=pool[1] if pool is not None else "")
    if program.source.language == "python" and (not release or pool is None):
        return ()
    return _finally(program, frame, following, target.id, call)


def _deferred(program: Program, frame: Frame, name: str, release: str) -> tuple[Fix, ...]:
    test = frame.following[0] if frame.following else None
    if not release or not isinstance(test, If) or not program.is_alone(test) or frame.function is None:
        return ()
    call = release.format(name=name)
    if call in program.source.text(frame.function.range) or is_in_loop(program, frame.statement.range):
        return ()
    return unsafe(_TITLE, insert(test.range.end, f"\n{program.indentation(test.range.start)}defer {call}"))


def _finally(program: Program, frame: Frame, attempt: Try, name: str, call: str) -> tuple[Fix, ...]:
    indentation, step, end = program.indentation(attempt.range.start), program.indent, program.semicolon
    if step is None or frame.function is None:
        return ()
    given = [each for each in statements_in(frame.following) if _is_release(program, each, call)]
    behind = program.source.text(Range(frame.statement.range.end, frame.function.range.end))
    if len(re.findall(rf"\brelease\(|\b{re.escape(name)}\.(?:end|close|destroy)\(", behind)) != len(given):
        return ()
    edits = []
    for each in given:
        line = Range(program.line_start(each.range.start), program.line_end(each.range.end))
        if not program.is_alone(each) or not program.is_clean(line):
            return ()
        edits.append(Edit(Range(line.start, min(line.end + 1, len(program.source.content))), ""))
    is_python = program.source.language == "python"
    closing = (
        f"\n{indentation}finally:\n{indentation}{step}{call}"
        if is_python
        else f" finally {{\n{indentation}{step}{call}{end}\n{indentation}}}"
    )
    return unsafe(_TITLE, *edits, insert(attempt.range.end, closing))


def _is_release(program: Program, statement: object, call: str) -> bool:
    return isinstance(statement, ExpressionStatement) and program.source.text(statement.value.range) == call
