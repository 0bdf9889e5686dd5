"""The functions of a file that wait to be run for their own sake, with what is known around each of them.

A function literal is met anew whenever the function around it is run, each time among other values: what a helper hands
to `new Promise((resolve, reject) => { … })` sends the SQL of every call of that helper.
"""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING

from persistlint.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from persistlint.analysis.interpretation.values import Value
    from persistlint.ir import Function

_MOST = 200  # times that one function is run for its own sake


@dataclass(frozen=True)
class _Turn:
    """One meeting with a function: its object, the variables around it, the functions inside which it was met, by
    identity, and whether that was where the block begins and not yet where the function is defined."""

    receiver: Value | None
    captured: dict[str, Value]
    within: frozenset[int]
    is_early: bool


@dataclass
class Waiting:
    """Which functions were met, and how often each of them had its turn."""

    met: dict[int, tuple[Function, list[_Turn]]] = field(default_factory=dict)
    had: dict[int, int] = field(default_factory=dict)
    within: frozenset[int] = frozenset()

    def add(
        self, function: Function, receiver: Value | None, captured: dict[str, Value], *, is_early: bool = False
    ) -> None:
        """Take down that a function was met. One that is met because it ran itself is not run again for that. What is
        known where it is defined takes the place of what is known where the block begins (`is_early`)."""
        key = id(function)
        turns = self.met.setdefault(key, (function, []))[1]
        if key in self.within:
            return
        if turns and turns[-1].is_early and self.had.get(key, 0) < len(turns):
            turns.pop()
        is_known = bool(turns) and (turns[-1].receiver, turns[-1].captured) == (receiver, captured)
        if not is_known and len(turns) < _MOST:
            turns.append(_Turn(receiver, captured, self.within, is_early))

    def functions(self) -> list[Function]:
        """The functions of which a turn is left."""
        return [function for key, (function, turns) in self.met.items() if self.had.get(key, 0) < len(turns)]

    def turns(self, key: int, is_enough: Callable[[], bool]) -> Iterator[tuple[Value | None, dict[str, Value]]]:
        """The turns that are left of a function, while it has them; once that is enough, only its first."""
        turns = self.met[key][1]
        while self.had.get(key, 0) < len(turns):
            index = self.had.get(key, 0)
            self.had[key] = index + 1
            if index and is_enough():
                continue
            self.within = turns[index].within | {key}
            yield turns[index].receiver, turns[index].captured
            self.within = frozenset()
