"""What becomes of the errors of a database."""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.facts.fact import Fact
from persistlint.records import dataclass

if TYPE_CHECKING:
    from persistlint.facts.effects import Effect
    from persistlint.source import Range


@dataclass(frozen=True, slots=True)
class Handled(Fact):
    """A `try` whose handler takes errors of a database, or Go's `if err != nil` behind a call.

    `range` is the handler, or the test. `effects` are those that may fail in it. `raises` where the handler raises or
    hands the error on, `answers` where it returns something, `undoes` where it rolls back, `only_logs` where it does
    nothing else, `is_narrow` where it takes one kind of error and not every, `is_explained` where a comment in it says
    why. `size` counts the statements that may fail. `transaction` is the range of the one that the whole `try` stands
    in.
    """

    effects: tuple[Effect, ...]
    raises: bool
    answers: bool
    undoes: bool
    only_logs: bool
    is_narrow: bool
    is_explained: bool
    size: int
    transaction: Range | None = None
