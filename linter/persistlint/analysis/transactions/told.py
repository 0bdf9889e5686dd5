"""What a test tells of its two ways: which transactions are open there, and which variables are filled."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from persistlint.analysis.names import path_of
from persistlint.facts import Role, Scoping
from persistlint.ir import (
    Call,
    Collection,
    Expression,
    Mapping,
    String,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.analysis.transactions.chain import Known
    from persistlint.analysis.transactions.open import Open
    from persistlint.analysis.transactions.walk import Walk

_ELSEWHERE = -1  # a way through a branch that is none of those in the program


@contextmanager
def told(walker: Walk, asked: tuple[str, bool] | None, *, holds: bool) -> Iterator[bool]:
    """What a test tells where it holds, or does not: where it found no transaction, none is open, and where a
    variable is empty, the program did not come by what fills it. Gives whether a run can come here at all."""
    if asked is None:
        yield True
        return
    path, there = asked[0], asked[1] is holds
    outer, place = list(walker.around), walker.place  # a block that opens one adds to the list itself
    if there:
        walker.tested.append(path)
    else:
        walker.around = without(walker, path)
        elsewhere = tuple(replace(arm, way=_ELSEWHERE) for arm in walker.filled.get(path, ()))
        walker.place = replace(place, arms=(*place.arms, *elsewhere))
    yield there or path not in walker.sure
    walker.around, walker.place = outer, place
    if there:
        walker.tested.pop()


def fill(walker: Walk, name: str, value: Expression, is_written: bool) -> None:
    """Note on which way a variable gets something that is there for sure: what a test has found, a row that was
    written, or something new."""
    is_new = is_written or (value.new if type(value) is Call else isinstance(value, Mapping | Collection | String))
    if not is_new and path_of(value) not in walker.tested:
        walker.filled.pop(name, None)  # it may be empty now, wherever it was filled before
    elif walker.place.arms:
        walker.filled.setdefault(name, []).append(walker.place.arms[-1])


def without(walker: Walk, path: str) -> list[Open]:
    """The transactions around this place but for the one that a parameter may hold."""
    found = walker.scope.find(path)
    handle = found.known.handle if found is not None and found.known is not None else None
    return [o for o in walker.around if o.scoping is not Scoping.PARAMETER or o.handle != handle]


def through_transaction(walker: Walk) -> dict[str, Known]:
    """The variables of the function that lead into a transaction here."""
    known = ((name, variable.known) for name, variable in walker.scope.variables.items())
    return {name: found for name, found in known if found is not None and found.handle.role is Role.TRANSACTION}


def keep_transaction(walker: Walk, taken: dict[str, Known]) -> None:
    """Let variables that one way of a test has set so lead into the transaction behind it, for the other way is there
    for runs without one: `if tx != nil { stmt, err = tx.Prepare(q) } else { stmt, err = db.Prepare(q) }`."""
    for name, known in taken.items():
        walker.scope.variables[name].known = known
