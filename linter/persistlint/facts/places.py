"""Where in a function something happens, and which of its runs come there."""

from __future__ import annotations

from enum import Enum

from persistlint.records import dataclass


class Part(Enum):
    """The part of a `try` that something stands in; `GUARDED` is a body that no handler follows."""

    BODY = "body"
    HANDLER = "handler"
    FINAL = "final"
    GUARDED = "guarded"


@dataclass(frozen=True, slots=True)
class Arm:
    """One way at a branch of the program: `branch` tells branches apart, `way` the ways of one. `ends` where the way
    does not come back: it returns, raises or leaves the loop; `is_sure` where no other way comes to what follows."""

    branch: int
    way: int
    ends: bool = False
    is_sure: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """Where in a function something happens: the branches, loops and `try` statements around it, outermost first.
    `short` are those of the loops whose turns do not grow with the data."""

    arms: tuple[Arm, ...] = ()
    loops: tuple[int, ...] = ()
    tries: tuple[tuple[int, Part], ...] = ()
    short: frozenset[int] = frozenset()

    def excludes(self, later: Place) -> bool:
        """Whether no run of the function comes to this place and then to the later one; none of a loop, where both
        stand in it."""
        others = {arm.branch: arm for arm in later.arms}
        for arm in self.arms:
            other = others.get(arm.branch)
            if arm.ends if other is None else other.way != arm.way:
                return True
        return False

    def is_beside(self, other: Place) -> bool:
        """Whether both stand on the two ways of one branch, and in nothing else that the other does not."""
        mine, theirs = self.arms[-1:], other.arms[-1:]
        is_same_branch = bool(mine and theirs) and mine[0].branch == theirs[0].branch and mine[0].way != theirs[0].way
        return is_same_branch and self.arms[:-1] == other.arms[:-1]

    def dominates(self, later: Place) -> bool:
        """Whether every run that comes to the later place came by this one, if it stands before it."""
        return self.arms == later.arms[: len(self.arms)]

    def is_optional(self, later: Place) -> bool:
        """Whether the function has ways to the later place that leave this one out by choice; a loop without a turn is
        no choice."""
        return any(not arm.is_sure for arm in self.arms if arm not in later.arms)

    def around(self, inner: Place) -> Place:
        """A place inside of this one."""
        return Place(
            (*self.arms, *inner.arms),
            (*self.loops, *inner.loops),
            (*self.tries, *inner.tries),
            self.short | inner.short,
        )

    def within(self, arm: Arm) -> Place:
        """A place on one way of a branch at this one."""
        return Place((*self.arms, arm), self.loops, self.tries, self.short)

    def is_in(self, part: Part) -> bool:
        """Whether it stands in that part of any `try`."""
        return any(found is part for _, found in self.tries)
