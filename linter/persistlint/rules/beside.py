"""The writes of a function that belong to two which a failure can part, and how grave it is where it does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.facts import inserts
from persistlint.rules.torn import belong_together, may_belong_together, runs_again

if TYPE_CHECKING:
    from persistlint.facts import Effect, Procedure


def last_beside(earlier: Effect, later: Effect, alone: list[tuple[int, Effect]], procedure: Procedure) -> Effect:
    """The last write that belongs to an earlier one as `later` does: a transaction without it tears them still."""
    outside = next(passed for passed, effect in alone if effect is later)
    behind = (e for passed, e in alone if passed == outside and e.range.start > later.range.start)
    beside = (e for e in behind if belong_together(earlier, e) and not may_part(earlier, e, procedure))
    return max(beside, key=lambda effect: effect.range.start, default=later)


def first_beside(earlier: Effect, later: Effect, alone: list[tuple[int, Effect]], procedure: Procedure) -> Effect:
    """The first write that belongs to a later one as `earlier` does, or would if no branch passed over it."""
    outside = next(passed for passed, effect in alone if effect is later)
    before = (e for passed, e in alone if passed == outside and e.range.start < earlier.range.start)
    beside = (
        e
        for e in before
        if may_belong_together(e, later) and not may_part(e, later, procedure) and not any(weight(e, later))
    )
    return next(beside, earlier)


def weight(earlier: Effect, later: Effect) -> tuple[bool, bool]:
    """What makes half of a change less grave, the graver first: both writes may run again, or one only tells of it."""
    return runs_again(earlier, later), earlier.is_aside or later.is_aside


def may_part(earlier: Effect, later: Effect, procedure: Procedure) -> bool:
    """Whether the function goes on where one of them fails and the other does not: it wants them apart. Two rows that
    both stand beside the data, such as notifications, tell of it each by itself."""
    is_told_twice = later.is_aside and inserts(later.method) and earlier.table == later.table
    return is_told_twice or any((earlier.range in group) is not (later.range in group) for group in procedure.tolerated)
