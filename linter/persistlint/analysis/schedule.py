"""Which functions of a file are worth running, and in which order."""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING

from persistlint.source import Range

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from persistlint.analysis.reach import Reach
    from persistlint.ir import Function
    from persistlint.languages import Named

# Code outside the file can call what is exported, with anything; the rest runs as it is called here, and for its own
# sake only where nothing calls it. What is called here comes after its callers, which tell what it is called with.
# Each stage says of a function by whether it is exported, and whether this file calls it, if its turn has come.
STAGES: tuple[Callable[[bool, bool], bool], ...] = (
    lambda exported, called: exported and not called,
    lambda exported, called: exported,
    lambda exported, called: not called,
    lambda exported, called: True,
)


class Wanted:
    """Which functions are worth running: those that hold a candidate, and those that call one of them; of these, where
    `reach` is given, the ones that it includes. `calls` says where each name
    is called in the file."""

    def __init__(
        self, candidates: Iterable[Range], calls: Mapping[str, Sequence[int]], reach: Reach | None = None
    ) -> None:
        self.reach = reach
        self.starts = sorted(candidate.start for candidate in candidates)
        self.calls = calls
        self.known: set[str] = set()

    def learn(self, functions: Iterable[Function | Named]) -> None:
        """Take the calls of functions that are worth running for candidates too, until no more are found."""
        named = [function for function in functions if function.name in self.calls and function.name not in self.known]
        while found := {function.name for function in named if self.holds(function.range)}:
            self.known |= found
            self.starts = sorted({*self.starts, *(start for name in found for start in self.calls[name])})
            named = [function for function in named if function.name not in found]

    def includes(self, function: Function, is_inner: bool = False) -> bool:
        """Whether a function is one of them, as far as is learnt. One inside another is known only where that ran, for
        its own sake or as it is called, perhaps with what the reach is about: `new Promise((resolve) => { … })`."""
        return self.holds(function.range) and (is_inner or self.reach is None or self.reach.includes(function))

    def add(self, candidates: Iterable[Range]) -> None:
        """Take more candidates, whose callers are not worth running for them."""
        self.starts = sorted({*self.starts, *(candidate.start for candidate in candidates)})

    def within(self, range: Range) -> list[Range]:
        """Where the candidates in a range begin, as far as is learnt."""
        starts = self.starts[bisect_left(self.starts, range.start) : bisect_left(self.starts, range.end)]
        return [Range(start, start) for start in starts]

    def holds(self, range: Range) -> bool:
        """Whether a candidate stands in a range, as far as is learnt."""
        index = bisect_left(self.starts, range.start)
        return index < len(self.starts) and self.starts[index] < range.end
