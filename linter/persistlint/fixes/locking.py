"""Rows that SQLAlchemy locks when it reads them, for what a program computes of them and writes back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.fixes.guards import insert, unsafe
from persistlint.fixes.handles import call_at
from persistlint.ir import Attribute, Call
from persistlint.regexes import regex
from persistlint.source import Range

if TYPE_CHECKING:
    from persistlint.diagnostic import Fix
    from persistlint.facts import WriteBack
    from persistlint.fixes.program import Program

_TITLE = "Lock the row when it is read"
_QUERIES = regex(r"[\w.]+\.query\(")
_GIVES_ONE = frozenset(["first", "one", "one_or_none"])
_SELECTS = regex(r"select\(")
# What gives no rows of a table, or rows of which a part may be missing, which PostgreSQL does not lock.
_UNLOCKABLE = regex(r"outerjoin|joinedload|isouter|group_by|distinct|union|func\.|with_for_update")


def locked_query(program: Program, fact: WriteBack) -> tuple[Fix, ...]:
    """`with_for_update()` on the query that reads a row, which a session holds until its commit; nothing where that
    stands between the two."""
    call, between = call_at(program, fact.read), Range(fact.read.end, max(fact.read.end, fact.range.start))
    text = program.source.text(fact.read)
    if call is None or b"sqlalchemy" not in program.source.words or ".commit(" in program.source.text(between):
        return ()
    if not isinstance(call.function, Attribute) or _UNLOCKABLE.search(text) or not program.is_clean(fact.read):
        return ()
    if call.function.name in _GIVES_ONE and _QUERIES.match(text) and not call.arguments:
        return unsafe(_TITLE, insert(call.function.value.range.end, ".with_for_update()"))
    if call.function.name == "get" and len(call.arguments) == 2 and not isinstance(call.function.value, Call):
        return unsafe(_TITLE, insert(call.arguments[-1].range.end, ", with_for_update=True"))
    sent = call if call.arguments else call.function.value  # `execute(select(…))`, and `.scalar_one()` of it
    selected = sent.arguments[0].value if isinstance(sent, Call) and sent.arguments else None
    if isinstance(selected, Call) and _SELECTS.match(program.source.text(selected.range)):
        return unsafe(_TITLE, insert(selected.range.end, ".with_for_update()"))
    return ()
