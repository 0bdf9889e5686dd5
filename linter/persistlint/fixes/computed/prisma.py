"""`increment` and `decrement` of Prisma."""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.diagnostic import Edit
from persistlint.fixes.computed.changes import TITLE, VERBS, change_of
from persistlint.fixes.computed.unused import without_unused
from persistlint.fixes.guards import unsafe
from persistlint.fixes.handles import call_at
from persistlint.ir import Mapping, String, walk

if TYPE_CHECKING:
    from persistlint.diagnostic import Fix
    from persistlint.facts import WriteBack
    from persistlint.fixes.program import Frame, Program


def computed(program: Program, fact: WriteBack, _: Frame) -> tuple[Fix, ...]:
    """`data: { credits: user.credits - amount }` as `data: { credits: { decrement: amount } }`."""
    call = call_at(program, fact.range)
    mappings = [node for node in walk(call) if isinstance(node, Mapping)] if call is not None else []
    for entry in (entry for mapping in mappings for entry in mapping.entries):
        is_column = isinstance(entry.key, String) and entry.key.value == fact.column
        change = change_of(entry.value, fact.column) if is_column else None
        if change is not None:
            text = f"{{ {VERBS[change.operator]}: {program.source.text(change.right.range)} }}"
            unused = without_unused(program, fact, [change.left.range])
            return unsafe(TITLE, Edit(change.range, text), *unused) if unused is not None else ()
    return ()
