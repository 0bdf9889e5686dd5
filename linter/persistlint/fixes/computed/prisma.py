"""`increment` and `decrement` of Prisma."""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.diagnostic import Edit
from persistlint.fixes.computed.changes import TITLE, VERBS, change_of, count_in, made_once
from persistlint.fixes.computed.unused import without_unused
from persistlint.fixes.guards import is_plain, unsafe
from persistlint.fixes.handles import call_at
from persistlint.ir import Mapping, Name, Number, String, walk

if TYPE_CHECKING:
    from persistlint.diagnostic import Fix
    from persistlint.facts import WriteBack
    from persistlint.fixes.program import Frame, Program
    from persistlint.ir import Call, Entry

_CHANGES = ("data", "update")  # of `update`, and of `upsert`, whose `create` makes the row


def computed(program: Program, fact: WriteBack, frame: Frame) -> tuple[Fix, ...]:
    """`data: { credits: user.credits - amount }` as `data: { credits: { decrement: amount } }`, also where a variable
    holds the new value."""
    call = call_at(program, fact.range)
    for entry in _entries(call) if call is not None else ():
        if not isinstance(entry.key, String) or entry.key.value != fact.column:
            continue
        value, assign = entry.value, None
        if isinstance(value, Name):
            assign = made_once(program, fact.range, value.id)
            value = assign.value if assign is not None and assign.value is not None else value
        change = change_of(value, fact.column)
        if change is None:
            continue
        amount = program.source.text(change.right.range)
        text = f"{{ {VERBS[change.operator]}: {amount} }}"
        is_short = entry.key.range == entry.value.range
        edit = Edit(entry.value.range, f"{fact.column}: {text}" if is_short else text)
        if assign is None or not isinstance(entry.value, Name):
            unused = without_unused(program, fact, [change.left.range])
            return unsafe(TITLE, edit, *unused) if unused is not None else ()
        if frame.function is not None and count_in(program, frame.function, entry.value.id) > 2:
            return unsafe(TITLE, edit) if is_plain(amount) else ()
        unused = without_unused(program, fact, [entry.value.range]) if isinstance(change.right, Number) else None
        return unsafe(TITLE, edit, *unused) if unused is not None else ()
    return ()


def _entries(call: Call) -> list[Entry]:
    """What a call says of columns of a row that is there."""
    given = [each.value for each in call.arguments[:1] if isinstance(each.value, Mapping)]
    places = [e for each in given for e in each.entries if isinstance(e.key, String) and e.key.value in _CHANGES]
    mappings = [node for place in places for node in walk(place.value) if isinstance(node, Mapping)]
    return [entry for mapping in mappings for entry in mapping.entries]
