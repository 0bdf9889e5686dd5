"""A transaction that begins on a pool of node-postgres, on one connection that is taken out of it and given back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.diagnostic import Edit
from persistlint.fixes.guards import insert, unsafe
from persistlint.ir import Try
from persistlint.source import Range

if TYPE_CHECKING:
    from collections.abc import Sequence

    from persistlint.diagnostic import Fix
    from persistlint.facts import Effect
    from persistlint.fixes.program import Frame, Program

_LIBRARY, _NAME = "node-postgres", "client"


def on_one_connection(program: Program, begin: Effect, effects: Sequence[Effect]) -> tuple[Fix, ...]:
    """Take a connection before the begin, send what follows through it, and release it in a `finally` of the `try` that
    the begin opens, or that follows it."""
    library, frames = begin.handle.library, program.frames(begin.range)
    if library is None or library.name != _LIBRARY or not frames or program.indent is None:
        return ()
    first, attempt = _attempt(frames)
    function = frames[-1].function
    if attempt is None or attempt.final or function is None or program.has_name(_NAME, function.range):
        return ()
    whole = Range(program.line_start(first.statement.range.start), attempt.range.end)
    inside = [each for each in effects if each.handle.is_same(begin.handle) and each.range in whole and not each.via]
    roots = [Range(each.range.start, each.range.start + len(begin.handle.name.encode())) for each in inside]
    if any(program.source.text(root) != begin.handle.name for root in roots) or not function.is_async:
        return ()
    indentation, end = program.indentation(whole.start), program.semicolon
    taken = insert(whole.start, f"{indentation}const {_NAME} = await {begin.handle.name}.connect(){end}\n")
    release = f"{indentation}{program.indent}{_NAME}.release(){end}\n{indentation}}}"
    given = insert(whole.end, f" finally {{\n{release}")
    return unsafe("Use one connection", taken, *(Edit(root, _NAME) for root in roots), given)


def _attempt(frames: list[Frame]) -> tuple[Frame, Try | None]:
    """The statement before which the connection is taken, and the `try` after which it is given back."""
    inner = frames[-1]
    if inner.following and isinstance(inner.following[0], Try):
        return inner, inner.following[0]
    around = frames[-2] if len(frames) > 1 else inner
    is_first = isinstance(around.statement, Try) and inner.block is around.statement.body and inner.index == 0
    return around, around.statement if is_first and isinstance(around.statement, Try) else None
