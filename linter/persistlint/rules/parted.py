"""Two writes of one change with a commit between them, on what commits only where it is told to."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from persistlint.facts import EffectKind, Role, updates
from persistlint.fixes.commits import row_added, stand_close
from persistlint.records import dataclass
from persistlint.rules.torn import belong_together, runs_again

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from persistlint.facts import Effect
    from persistlint.fixes.program import Program

_WRITES = (EffectKind.WRITE, EffectKind.PENDING)
_KEPT_OPEN = (*_WRITES, EffectKind.READ)
_MOST = 50  # commits of one function, and effects around one, that are looked at
_TELLS = (Role.IMPLICIT, Role.SESSION)


@dataclass(frozen=True)
class Parted:
    """A write, the commit behind it, and a later write that needs the first one and has a commit of its own."""

    earlier: Effect
    commit: Effect
    later: Effect


def parted(program: Program, effects: Sequence[Effect]) -> Iterator[Parted]:
    """What a commit parts though nothing else stands between: no other work, no way out, no handler that goes on."""
    commits = [each for each in effects if each.method == "commit" and each.kind is EffectKind.COMMIT and _is_own(each)]
    start = 0
    for first, last in pairwise(commits[:_MOST]):
        before = [each for each in effects if start <= each.range.start < first.range.start]
        between = [each for each in effects if first.range.end <= each.range.start < last.range.start]
        start = first.range.end
        is_one = all(each.handle.is_same(last.handle) for each in (first, *between))
        is_open = all(_is_own(each) and each.kind in _KEPT_OPEN for each in between)
        if (
            is_one
            and is_open
            and len(between) <= _MOST
            and first.place == last.place
            and stand_close(program, first, last, (first, *between, last))
        ):
            pairs = ((earlier, later) for earlier in before[-_MOST:] for later in between)
            found = next((pair for pair in pairs if first.place == pair[0].place and _is_one(program, *pair)), None)
            if found is not None:
                yield Parted(found[0], first, found[1])


def _is_own(effect: Effect) -> bool:
    handle = effect.handle
    return handle.library is not None and handle.role in _TELLS and effect.transaction is None and not effect.via


def _is_one(program: Program, earlier: Effect, later: Effect) -> bool:
    """Whether the later write points to the row that the earlier one makes, or both move something between two rows."""
    is_one_handle = earlier.handle.is_same(later.handle) and _is_own(earlier)
    if not is_one_handle or earlier.is_aside or later.is_aside or not {earlier.kind, later.kind} <= {*_WRITES}:
        return False
    if earlier.kind is EffectKind.PENDING:
        row, other = row_added(program, earlier), row_added(program, later)
        return bool(row) and row != other and row in later.names and earlier.table != later.table
    is_move = earlier.table == later.table and updates(_verb(earlier)) and updates(_verb(later))
    is_sql = bool(earlier.sql and later.sql and earlier.names & later.names)
    return is_sql and is_move and belong_together(earlier, later) and not runs_again(earlier, later)


def _verb(effect: Effect) -> str:
    return effect.sql.split(maxsplit=1)[0].lower() if effect.sql.strip() else ""
