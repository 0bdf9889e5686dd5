"""Errors that a handler keeps to itself, handed on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.diagnostic import Edit
from persistlint.fixes.ending import ending_of
from persistlint.fixes.go import returned
from persistlint.fixes.guards import guarded_place, insert, unsafe
from persistlint.fixes.refusal import RefusalError
from persistlint.ir import ExpressionStatement, If, Jump, Raise, Return, Try, statements_in
from persistlint.regexes import regex

if TYPE_CHECKING:
    from persistlint.diagnostic import Fix
    from persistlint.facts import Effect
    from persistlint.fixes.program import Frame, Program
    from persistlint.ir import Block
    from persistlint.source import Range

_CATCH = regex(rb"catch\s*\(\s*(\w+)[^)]*\)\s*\{")
_MEMBERS = regex(r"\.(\w+)\(")
_ERROR = regex(r"(\w+)\s*!=\s*nil")
_GIVES_NONE = "the function gives no error back, so that those who call it would have to change"
_TWO_RESULTS = frozenset(["Exec", "ExecContext", "NamedExec", "NamedExecContext"])


def handed_on(program: Program, place: Range) -> tuple[Fix, ...]:
    """`raise`, `throw` or `return` at the end of the handler, or of the test of an error, that stands at a place.
    Raises `RefusalError`."""
    if program.source.language == "go":
        return _returned(program, place)
    for frame in reversed(program.frames(place)):
        if not isinstance(frame.statement, Try):
            continue
        handler = next((each for each in frame.statement.handlers if each.range == place), None)
        if handler is None:
            continue
        if not handler.body:
            raise RefusalError("the handler does nothing, and it may be that the write is meant to fail")
        if _is_on_the_way_out(program, place):
            raise RefusalError("in a `finally`, the error would take the place of the one that led there")
        if program.source.language == "python":
            return _at_end(program, handler.body, "raise")
        written = _CATCH.search(program.source.content, place.start, place.end)
        if written is None:
            raise RefusalError("the handler does not name the error")
        return _at_end(program, handler.body, f"throw {written.group(1).decode()}{program.semicolon}")
    raise RefusalError("the error is handled by what is given to `catch`, and nothing tells who waits for it")


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
    """The error of a write of Go is returned, where the call is a statement and gives two results, or an object with
    its error. Raises `RefusalError`."""
    error = ending_of(effect.handle.library).error if _gives_itself(program, effect) else ""
    if effect.method not in _TWO_RESULTS and not error:
        raise RefusalError(f"nothing here tells how many results `{effect.method}` gives")
    return returned_error(program, effect.range, "err" if error else "_, err", error)


def returned_error(program: Program, place: Range, results: str = "err", error: str = "") -> tuple[Fix, ...]:
    """What a call of Go gives is taken, and the error `err` in it returned, where the call is a statement; `error` is
    the field of what it gives that has the error. Raises `RefusalError`."""
    frame = guarded_place(program, place)
    statement = frame.statement if frame is not None else None
    if frame is None or not isinstance(statement, ExpressionStatement) or statement.value.range != place:
        raise RefusalError("the call is no statement of its own")
    leave = returned(program, frame.function, "err")
    if leave is None:
        raise RefusalError(_GIVES_NONE)
    if not program.is_alone(statement):
        raise RefusalError("another statement stands on its line")
    indentation = program.indentation(statement.range.start)
    call = program.source.text(place)
    text = f"if {results} := {call}{error}; err != nil {{\n{indentation}\t{leave}\n{indentation}}}"
    return unsafe("Return its error", Edit(statement.range, text))


def _gives_itself(program: Program, effect: Effect) -> bool:
    """Whether a chain of calls on a handle gives what has its error as a field, and none of it another object."""
    call, library = program.source.text(effect.range), effect.handle.library
    if library is None or not call.startswith(f"{effect.handle.name}."):
        return False
    asked = {name for type in library.types.values() for name in _MEMBERS.findall(call) if name in type.methods}
    kinds = [
        type.methods[name].returns for type in library.types.values() if type.role for name in asked & {*type.methods}
    ]
    return effect.method in asked and all(kind in (None, "self") for kind in kinds)


def _returned(program: Program, place: Range) -> tuple[Fix, ...]:
    frame = next((each for each in reversed(program.frames(place)) if isinstance(each.statement, If)), None)
    if frame is None or not isinstance(frame.statement, If) or not frame.statement.then:
        raise RefusalError("the test of the error holds nothing")
    tested = _ERROR.fullmatch(program.source.text(frame.statement.test.range))
    if tested is None:
        raise RefusalError("more than the error is tested")
    leave = returned(program, frame.function, tested[1])
    if leave is None:
        raise RefusalError(_GIVES_NONE)
    return _at_end(program, frame.statement.then, leave)


def _at_end(program: Program, body: Block, line: str) -> tuple[Fix, ...]:
    """A line behind the last statement of a block, unless that leaves already."""
    last = body[-1]
    if isinstance(last, Return | Jump | Raise):
        raise RefusalError("the handler leaves by another way already")
    if not program.is_alone(last):
        raise RefusalError("the handler shares a line with other statements")
    text = f"\n{program.indentation(last.range.start)}{line}"
    return unsafe("Hand the error on", insert(program.line_end(last.range.end), text))
