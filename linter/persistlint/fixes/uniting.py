"""Writes that stand one behind the other, put into one transaction in whichever way their language and library have."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from persistlint.fixes import pools
from persistlint.fixes.go_together import begun_and_committed
from persistlint.fixes.refusal import RefusalError, first_of
from persistlint.fixes.together import in_one_transaction

if TYPE_CHECKING:
    from collections.abc import Sequence

    from persistlint.diagnostic import Fix
    from persistlint.facts import Effect, Procedure
    from persistlint.fixes.program import Program


def united(program: Program, earlier: Effect, later: Sequence[Effect], fact: Procedure) -> tuple[Fix, ...]:
    """A transaction around as many of the writes as can be in one; none on what somebody else may have begun one on.
    Raises `RefusalError`."""
    if fact.receives is not None:
        raise RefusalError("the function is handed what it writes through, on which its caller may have begun one")
    is_go = program.source.language == "go"
    ways = (begun_and_committed,) if is_go else (in_one_transaction, pools.in_one_transaction)
    found = first_of(partial(way, program, earlier, last, fact.effects) for last in reversed(later) for way in ways)
    if not found:
        library = later[0].handle.library
        raise RefusalError(
            f"nothing is known of transactions of {library.name}"
            if library is not None
            else "nothing here tells which library this is, and each opens transactions differently"
        )
    return found
