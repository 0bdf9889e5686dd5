"""What one migration that is written in a program does, statement by statement."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from persistlint.records import dataclass
from persistlint.schema.script import OF_RUNNER
from persistlint.sql.replay import AS_IT_STANDS, How, Replay
from persistlint.sql.splitter import statements

if TYPE_CHECKING:
    from persistlint.schema.catalog import Catalog
    from persistlint.schema.script import Runner, Script
    from persistlint.source import Range
    from persistlint.sql.text import Text

OWN = -1  # in place of the number of a transaction: whatever the runner does


@dataclass(frozen=True, slots=True)
class Step:
    """One call that changes the database. `sql` is None where nobody understands it. `transaction` is the number of the
    one that the migration opened for it, None outside of all. `is_verbatim` where the program holds the SQL itself.
    `table` is the only one that a step may change that nobody understands, "" where that is not known."""

    sql: Text | None
    range: Range
    is_forward: bool
    transaction: int | None = OWN
    how: How = AS_IT_STANDS
    is_verbatim: bool = False
    table: str = ""


@dataclass(frozen=True)
class Migration:
    """A migration. `is_undone` is None where there need not be a way back; `way_back` is where it should be and nothing
    is. `is_empty` where it does nothing and no comment says why, and where it does not join others."""

    range: Range
    runner: Runner
    steps: tuple[Step, ...]
    is_undone: bool | None = None
    way_back: Range | None = None
    is_empty: bool = False

    def script(self, path: str, dialect: str | None, known: Catalog) -> Script:
        """The migration as rules read it, after what the project has made before it."""
        replay = Replay(dialect, known)
        of_runner = OF_RUNNER if self.runner.wraps else None
        for is_forward in (True, False):
            replay.begin(of_runner, is_forward)
            numbers: dict[int, int] = {}
            for step in self.steps:
                if step.is_forward is is_forward:
                    self._read(step, replay, numbers)
        script = replay.script(
            self.range, path, self.runner, is_dump=False, is_undone=self.is_undone, version="", way_back=self.way_back
        )
        return replace(script, is_empty=True) if self.is_empty else script

    def _read(self, step: Step, replay: Replay, numbers: dict[int, int]) -> None:
        if step.sql is None:
            replay.skip(step.range, step.table)
            return
        around = replay.transaction
        if step.transaction is None:
            replay.transaction = None
        elif step.transaction != OWN:
            if step.transaction not in numbers:
                numbers[step.transaction] = replay.open_transaction()
            replay.transaction = numbers[step.transaction]
        inside = replay.transaction
        for tokens in statements(step.sql.text, replay.dialect):
            range = None if step.is_verbatim else step.range
            replay.read(step.sql, tokens, range, step.how)
        if replay.transaction == inside:  # it did not begin or end one by itself
            replay.transaction = around
