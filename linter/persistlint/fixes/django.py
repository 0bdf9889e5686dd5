"""What Django offers around a transaction: work after its commit, and taking it back without an error."""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.fixes.guards import insert, is_in_loop, line_before, unsafe
from persistlint.fixes.imports import python_member
from persistlint.ir import Await, ExpressionStatement, Return

if TYPE_CHECKING:
    from persistlint.diagnostic import Fix
    from persistlint.fixes.program import Program
    from persistlint.source import Range


def after_commit(program: Program, call: Range) -> tuple[Fix, ...]:
    """`transaction.on_commit(lambda: …)` around a call whose value nobody needs; not in a loop, whose variables have
    other values by then."""
    frame = program.frame(call)
    statement = frame.statement if frame is not None else None
    if not isinstance(statement, ExpressionStatement) or isinstance(statement.value, Await):
        return ()
    needed = python_member(program, "django.db", "transaction")
    if statement.value.range != call or is_in_loop(program, call) or needed is None or not program.is_clean(call):
        return ()
    head = insert(call.start, f"{needed[0]}.on_commit(lambda: ")
    return unsafe("Do it after the commit", head, insert(call.end, ")"), *needed[1])


def marked_for_rollback(program: Program, place: Range, opened: Range) -> tuple[Fix, ...]:
    """`transaction.set_rollback(True)` before the statement that returns a failure out of `atomic`."""
    frame = program.frame(place)
    needed = python_member(program, "django.db", "transaction")
    is_django = "atomic" in program.source.text(opened) and b"django" in program.source.content
    if frame is None or not isinstance(frame.statement, Return) or needed is None or not is_django:
        return ()
    if not program.is_alone(frame.statement):
        return ()
    line = line_before(program, frame, f"{needed[0]}.set_rollback(True)")
    return unsafe("Roll it back before the return", line, *needed[1])
