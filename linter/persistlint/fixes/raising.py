"""Errors that a handler keeps to itself, handed on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.diagnostic import Edit
from persistlint.fixes.go import returned
from persistlint.fixes.guards import guarded_place, insert, unsafe
from persistlint.ir import ExpressionStatement, If, Jump, Raise, Return, Try, statements_in
from persistlint.regexes import regex

if TYPE_CHECKING:
    from persistlint.diagnostic import Fix
    from persistlint.facts import Effect
    from persistlint.fixes.program import Frame, Program
    from persistlint.ir import Block
    from persistlint.source import Range

_CATCH = regex(rb"catch\s*\(\s*(\w+)[^)]*\)\s*\{")
_ERROR = regex(r"(\w+)\s*!=\s*nil")
_TWO_RESULTS = frozenset(["Exec", "ExecContext", "NamedExec", "NamedExecContext"])


def handed_on(program: Program, place: Range) -> tuple[Fix, ...]:
    """`raise`, `throw` or `return` at the end of the handler, or of the test of an error, that stands at a place."""
    if program.source.language == "go":
        return _returned(program, place)
    for frame in reversed(program.frames(place)):
        if not isinstance(frame.statement, Try):
            continue
        handler = next((each for each in frame.statement.handlers if each.range == place), None)
        if handler is None or not handler.body:
            continue
        if _is_on_the_way_out(program, place):
            return ()
        if program.source.language == "python":
            return _at_end(program, handler.body, "raise")
        written = _CATCH.search(program.source.content, place.start, place.end)
        name = written.group(1).decode() if written is not None else ""
        return _at_end(program, handler.body, f"throw {name}{program.semicolon}") if name else ()
    return ()


def _is_on_the_way_out(program: Program, place: Range) -> bool:
    """Whether a place stands in a `finally`, from where an error takes the place of the one that led there."""
    tries = (frame.statement for frame in program.frames(place) if isinstance(frame.statement, Try))
    return any(place in each.range for statement in tries for each in statement.final)


def has_other_way(frame: Frame) -> bool:
    """Whether a statement is a `try` that returns where nothing fails, so that what follows it in its function stands
    for what failed."""
    statement = frame.statement
    is_left = isinstance(statement, Try) and bool(statement.body) and isinstance(statement.body[-1], Return)
    body = frame.function.body if frame.function is not None else ()
    return is_left and any(each.range.start >= statement.range.end for each in body)


def ends_without_result(frame: Frame) -> bool:
    """Whether a statement is the last of a function that gives nothing back, so that no caller is told of a success."""
    body = frame.function.body if frame.function is not None else ()
    gives = any(isinstance(each, Return) and each.value is not None for each in statements_in(body))
    return bool(body) and frame.statement.range in body[-1].range and not gives


def returned_result(program: Program, effect: Effect) -> tuple[Fix, ...]:
    """The error of a write of Go is returned, where the call is a statement and gives two results."""
    return returned_error(program, effect.range, "_, err") if effect.method in _TWO_RESULTS else ()


def returned_error(program: Program, place: Range, results: str = "err") -> tuple[Fix, ...]:
    """What a call of Go gives is taken, and the error `err` in it returned, where the call is a statement."""
    frame = guarded_place(program, place)
    statement = frame.statement if frame is not None else None
    if frame is None or not isinstance(statement, ExpressionStatement):
        return ()
    leave = returned(program, frame.function, "err")
    if leave is None or statement.value.range != place or not program.is_alone(statement):
        return ()
    indentation = program.indentation(statement.range.start)
    text = f"if {results} := {program.source.text(place)}; err != nil {{\n{indentation}\t{leave}\n{indentation}}}"
    return unsafe("Return its error", Edit(statement.range, text))


def _returned(program: Program, place: Range) -> tuple[Fix, ...]:
    frame = next((each for each in reversed(program.frames(place)) if isinstance(each.statement, If)), None)
    if frame is None or not isinstance(frame.statement, If) or not frame.statement.then:
        return ()
    tested = _ERROR.fullmatch(program.source.text(frame.statement.test.range))
    leave = returned(program, frame.function, tested[1]) if tested is not None else None
    return _at_end(program, frame.statement.then, leave) if leave is not None else ()


def _at_end(program: Program, body: Block, line: str) -> tuple[Fix, ...]:
    """A line behind the last statement of a block, unless that leaves already."""
    last = body[-1]
    if isinstance(last, Return | Jump | Raise) or not program.is_alone(last):
        return ()
    text = f"\n{program.indentation(last.range.start)}{line}"
    return unsafe("Hand the error on", insert(program.line_end(last.range.end), text))
