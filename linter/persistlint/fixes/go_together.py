"""Writes of Go that stand one behind the other, put into one transaction."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from persistlint.diagnostic import Edit
from persistlint.fixes.go import returned
from persistlint.fixes.guards import above_comments, insert, is_in_loop, unsafe
from persistlint.fixes.handles import call_at, roots_of
from persistlint.fixes.refusal import RefusalError
from persistlint.fixes.regions import NOT_IN_ONE_BLOCK, refuse_others, region_of
from persistlint.fixes.wrapping import wrapped
from persistlint.ir import Assign, Collection, Defer, If, Import, Loop, Name, Nested, Return
from persistlint.records import dataclass
from persistlint.regexes import regex
from persistlint.source import Range
from persistlint.tables import read_table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from persistlint.diagnostic import Fix
    from persistlint.facts import Effect
    from persistlint.fixes.program import Frame, Program
    from persistlint.ir import Expression, Statement

_CONTEXT = regex(r"\w*[cC]tx\w*|\w*[cC]ontext\w*(?:\.\w+\(\))?|\w+\.Context\(\)|\w+\.\w*[cC]tx")
_NAME = "tx"
_GIVES_MORE = regex(r"return .*\berr", re.DOTALL)
_ERROR = regex(r"\berr\b(?![.\w])")
_GIVEN = regex(r"return (?:[^()]*, )?(?:err|[\w.]+\((?:(?!\berr\b)[^()])*\berr(?:, [^()]*)?\))")
_NAMED = regex(r"\berr error\)$")
_GORM, _MODULE = "GORM", "gorm.io/gorm"


def begun_and_committed(program: Program, earlier: Effect, later: Effect, effects: Sequence[Effect]) -> tuple[Fix, ...]:
    """Begin before the first write, roll back where the function leaves, commit behind the last one."""
    library, handle = later.handle.library, later.handle
    if library is not None and library.name == _GORM:
        return _in_function(program, earlier, later, effects)
    way = _begins().get(library.name) if library is not None else None
    if way is None:
        return ()
    region = region_of(program, earlier.range, later.range)
    frame = program.frame(earlier.range)
    if region is None or frame is None or frame.function is None:
        raise RefusalError(NOT_IN_ONE_BLOCK)
    block, following, _ = region
    if isinstance(block[-1], Assign) and following and isinstance(following[0], If):  # the test of its error
        block, following = (*block, following[0]), following[1:]
    behind = program.source.text(following[0].range) if following else ""
    # What has failed so far is in `err` there.
    gives_error = (behind == "return err" or _gives(block[-1], behind)) and program.is_alone(following[0])
    is_named = behind == "return" and _NAMED.search(frame.function.returns) is not None and _sets_error(block[-1])
    is_left = is_named and _is_in_body(program.frame(later.range)) and program.is_alone(following[0])
    last = block[-1]
    is_given = isinstance(last, Return) and last.value is not None and last.value.range == later.range
    is_given = is_given and frame.function.returns.strip() == "error"
    is_tested = isinstance(last, If | Loop | Nested) or gives_error or is_left or is_given
    if not is_tested or not program.is_alone(last):
        raise RefusalError("no test of the error of the last write stands behind it")
    if not gives_error and _GIVES_MORE.fullmatch(behind):
        raise RefusalError("what is returned behind the last write holds its error")
    start, end = program.line_start(block[0].range.start), program.line_end(block[-1].range.end)
    inside = [effect for effect in effects if effect.range in Range(start, end)]
    refuse_others(block, inside, handle)
    leave = returned(program, frame.function, "err")
    if leave is None:
        raise RefusalError("the function gives no error back")
    if handle.role.value != "pool":
        raise RefusalError("nothing here tells whether a transaction can be begun on it")
    if program.has_name(_NAME, frame.function.range):
        raise RefusalError(f"the name `{_NAME}` stands for something else here")
    if is_in_loop(program, earlier.range):
        raise RefusalError("in a loop a deferred rollback waits for the end of the function")
    call = call_at(program, earlier.range)
    context = program.source.text(call.arguments[0].range) if call is not None and call.arguments else ""
    begin = way.context if way.context and (earlier.method.endswith("Context") or not way.begin) else way.begin
    if "{context}" in begin and _CONTEXT.fullmatch(context) is None:
        raise RefusalError("nothing here tells the context that the transaction begins with")
    roots = roots_of(program, handle, inside)
    if roots is None or not all(each.handle.is_same(handle) for each in inside):
        raise RefusalError("one of the calls cannot be sent through the transaction as it is written")
    indentation = program.indentation(start)
    failed = f"err != nil {{\n{indentation}\t{leave}\n{indentation}}}"
    undo = f"{_NAME}.Rollback({way.end.format(context=context)})"
    opening = (
        f"{indentation}{_NAME}, err := {handle.name}.{begin.format(context=context)}\n{indentation}if {failed}\n"
        f"{indentation}defer {undo}\n"
    )
    commit = undo.replace("Rollback", "Commit")
    if is_given:
        result = f"if err := {_NAME}{program.source.text(Range(roots[-1].end, later.range.end))}; {failed}"
        closing = Edit(last.range, f"{result}\n{indentation}return {commit}")
        roots = roots[:-1]
    elif gives_error or is_left:
        tested = f"if err != nil {{\n{indentation}\t{behind}\n{indentation}}}"
        leaving = f"err = {commit}\n{indentation}return" if is_left else _ERROR.sub(commit, behind)
        closing = Edit(following[0].range, f"{tested}\n{indentation}{leaving}")
    elif behind == "return nil" and program.is_clean(Range(end, following[0].range.end)):
        closing = Edit(following[0].range, f"return {commit}")
    else:
        closing = insert(end, f"\n{indentation}if err := {commit}; {failed}")
    edits = [insert(above_comments(program, start), opening), *(Edit(root, _NAME) for root in roots), closing]
    again = [edit for each in (*block, *following) if (edit := _assigned(program, each)) is not None]
    return unsafe("Do both in one transaction", *edits, *again)


def _gives(last: Statement, behind: str) -> bool:
    """Whether the `return` behind a write gives its error, and calls nothing but what is given that: `return id, err`,
    `return wrapped(err)`."""
    return _sets_error(last) and _GIVEN.fullmatch(behind) is not None


def _sets_error(statement: Statement) -> bool:
    """Whether a statement leaves its error in `err`."""
    last = _targets(statement)[-1] if isinstance(statement, Assign) else None
    return isinstance(last, Name) and last.id == "err"


def _targets(statement: Assign) -> Sequence[Expression]:
    """What a statement assigns to, one by one."""
    return statement.target.elements if isinstance(statement.target, Collection) else (statement.target,)


@dataclass(frozen=True)
class _Begin:
    """How a library begins a transaction: an entry of `together.toml`, which says what its keys mean."""

    begin: str = ""
    context: str = ""
    end: str = ""


@cache
def _begins() -> dict[str, _Begin]:
    table = read_table(Path(__file__).with_name("together.toml"))
    return {library: _Begin(**begin) for begin in table["begin"] for library in begin.pop("libraries")}


def _in_function(program: Program, earlier: Effect, later: Effect, effects: Sequence[Effect]) -> tuple[Fix, ...]:
    """`return db.Transaction(func(tx *gorm.DB) error { … })` of GORM around all from the first write to the end of a
    function that returns an error alone."""
    region, handle = region_of(program, earlier.range, later.range), later.handle
    frame = next((each for each in program.frames(earlier.range) if _is_in_body(each)), None)
    gorm = next((each.local for each in program.module.body if isinstance(each, Import) and each.module == _MODULE), "")
    if region is None or frame is None or frame.function is None:
        raise RefusalError(NOT_IN_ONE_BLOCK)
    if frame.function.returns.strip() != "error":
        raise RefusalError("the function does not return an error alone, as that of a transaction does")
    block = frame.block[frame.index :]
    if region[0][0] is not block[0] or not isinstance(block[-1], Return):
        raise RefusalError("the writes do not stand among the statements up to the end of the function")
    if not gorm or handle.role.value != "pool":
        raise RefusalError("nothing here tells whether a transaction can be begun on it")
    whole = Range(program.line_start(block[0].range.start), program.line_end(block[-1].range.end))
    inside = [effect for effect in effects if effect.range in whole]
    refuse_others(block, inside, handle)
    roots = roots_of(program, handle, inside)
    if roots is None or not all(each.handle.is_same(handle) for each in inside):
        raise RefusalError("one of the calls cannot be sent through the transaction as it is written")
    if any(isinstance(each, Defer) for each in block):
        raise RefusalError("something is deferred between the writes, up to the end of the function")
    if program.has_name(_NAME, frame.function.range):
        raise RefusalError(f"the name `{_NAME}` stands for something else here")
    head = f"return {handle.name}.Transaction(func({_NAME} *{gorm}.DB) error {{"
    return unsafe(
        "Do both in one transaction", *wrapped(program, block, head, ("})",), [Edit(root, _NAME) for root in roots])
    )


def _is_in_body(frame: Frame | None) -> bool:
    return frame is not None and frame.function is not None and frame.block is frame.function.body


def _assigned(program: Program, statement: Statement) -> Edit | None:
    """`=` in the place of `:=` where nothing new would be declared, now that there is an `err`."""
    if not isinstance(statement, Assign) or not statement.declares or statement.value is None:
        return None
    if any(not isinstance(target, Name) or target.id not in ("_", "err") for target in _targets(statement)):
        return None
    at = program.source.content.find(b":=", statement.target.range.end, statement.value.range.start)
    return Edit(Range(at, at + 2), "=") if at >= 0 else None
