"""What becomes of the errors of a database."""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.facts.effects import Affecting, Effect, EffectKind, Handle, Role, Use
from persistlint.facts.places import Place
from persistlint.records import dataclass

if TYPE_CHECKING:
    from persistlint.source import Range


@dataclass(frozen=True, slots=True)
class Handled(Affecting):
    """A `try` whose handler takes errors of a database, or Go's `if err != nil` behind a call.

    `range` is the handler, or the test. `effects` are those that may fail in it. `raises` where the handler raises or
    hands the error on, `answers` where it returns something, `undoes` where it rolls back, or where nothing else was
    written that could commit, `is_over` where that is its end, `only_logs` where it does nothing but log or end
    it, or nothing at all, `logs` where it does log,
    `is_expected` where it logs a warning or less, `is_narrow` where it takes one kind of error and not every,
    `is_explained` where a comment in it says why. `size` counts the statements that may fail. `transaction` is the
    range of the one that the whole `try` stands in. `is_claimed` where it ends with the very answer that is given where
    nothing fails, `is_repeated` where the whole of it stands in a loop. `is_launched` in the function of a `go`
    statement, a listener or a timer, behind which nobody waits.
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
    is_expected: bool = False
    is_launched: bool = False
    logs: bool = False
    is_over: bool = False
    is_claimed: bool = False
    is_repeated: bool = False

    @property
    def is_tolerant(self) -> bool:
        """Whether the function goes on behind the handler, whatever the error was, with no more than a log of it."""
        ends = self.raises or self.answers or self.undoes
        return not ends and not self.is_narrow and (self.only_logs or self.is_expected or self.is_explained)


def swallowed_change(range: Range, role: Role, sql: str) -> Handled:
    """A change of the schema of which every error is dropped."""
    effect = Effect(range, EffectKind.SCHEMA, Handle("", role, None), "", "", Place(), Use.DISCARDED, sql=sql)
    return Handled(
        range,
        (effect,),
        raises=False,
        answers=False,
        undoes=False,
        only_logs=True,
        is_narrow=False,
        is_explained=False,
        size=1,
    )
