"""Commits between two writes: what stands around them, and how one is left to the next."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from persistlint.diagnostic import Edit
from persistlint.facts import EffectKind
from persistlint.fixes.guards import unsafe
from persistlint.fixes.handles import call_at
from persistlint.fixes.regions import leaves_early, region_of
from persistlint.ir import (
    Call,
    ExpressionStatement,
    FunctionDefinition,
    Name,
    Try,
    expressions_in,
    statements_in,
)
from persistlint.regexes import regex
from persistlint.source import Range

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from persistlint.diagnostic import Fix
    from persistlint.facts import Effect
    from persistlint.fixes.program import Program
    from persistlint.ir import Statement

_METHOD = "commit"
_HARMLESS = ("cursor", "refresh")
_AUTOCOMMIT = regex(rb"autocommit|isolation_level", re.IGNORECASE)  # a connection that may take a commit for nothing


def left_to_the_next(program: Program, earlier: Effect, commit: Effect) -> tuple[Fix, ...]:
    """No commit behind a write, where another follows. What a session has in mind is sent by a `flush` in its place,
    which gives a row its key."""
    frame = program.frame(commit.range)
    if frame is None or _AUTOCOMMIT.search(program.source.content):
        return ()
    if earlier.kind is EffectKind.PENDING:
        at = program.source.content.rfind(f".{_METHOD}".encode(), commit.range.start, commit.range.end) + 1
        return unsafe("Commit both at once", Edit(Range(at, at + len(_METHOD)), "flush"))
    start, end = program.line_start(frame.statement.range.start), program.line_end(frame.statement.range.end)
    line = Range(start, program.line_start(frame.following[0].range.start) if frame.following else end)
    return unsafe("Commit both at once", Edit(line, "")) if program.is_clean(line) else ()


def stand_close(program: Program, first: Effect, last: Effect, effects: Sequence[Effect]) -> bool:
    """Whether two commits are statements of one block with nothing but new rows and these effects between them, which
    the commits are of."""
    region = region_of(program, first.range, last.range)
    if region is None:
        return False
    block = region[0]
    if any(_commits(each, effects) != 1 or not isinstance(each, ExpressionStatement) for each in (block[0], block[-1])):
        return False
    return not leaves_early(block) and all(
        _is_quiet(program, each, last, effects) for each in statements_in(block[1:-1])
    )


def _commits(statement: Statement, effects: Iterable[Effect]) -> int:
    return sum(each.kind is EffectKind.COMMIT and each.range in statement.range for each in effects)


def _is_quiet(program: Program, statement: Statement, last: Effect, effects: Sequence[Effect]) -> bool:
    """Whether a statement calls nothing but what makes rows, and what a transaction of the handle may hold."""
    if isinstance(statement, Try | FunctionDefinition):
        return False
    harmless = tuple(f"{last.handle.name}.{way}{name}(" for way in ("", "session.") for name in _HARMLESS)
    calls = [node for node in expressions_in(statement) if isinstance(node, Call)]
    return all(
        (isinstance(call.function, Name) and call.function.id[:1].isupper())
        or program.source.text(call.range).startswith(harmless)
        or any(call.range in each.range for each in effects)
        for call in calls
    )


def row_added(program: Program, effect: Effect) -> str:
    """The variable of the row that a call adds."""
    call = call_at(program, effect.range)
    row = call.arguments[0].value if call is not None and call.arguments else None
    return row.id if isinstance(row, Name) else ""
