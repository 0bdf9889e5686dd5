"""Transactions that end on every way out: rolled back where something fails, committed where nothing does."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from persistlint.diagnostic import Applicability, Edit, Fix
from persistlint.fixes.ending import ending_of
from persistlint.fixes.go import returned
from persistlint.fixes.guards import guarded_place, insert, is_in_loop, line_before, unsafe
from persistlint.fixes.refusal import RefusalError
from persistlint.fixes.wrapping import wrapped
from persistlint.ir import (
    Assign,
    Await,
    Call,
    Collection,
    Defer,
    ExpressionStatement,
    If,
    Name,
    Return,
    Statement,
    Try,
    With,
    statements_in,
)
from persistlint.regexes import regex
from persistlint.source import Range

if TYPE_CHECKING:
    from persistlint.facts import Transaction, Uncommitted
    from persistlint.fixes.program import Frame, Program

_ROLLBACKS = {"COMMIT": "ROLLBACK", "commit": "rollback"}
_ROOT = regex(r"^await\s+|\.\w+\(.*$|^(?:const|let|var)\s+", re.DOTALL)  # what is no handle
_RELEASE = regex(r"\.(?:release|end|close)\(")
_COMMIT = regex(r"\bcommitTransaction\b|\bCOMMIT\b|\bcommit\b")
_LEAVES = r"\breturn\b[^\n]*\b{0}\b(?!\.)|[=:{{][ \t]*&?{0}\b(?!\.)"  # how a handle outlives its function
_SET_AGAIN = r"(?<![\w.]){0}\s*(?:,[^=:\n]*)?=(?!=)"


def rolled_back(program: Program, fact: Transaction) -> tuple[Fix, ...]:
    """A deferred rollback in Go, and elsewhere a handler around what follows the begin, up to its commit."""
    place = fact.leak or fact.range
    frame = program.frame(place)
    handle = fact.handle.name if fact.handle is not None else fact.opener.name
    if frame is None:
        return ()
    if program.source.language == "go":
        return _deferred(program, fact, frame, handle)
    names = {handle, fact.opener.name, _ROOT.sub("", program.source.text(frame.statement.range))}
    commit = next((each for each in frame.following if _is_commit(program, each, names)), None)
    if commit is None or program.indent is None:
        return ()
    behind = frame.block[frame.block.index(commit) + 1 :]
    release = behind[0] if behind and _RELEASE.search(program.source.text(behind[0].range)) else None
    region = frame.block[frame.index + 1 : frame.block.index(commit) + 1]
    undo, end = _rollback(program, commit, fact), program.semicolon
    given = program.source.text(release.range).rstrip(";") if release is not None else ""
    if program.source.language == "python":
        tail = ["except BaseException:", undo, "raise", *(["finally:", given] if given else [])]
    else:
        tail = ["} catch (error) {", f"{undo}{end}", f"throw error{end}"]
        tail += ["} finally {", f"{given}{end}", "}"] if given else ["}"]
    edits = wrapped(program, region, "try:" if program.source.language == "python" else "try {", tail)
    if release is not None and edits:
        start = program.line_end(commit.range.end)
        if not program.is_alone(release) or program.source.content[start : release.range.start].strip():
            return ()
        *before, last = edits
        edits = (*before, Edit(Range(start, program.line_end(release.range.end)), last.text))
    return unsafe("Roll it back where something fails", *edits)


def rolled_back_before(program: Program, fact: Transaction, left: Range) -> tuple[Fix, ...]:
    """The rollback before a `return` that leaves the `try` in which the commit stands. Raises `RefusalError`."""
    frames = program.frames(left)
    frame = frames[-1] if frames else None
    if frame is None or not isinstance(frame.statement, Return):
        raise RefusalError("nothing can stand before the way out")
    handle = fact.handle.name if fact.handle is not None else fact.opener.name
    names = {handle, fact.opener.name}
    attempts = [each.statement for each in frames if isinstance(each.statement, Try)]
    body = [each for attempt in attempts for each in statements_in(attempt.body)]
    commit = next((each for each in body if _is_commit(program, each, names)), None)
    if commit is None:
        raise RefusalError("the commit is no statement of its own, from which the rollback can be spelled")
    given = program.source.text(frame.statement.range)
    if any(re.search(rf"(?<![\w.]){re.escape(name)}(?![\w])", given) for name in names):
        raise RefusalError("what is returned asks the transaction once more")
    title, undo = "Roll it back before the return", f"{_rollback(program, commit, fact)}{program.semicolon}"
    start = frame.statement.range.start
    if not program.source.content[program.line_start(start) : start].strip() and guarded_place(program, left):
        return unsafe(title, line_before(program, frame, undo))
    return unsafe(title, *_in_braces(program, frame, undo))


def _in_braces(program: Program, frame: Frame, line: str) -> tuple[Edit, ...]:
    """A line before the `return` of a branch of JavaScript that has no braces."""
    place = frame.statement.range
    before = program.source.content[: place.start].rstrip()
    is_branch = program.source.language != "python" and before.endswith((b")", b"else"))
    if not is_branch or program.indent is None or not program.is_clean(Range(len(before), place.end)):
        raise RefusalError("nothing can stand before the `return` on its line")
    end = place.end + program.source.content.startswith(b";", place.end)
    indentation = program.indentation(len(before) - 1)
    inner = f"\n{indentation}{program.indent}"
    given = program.source.text(Range(place.start, end))
    return (Edit(Range(len(before), end), f" {{{inner}{line}{inner}{given}\n{indentation}}}"),)


def error_of(fact: Transaction, call: str) -> str:
    """How Go reads the error of a call on a transaction: `tx.Commit()`, and `tx.Commit().Error` of GORM."""
    return f"{call}{ending_of(fact.opener.library).error}"


def returned_commit(program: Program, fact: Transaction, place: Range) -> tuple[Fix, ...]:
    """The error of a commit of Go is returned."""
    frame = program.frame(place)
    if frame is None or not isinstance(frame.statement, ExpressionStatement) or not program.is_alone(frame.statement):
        return ()
    statement = frame.statement
    call = error_of(fact, program.source.text(statement.value.range))
    following = frame.following[0] if frame.following else None
    is_last = isinstance(following, Return) and program.source.text(following.range) == "return nil"
    if following is not None and is_last and program.is_clean(Range(statement.range.start, following.range.end)):
        edit = Edit(Range(statement.range.start, following.range.end), f"return {call}")
        return (Fix("Return its error", (edit,), Applicability.SAFE),)
    leave, title = returned(program, frame.function, "err"), "Return its error"
    if leave is None:
        leave, title = _handled_before(program, frame), "Handle its error as the ones before it"
    if not leave:
        return ()
    indentation = program.indentation(statement.range.start)
    text = f"if err := {call}; err != nil {{\n{indentation}\t{leave}\n{indentation}}}"
    return unsafe(title, Edit(statement.range, text))


def _handled_before(program: Program, frame: Frame) -> str:
    """What the block does with the error before a statement, without the rollback; "" where that does not leave."""
    tests = [each for each in frame.block[: frame.index] if isinstance(each, If)]
    last = tests[-1] if tests else None
    if last is None or program.source.text(last.test.range) != "err != nil" or not last.then or last.otherwise:
        return ""
    first, end = last.then[0], last.then[-1]
    whole = Range(first.range.start, end.range.end)
    if not isinstance(end, Return) or not program.is_clean(whole):
        return ""
    lines = program.source.text(whole).splitlines()
    kept = [line for line in lines if not line.rstrip().endswith(".Rollback()")]
    return "\n".join(kept).strip()


def closed_rows(program: Program, place: Range, name: str) -> tuple[Fix, ...]:
    """A deferred close of Go behind the test of the error of a query."""
    frame = program.frame(place)
    test = _test_behind(program, frame) if frame is not None else None
    if frame is None or test is None or "!= nil" not in program.source.text(test.test.range):
        return ()
    line = f"\n{program.indentation(frame.statement.range.start)}defer {name}.Close()"
    return (Fix("Defer its close", (insert(test.range.end, line),), Applicability.SAFE),)


def later_defer(program: Program, place: Range) -> tuple[Fix, ...]:
    """A `defer` of Go behind the test of the error that stands below it."""
    frame = program.frame(place)
    test = frame.following[0] if frame is not None and frame.following else None
    if (
        frame is None
        or not isinstance(frame.statement, Defer)
        or not isinstance(test, If)
        or not program.is_alone(frame.statement)
        or not program.is_alone(test)
    ):
        return ()
    whole = Range(program.line_start(frame.statement.range.start), program.line_start(test.range.start))
    if not program.is_clean(whole) or program.source.text(whole).count("\n") != 1:
        return ()
    line = f"\n{program.indentation(frame.statement.range.start)}{program.source.text(frame.statement.range)}"
    edits = (Edit(whole, ""), insert(test.range.end, line))
    return (Fix("Defer it behind the test of the error", edits, Applicability.SAFE),)


def committed(program: Program, fact: Uncommitted) -> tuple[Fix, ...]:
    """A commit of Python behind the last write, in the block in which the connection is made."""
    frames = program.frames(fact.range)
    name = fact.handle.name
    if not frames or isinstance(frames[-1].statement, Return) or not name.isidentifier():
        return ()
    pairs = zip([None, *frames], frames, strict=False)
    around, home = next((pair for pair in pairs if _is_made_for(pair[0], pair[1], name)), (None, None))
    if home is None or home.function is not frames[-1].function:
        return ()
    written = program.source.text(Range(program.line_start(fact.range.start), fact.range.start))
    is_async = isinstance(around.statement, With) and around.statement.is_async if around is not None else False
    call = f"await {name}.commit()" if is_async or "await " in written else f"{name}.commit()"
    end = program.line_end(home.statement.range.end)
    line = f"\n{program.indentation(home.statement.range.start)}{call}"
    return unsafe("Commit behind the last write", insert(end, line)) if program.is_alone(home.statement) else ()


def _is_made_for(around: Frame | None, frame: Frame, name: str) -> bool:
    """Whether a statement before this one makes a variable, or the `with` around it does."""
    before = (each.target for each in frame.block[: frame.index] if isinstance(each, Assign))
    context = around.statement.target if around is not None and isinstance(around.statement, With) else None
    return any(isinstance(target, Name) and target.id == name for target in (*before, context))


def _deferred(program: Program, fact: Transaction, frame: Frame, handle: str) -> tuple[Fix, ...]:
    begin, test = frame.statement, _test_behind(program, frame)
    if not isinstance(begin, Assign) or test is None:
        return ()
    call = begin.value.value if isinstance(begin.value, Await) else begin.value
    context = ""
    if ending_of(fact.opener.library).takes_context:
        if not isinstance(call, Call) or not call.arguments:
            return ()
        context = program.source.text(call.arguments[0].range)
    body = frame.function.range if frame.function is not None else begin.range
    outlives = re.search(_LEAVES.format(re.escape(handle)), program.source.text(body))
    # A deferred call holds on to the transaction that the handle has where it stands.
    behind = program.source.text(Range(test.range.end, body.end))
    if outlives or re.search(_SET_AGAIN.format(re.escape(handle)), behind):
        return ()
    line = f"\n{program.indentation(begin.range.start)}defer {handle}.Rollback({context})"
    return (Fix("Defer a rollback", (insert(test.range.end, line),), Applicability.SAFE),)


def _test_behind(program: Program, frame: Frame) -> If | None:
    """The test of the error that a call of Go gives, where a `defer` can stand behind it."""
    begin, test = frame.statement, frame.following[0] if frame.following else None
    if not isinstance(begin, Assign) or not isinstance(begin.target, Collection) or not isinstance(test, If):
        return None
    is_plain = program.is_alone(test) and program.is_alone(begin) and not is_in_loop(program, begin.range)
    return test if is_plain else None


def _is_commit(program: Program, statement: Statement, names: set[str]) -> bool:
    """Whether a statement commits on one of these handles, by method or by SQL."""
    text = program.source.text(statement.range)
    is_call = isinstance(statement, ExpressionStatement)
    return is_call and _ROOT.sub("", text) in names and _COMMIT.search(text) is not None


def _rollback(program: Program, commit: Statement, fact: Transaction) -> str:
    """The call that rolls back what another one commits, spelled alike."""
    text = program.source.text(commit.range).rstrip("; ")
    words = {**_ROLLBACKS, "commitTransaction": ending_of(fact.opener.library).rollback}
    return _COMMIT.sub(lambda found: words[found.group()], text)
