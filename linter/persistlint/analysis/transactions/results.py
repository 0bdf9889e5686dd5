"""Counts and lists that are filled inside a transaction which can roll back, and used after it.

The rollback takes back the rows, and not the variable: it goes on counting what was never stored.
"""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING

from persistlint.analysis.names import path_of
from persistlint.analysis.transactions.handlers import is_missing
from persistlint.facts import EffectKind, Part, Scoping, StaleResult
from persistlint.ir import Assign, Attribute, Call, Name, Raise, Return, Subscript
from persistlint.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.analysis.transactions.open import Open
    from persistlint.facts import Effect, Place
    from persistlint.ir import Handler
    from persistlint.source import Range

_FILLS = frozenset(["push", "append", "add", "extend", "unshift", "set", "insert", "update"])


@dataclass
class Results:
    """What one function fills inside its transactions, and which variables it reads where."""

    filled: list[tuple[str, Range, Open, Place]] = field(default_factory=list)
    reads: list[tuple[str, int]] = field(default_factory=list)
    reset: set[str] = field(default_factory=set)  # variables that a handler sets
    # The numbers of `try` statements that a handler goes on behind, and whether for more than a row that is not found.
    going_on: dict[int, bool] = field(default_factory=dict)

    def assigned(self, statement: Assign, opened: Open | None, place: Place) -> None:
        """`count += 1`, `found[key] = value`; in a handler, a variable that is set anew."""
        target = statement.target
        name = path_of(target.value if isinstance(target, Subscript) else target)
        if name is None:
            return
        if place.is_in(Part.HANDLER) and statement.operator == "=":
            self.reset.add(name)
        if isinstance(target, Subscript) or statement.operator != "=":
            self._fill(name, statement.range, opened, place)

    def called(self, node: Call, opened: Open | None, place: Place) -> None:
        """`created.append(row.id)`."""
        if isinstance(node.function, Attribute) and node.function.name in _FILLS:
            name = path_of(node.function.value)
            if name is not None:
                self._fill(name, node.range, opened, place)

    def _fill(self, name: str, range: Range, opened: Open | None, place: Place) -> None:
        if opened is not None and name.split(".", 1)[0] in opened.known_before:
            self.filled.append((name, range, opened, place))

    def read(self, node: Name) -> None:
        """A variable is mentioned."""
        self.reads.append((node.id, node.range.start))

    def handled(self, number: int, handlers: tuple[Handler, ...]) -> None:
        """A `try` has handlers; where one of them does not leave the function, that goes on behind it."""
        going_on = [each for each in handlers if not each.body or not isinstance(each.body[-1], Return | Raise)]
        if going_on:
            self.going_on[number] = any(not is_missing(each.types) for each in going_on)

    def stale(self, effects: list[Effect]) -> Iterator[StaleResult]:
        """The first thing that fills each variable in each transaction, if the function goes on with it afterwards.
        `effects` are those of the function: a transaction that only reads has nothing that is taken back."""
        seen: set[tuple[str, Range]] = set()
        for name, range, opened, place in self.filled:
            is_repeated = len(place.loops) > len(opened.place.loops)
            own = [effect for effect in effects if effect.transaction == opened.range]
            if own and all(effect.kind is EffectKind.READ for effect in own):
                continue
            later = [effect for effect in own if is_repeated or effect.range.start > range.end]
            reads_on = any(effect.kind is EffectKind.READ and not effect.place.excludes(place) for effect in later)
            guards = [number for number, part in opened.place.tries if part is Part.BODY]
            is_managed = opened.scoping in (Scoping.CALLBACK, Scoping.CONTEXT)
            going_on = [self.going_on[number] for number in guards if number in self.going_on]
            survives = _repeats(opened) or any(is_any or reads_on for is_any in going_on)
            # Within a loop, what a transaction reads may be what the one before it left.
            behind = range.end if opened.place.loops else max(range.end, opened.end)
            is_read = any(found == name and offset > behind for found, offset in self.reads)
            may_fail = is_repeated or _repeats(opened) or self._goes_on(range.end, opened.end)
            is_stale = is_managed and survives and is_read and may_fail and name not in self.reset
            if is_stale and (name, opened.range) not in seen:
                seen.add((name, opened.range))
                yield StaleResult(range, name, opened.range)

    def _goes_on(self, start: int, end: int) -> bool:
        """Whether the program does anything between two offsets, which may fail."""
        return any(start < offset < end for _, offset in self.reads)


def _repeats(opened: Open) -> bool:
    """Whether the callback may run several times: https://www.mongodb.com/docs/manual/core/transactions-in-applications/"""
    return opened.method == "withTransaction" and opened.opener.name.lower().endswith("session")
