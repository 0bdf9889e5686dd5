"""Whether every way out of a transaction that was begun by hand commits it or rolls it back."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from persistlint.analysis.transactions.open import closes
from persistlint.facts import EffectKind, Part, Role, Scoping, Uncommitted, Use

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.analysis.transactions.open import Open
    from persistlint.analysis.transactions.walk import Walk
    from persistlint.facts import Arm, Effect, Place
    from persistlint.source import Range


def leak_of(opened: Open, walk: Walk) -> Range | None:
    """The place where the function is left with the transaction open; its begin where an error leaves it so."""
    if opened.scoping is not Scoping.MANUAL or opened.deferred or opened.is_savepoint:
        return None
    handle = opened.handle or opened.opener
    is_closed = opened.opener.role is Role.SESSION or (opened.opener.role is Role.IMPLICIT and opened.opener.owned)
    if is_closed or walk.held.intersection((opened.opener, handle)):
        return None  # it rolls back when it is closed
    if not opened.closings and "." in handle.name:
        return None  # another method of the object that keeps it closes it
    if not opened.closings and (handle in walk.moved or (not opened.on_connection and _is_moved(opened, walk))):
        return None  # whoever got it closes it
    if not opened.closings and opened.on_connection:
        return None  # begun for somebody else: a method `begin` of a wrapper
    if walk.handles.language == "go":
        return _left_open(opened, walk)
    rolls_back = [
        closing
        for closing in opened.closings
        if closing.kind is EffectKind.ROLLBACK
        and (closing.place.is_in(Part.HANDLER) or closing.place.is_in(Part.FINAL))
    ]
    if rolls_back or any(closing.place.is_in(Part.FINAL) for closing in opened.closings):
        return None
    inside = [effect for effect in walk.effects[opened.index :] if not opened.place.excludes(effect.place)]
    if walk.handles.language != "python" and not opened.binding.synchronous:
        inside = [effect for effect in inside if effect.use is not Use.DROPPED]  # its error goes to a callback
    sent = (EffectKind.WRITE, EffectKind.READ, EffectKind.OTHER)
    return opened.range if any(effect.kind in sent for effect in inside) else None


def left_early(opened: Open, walk: Walk) -> Range | None:
    """The `return` in the body of a `try` by which a function leaves a transaction open that the `try` commits further
    down and its handler rolls back: it runs past both."""
    handle = opened.handle or opened.opener
    by_hand = opened.scoping is Scoping.MANUAL and not (opened.deferred or opened.is_savepoint or opened.is_of_helper)
    is_closed = opened.opener.role is Role.SESSION or (opened.opener.role is Role.IMPLICIT and opened.opener.owned)
    if walk.handles.language == "go" or not by_hand or is_closed or walk.held.intersection((opened.opener, handle)):
        return None
    if any(moved.is_same(handle) or moved.is_same(opened.opener) for moved in walk.moved):
        return None  # whoever got it closes it
    ends = {kind: [c for c in opened.closings if c.kind is kind] for kind in (EffectKind.COMMIT, EffectKind.ROLLBACK)}
    committed = {number for c in ends[EffectKind.COMMIT] for number, part in c.place.tries if part is Part.BODY}
    undone = {number for c in ends[EffectKind.ROLLBACK] for number, part in c.place.tries if part is Part.HANDLER}
    if any(closing.place.is_in(Part.FINAL) for closing in opened.closings) or _ends_session(opened, walk):
        return None
    for way_out in walk.exits:
        tried = {number for number, part in way_out.place.tries if part is Part.BODY}
        if (
            way_out.is_return
            and tried & committed & undone
            and opened.range in way_out.function
            and way_out.range.start > opened.range.end
            and opened.place.dominates(way_out.place)
            and not any(c.range.start < way_out.range.end and c.place.dominates(way_out.place) for c in opened.closings)
        ):
            return way_out.range
    return None


def _ends_session(opened: Open, walk: Walk) -> bool:
    """Whether a session is ended in a `finally`, which aborts what it has open: `session.endSession()` of MongoDB."""
    is_session = opened.binding.option == "session"
    released = (e for e in walk.effects[opened.index :] if e.kind is EffectKind.RELEASE)
    return is_session and any(effect.place.is_in(Part.FINAL) for effect in released)


def unfinished(opened: Open, walk: Walk) -> Range | None:
    """The begin of a transaction that is rolled back in handlers alone, and that nothing commits on the way on which
    nothing fails. Whoever is given it may do so, or a statement of which nobody knows what it is."""
    handle = opened.handle or opened.opener
    is_by_hand = opened.scoping is Scoping.MANUAL and not (opened.deferred or opened.is_savepoint or opened.commits)
    if walk.handles.language == "go" or not is_by_hand or "." in handle.name:
        return None
    in_handlers = all(c.kind is EffectKind.ROLLBACK and c.place.is_in(Part.HANDLER) for c in opened.closings)
    if not opened.closings or not in_handlers or walk.held.intersection((opened.opener, handle)):
        return None
    if any(moved.is_same(handle) or moved.is_same(opened.opener) for moved in walk.moved):
        return None
    inside = [effect for effect in walk.effects[opened.index :] if opened.place.dominates(effect.place)]
    kinds = {effect.kind for effect in inside if effect.use is not Use.DROPPED}
    return opened.range if kinds & {EffectKind.READ, EffectKind.WRITE} and EffectKind.OTHER not in kinds else None


def unreleased(opened: Open, walk: Walk) -> Range | None:
    """The call that takes the connection of a transaction out of its pool, where some way out of the function does not
    give it back. What is passed on, or given back by a block or a deferred call, is somebody else's matter."""
    opener = opened.opener
    if opened.scoping is not Scoping.MANUAL or not opener.owned or opener.role is not Role.CONNECTION:
        return None
    if opener in walk.held or any(moved.is_same(opener) for moved in walk.moved):
        return None
    if opened.deferred and walk.handles.language != "go":
        return None  # a callback goes on from here
    taken = [
        effect
        for effect in walk.effects[: opened.index]
        if effect.kind is EffectKind.ACQUIRE and effect.handle.library is opener.library and not effect.transaction
    ]
    if not taken or not taken[-1].place.dominates(opened.place):
        return None
    back = [
        effect.place
        for effect in walk.effects[opened.index :]
        if effect.kind is EffectKind.RELEASE and (effect.handle.is_same(opener) or opener.name in effect.names)
    ]
    if not back:
        return None if _goes_back_later(opener.name, walk) else taken[-1].range
    body = {number for place in back for number, part in place.tries if part is Part.BODY}
    is_only_in_body = all(place.is_in(Part.BODY) for place in back)
    handled = {number for effect in opened.closings for number, part in effect.place.tries if part is Part.HANDLER}
    return taken[-1].range if is_only_in_body and body & handled else None


def _goes_back_later(name: str, walk: Walk) -> bool:
    """Whether a function that is written here, and handed to others, gives a connection back."""
    gives = rf"\b{re.escape(name)}\.(?:release|close|end|destroy|disconnect)\("
    return any(re.search(gives, walk.text(function.range)) for function, _ in walk.later)


def uncommitted(walk: Walk, function: Range) -> Iterator[Uncommitted]:
    """The connections and sessions of a function that it writes to and never commits; one that a helper opens is a
    matter of the helper's."""
    if walk.handles.language == "go":
        yield from _rolled_back_alone(walk)
        return
    writes: dict[tuple[str, int], Effect] = {}
    committed: set[tuple[str, int]] = set()
    for effect in walk.effects:
        key = (effect.handle.name, effect.handle.origin)
        owned = effect.handle.owned and effect.handle.role in (Role.IMPLICIT, Role.SESSION)
        if effect.kind in (EffectKind.WRITE, EffectKind.PENDING) and owned and effect.transaction is None:
            writes[key] = effect
        if effect.kind in (EffectKind.COMMIT, EffectKind.ROLLBACK, EffectKind.BEGIN) or effect.transaction is not None:
            committed.add(key)
    kept = {(handle.name, handle.origin) for handle in (*walk.moved, *walk.settled)}
    for key, effect in writes.items():
        is_attribute = "." in effect.handle.name  # of an object, which commits when it likes
        if is_attribute or key in committed or key in kept:
            continue
        if _declares(function, effect, walk):
            yield Uncommitted(effect.range, effect.handle, None)


def _rolled_back_alone(walk: Walk) -> Iterator[Uncommitted]:
    """Go: transactions that are begun by hand and rolled back, deferred or in a handler, and committed on no way."""
    for opened in walk.opened:
        handle = opened.handle
        if opened.scoping is not Scoping.MANUAL or handle is None or opened.is_savepoint or opened.is_of_helper:
            continue
        ends = {closing.kind for closing in opened.closings}
        rolls_back = opened.deferred or EffectKind.ROLLBACK in ends
        is_kept = "." in handle.name or handle in walk.moved or any(found == handle for found, _, _ in walk.stored)
        if not rolls_back or opened.commits or EffectKind.COMMIT in ends or is_kept:
            continue
        written = [
            effect
            for effect in walk.effects
            if effect.kind is EffectKind.WRITE and effect.handle.is_same(handle) and not effect.via
        ]
        if written:
            yield Uncommitted(written[-1].range, handle, opened.range)


def _declares(function: Range, effect: Effect, walk: Walk) -> bool:
    """Whether a function itself, and none inside it, has the handle that it or a helper uses."""
    inner = (other.range for other in walk.file.functions.values() if other.range != function)
    origin = effect.handle.origin
    return origin in function and not any(origin in other and other in function for other in inner)


def _left_open(opened: Open, walk: Walk) -> Range | None:
    """Go: the begin, where no commit, rollback or hand-over stands before a return behind it. A helper that rolls back
    on some ways does so on that of the error which it returns."""
    rolled_back = (e for e in walk.effects if e.via and e.kind is EffectKind.ROLLBACK and closes(e, opened))
    by_helper = {effect.range for effect in rolled_back}
    closed = [(closing.place, closing.range.start) for closing in opened.closings]
    closed += [(place, offset) for handle, place, offset in walk.stored if handle == (opened.handle or opened.opener)]
    closed += [(place, offset) for number, place, offset in walk.absent if number == opened.number]
    closed = _on_both_ways(closed)
    for way_out in walk.exits:
        if way_out.index < opened.index or not opened.place.dominates(way_out.place) or opened.number in way_out.guards:
            continue
        if way_out.range.start < opened.range.start:
            continue
        if way_out.index and walk.effects[way_out.index - 1].range in by_helper:
            continue
        if not any(offset < way_out.range.end and place.dominates(way_out.place) for place, offset in closed):
            return opened.range
    return None


def _on_both_ways(closed: list[tuple[Place, int]]) -> list[tuple[Place, int]]:
    """Places where something is done, with their offsets, and those behind a branch both of whose ways do it."""
    found = list(closed)
    ways: dict[tuple[tuple[Arm, ...], int, int], int] = {}
    for place, offset in found:
        if not place.arms:
            continue
        before, arm = place.arms[:-1], place.arms[-1]
        ways.setdefault((before, arm.branch, arm.way), offset)
        other = ways.get((before, arm.branch, 1 - arm.way))
        if other is not None:
            found.append((replace(place, arms=before), max(offset, other)))
    return found


def _is_moved(opened: Open, walk: Walk) -> bool:
    return opened.handle is not None and any(
        moved.name == opened.handle.name and moved.origin == opened.handle.origin for moved in walk.moved
    )
