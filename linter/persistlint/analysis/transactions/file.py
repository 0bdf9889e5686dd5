"""What is the same for all functions of a file, and where one of them is left."""

from __future__ import annotations

from dataclasses import field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from persistlint.analysis.transactions.locks import says_lock
from persistlint.records import dataclass
from persistlint.source import Range

if TYPE_CHECKING:
    from collections.abc import Sequence

    from persistlint.analysis.schedule import Wanted
    from persistlint.analysis.transactions.handles import Handles
    from persistlint.analysis.transactions.open import Open
    from persistlint.analysis.transactions.variables import Scope
    from persistlint.analysis.transactions.walk import Walk
    from persistlint.facts import Effect, Place
    from persistlint.ir import Function
    from persistlint.source import SourceFile


MOST_STEPS = 50_000  # statements of one file and effects of its helpers; beyond that, helpers are no longer followed
DEEPEST_CALL = 3  # helpers of the file that are followed into one another
MOST_EFFECTS = 400  # of one function; what comes behind them is not looked at


@dataclass
class Exit:
    """A place where a function is left, the range of the statement that leaves it, and that of the function."""

    place: Place
    range: Range
    function: Range
    is_return: bool
    index: int  # how many effects stand before it
    guards: frozenset[int]  # the numbers of transactions of whose begin it only hands on the error
    is_answered: bool = False  # with a value that is found or made, and no constant


@dataclass(frozen=True)
class Summary:
    """What a helper comes to where it is called: its effects, and the transactions that it opens. `height` is how many
    calls of helpers were followed into one another in it; `is_cut` where one more was left out."""

    effects: tuple[Effect, ...] = ()
    opened: tuple[Open, ...] = ()
    height: int = 0
    is_cut: bool = False


@dataclass
class File:
    """What is the same for all functions of a file."""

    source: SourceFile
    handles: Handles
    functions: dict[str, Function] = field(default_factory=dict)  # by name, methods as `Class.method`
    every_function: list[Function] = field(default_factory=list)
    wanted: Wanted | None = None  # which functions are worth walking
    steps: int = 0  # statements that were walked
    scopes: dict[int, Scope] = field(default_factory=dict)  # the variables around a function, by its identity
    # The calls of a function in this file: by which function, and whether inside a transaction of that.
    calls: dict[int, list[tuple[Function | None, bool]]] = field(default_factory=dict)
    summaries: dict[Any, Summary] = field(default_factory=dict)  # by function, what it is given, and depth
    whole: dict[Any, Summary] = field(default_factory=dict)  # those that hold at any depth
    alone: dict[int, Walk] = field(default_factory=dict)  # the walks behind these, of functions that are given nothing
    comments: Sequence[Range] = ()
    numbers: int = 0
    lent: set[str] = field(default_factory=set)  # classes that make copies of their objects on another handle
    pooled: set[int] = field(default_factory=set)  # functions that are handed a pool, outside of any transaction
    guarded: set[int] = field(default_factory=set)  # functions that run while a lock is held, by their identity
    launched: set[int] = field(default_factory=set)  # those that a `go` statement starts, listeners and timers
    tolerant: dict[int, bool] = field(default_factory=dict)  # whether a function says that it may fail, by its identity

    @cached_property
    def has_locks(self) -> bool:
        """Whether there is a name of a lock in it."""
        return says_lock(self.source.content)

    def is_wanted(self, function: Function) -> bool:
        """Whether a function can do anything to a database."""
        return self.wanted is None or self.wanted.includes(function)

    def forget_walks(self) -> None:
        """Forget what functions came to: from here on more is known of the variables around them, or nobody asks. The
        walks hold this file, and without them it is given up as soon as nothing else does."""
        self.whole.clear()
        self.alone.clear()

    def called_inside(self) -> set[int]:
        """The functions of which every call in this file stands inside a transaction, there or further out."""
        outside = {called: [caller for caller, inside in calls if not inside] for called, calls in self.calls.items()}
        waiting: dict[int, list[int]] = {}
        for called, callers in outside.items():
            for caller in callers:
                waiting.setdefault(id(caller), []).append(called)
        open_calls = {called: len(callers) for called, callers in outside.items()}
        found = [called for called, count in open_calls.items() if count == 0]
        for inside in found:
            for called in waiting.get(inside, ()):
                open_calls[called] -= 1
                if open_calls[called] == 0:
                    found.append(called)
        return set(found)

    def source_range(self) -> Range:
        """The whole file."""
        return Range(0, len(self.source.content))

    def number(self) -> int:
        """A number that nothing else has."""
        self.numbers += 1
        return self.numbers
