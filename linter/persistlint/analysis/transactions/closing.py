"""Whether every way out of a transaction that was begun by hand commits it or rolls it back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.facts import EffectKind, Part, Role, Scoping, Uncommitted, Use

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.analysis.transactions.open import Open
    from persistlint.analysis.transactions.walk import Walk
    from persistlint.facts import Effect
    from persistlint.source import Range


def leak_of(opened: Open, walk: Walk) -> Range | None:
    """The place where the function is left with the transaction open; its begin where an error leaves it so."""
    if opened.scoping is not Scoping.MANUAL or opened.deferred or opened.is_savepoint:
        return None
    handle = opened.handle or opened.opener
    if opened.opener.role in (Role.SESSION, Role.IMPLICIT) or walk.held.intersection((opened.opener, handle)):
        return None  # it rolls back when it is closed
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


def uncommitted(walk: Walk) -> Iterator[Uncommitted]:
    """The connections and sessions of a function that it writes to and never commits."""
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
        if key not in committed and key not in kept:
            yield Uncommitted(effect.range, effect.handle, None)


def _left_open(opened: Open, walk: Walk) -> Range | None:
    """Go: the first return behind the begin that no commit or rollback stands before."""
    for way_out in walk.exits:
        if way_out.index < opened.index or not opened.place.dominates(way_out.place) or opened.number in way_out.guards:
            continue
        if way_out.range.start < opened.range.start:
            continue
        before = [closing for closing in opened.closings if closing.range.start < way_out.range.end]
        if not any(closing.place.dominates(way_out.place) for closing in before):
            return opened.range
    return None


def _is_moved(opened: Open, walk: Walk) -> bool:
    return opened.handle is not None and any(
        moved.name == opened.handle.name and moved.origin == opened.handle.origin for moved in walk.moved
    )
