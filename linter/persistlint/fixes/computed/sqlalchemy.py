"""Columns in the place of values that SQLAlchemy read, and rows that it locks when it reads them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.diagnostic import Edit
from persistlint.fixes.computed.changes import TITLE, amount_of, changed_before
from persistlint.fixes.guards import insert, unsafe
from persistlint.fixes.handles import call_at
from persistlint.ir import Attribute, Call
from persistlint.regexes import regex
from persistlint.source import Range

if TYPE_CHECKING:
    from persistlint.diagnostic import Fix
    from persistlint.facts import WriteBack
    from persistlint.fixes.program import Frame, Program

_MODEL = regex(r"(?:\.get|\.query|\bselect)\(\s*([A-Z]\w*)\b")
_QUERIES = regex(r"[\w.]+\.query\(")
_GIVES_ONE = frozenset(["first", "one", "one_or_none"])
_SELECTS = regex(r"select\(")
# What gives no rows of a table, or rows of which a part may be missing, which PostgreSQL does not lock.
_UNLOCKABLE = regex(r"outerjoin|joinedload|isouter|group_by|distinct|union|func\.|with_for_update")


def computed(program: Program, fact: WriteBack, frame: Frame) -> tuple[Fix, ...]:
    """The first of these that can be."""
    return _added(program, fact, frame) or _locked(program, fact)


def _added(program: Program, fact: WriteBack, frame: Frame) -> tuple[Fix, ...]:
    """`account.balance -= n` as `account.balance = Account.balance - n`."""
    change = changed_before(program, fact, frame)
    model = _MODEL.search(program.source.text(fact.read))
    if change is None or model is None or not program.is_alone(change.statement):
        return ()
    target = program.source.text(change.statement.target.range)
    value = f"{model[1]}.{fact.column} {change.operator} {amount_of(program, change)}"
    return unsafe(TITLE, Edit(change.statement.range, f"{target} = {value}"))


def _locked(program: Program, fact: WriteBack) -> tuple[Fix, ...]:
    """`with_for_update()` on the query that reads a row, which a session holds until its commit; nothing where that
    stands between the two."""
    call, between = call_at(program, fact.read), Range(fact.read.end, max(fact.read.end, fact.range.start))
    text = program.source.text(fact.read)
    if call is None or ".commit(" in program.source.text(between):
        return ()
    if not isinstance(call.function, Attribute) or _UNLOCKABLE.search(text) or not program.is_clean(fact.read):
        return ()
    title = "Lock the row when it is read"
    if call.function.name in _GIVES_ONE and _QUERIES.match(text) and not call.arguments:
        return unsafe(title, insert(call.function.value.range.end, ".with_for_update()"))
    if call.function.name == "get" and len(call.arguments) == 2 and not isinstance(call.function.value, Call):
        return unsafe(title, insert(call.arguments[-1].range.end, ", with_for_update=True"))
    sent = call if call.arguments else call.function.value  # `execute(select(…))`, and `.scalar_one()` of it
    selected = sent.arguments[0].value if isinstance(sent, Call) and sent.arguments else None
    if isinstance(selected, Call) and _SELECTS.match(program.source.text(selected.range)):
        return unsafe(title, insert(selected.range.end, ".with_for_update()"))
    return ()
