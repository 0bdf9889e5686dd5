"""The fix for values that became part of SQL text: a bind parameter in the place of each, written as the driver in use
writes it, and the value passed beside those that the call passes already.

A fix is whole or absent: where something is not certain, a `RefusalError` says what, and the help of the diagnostic
tells it. Names, keywords and pieces of SQL are never bound.

On the way to a fix: `place` finds the text in the call that sends it, `reading` takes it apart into a `View` of
characters and values, `plan` says which stretch of that each parameter replaces, `marking` and `gathering` which marks
they have and what is passed for them, `sending` where the call takes that, and `rewrite` edits the text.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from persistlint.diagnostic import Applicability, Remedy
from persistlint.facts import Query
from persistlint.fixes.binding.calls.forwarding import forwarded
from persistlint.fixes.binding.calls.stating import stated
from persistlint.fixes.binding.finishing import of_version
from persistlint.fixes.binding.fixing import Binding, check_count
from persistlint.fixes.binding.marks.using import with_used
from persistlint.fixes.binding.refusal import RefusalError, SharedError
from persistlint.fixes.binding.steps.carrying import carried
from persistlint.fixes.binding.steps.helping import helped, helper_of
from persistlint.fixes.binding.text.enclosing import enclosing
from persistlint.fixes.binding.text.showing import without_shows
from persistlint.fixes.binding.text.statements import with_loops

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from persistlint.diagnostic import Fix
    from persistlint.facts import Hole, SqlText
    from persistlint.fixes.program import Program

_MOST_CARRIED = 10  # holes of which each is followed through every value of the text


def bind(fact: SqlText, holes: Sequence[Hole], program: Program | None) -> Remedy:
    """Bind the values at these holes of a query."""
    return _remedy(fact, program, lambda query, program: _bound(query, holes, program))


def name(fact: SqlText, holes: Sequence[Hole], program: Program | None) -> Remedy:
    """Quote the names at these holes of a query, or compare the first of them with those that are meant; nothing to say
    of why there is no fix."""
    return Remedy(_remedy(fact, program, lambda query, program: Binding(query, holes, program).names()).fixes)


def _remedy(fact: SqlText, program: Program | None, fix: Callable[[Query, Program], Fix]) -> Remedy:
    if program is None:
        return Remedy()
    if not isinstance(fact, Query):
        return Remedy(reason="no call in this file sends it")
    try:
        fact = with_used(fact, program)
        fact = without_shows(enclosing(with_loops(fact), program), program) if fact.placeholder else fact
        found = fix(fact, program)
    except RefusalError as refusal:
        return Remedy(reason=str(refusal))
    return Remedy((of_version(found, program.source),))


def _bound(query: Query, holes: Sequence[Hole], program: Program) -> Fix:
    check_count(len(holes))
    binding = Binding(query, holes, program)
    try:
        return _passed(query, holes, program)
    except RefusalError:
        is_few = len(holes) <= _MOST_CARRIED
        others = carried(query, holes, program, binding.dialect) if query.placeholder and is_few else None
        if others is not None:
            with suppress(RefusalError):
                return _passed(query, others, program)
        statement = stated(query, holes) if query.placeholder else None
        if statement is not None:
            with suppress(RefusalError):
                return replace(Binding(statement, holes, program).fix(), applicability=Applicability.UNSAFE)
        fix = binding.quoted() if query.placeholder else None
        if fix is None:
            raise
        return fix


def _passed(query: Query, holes: Sequence[Hole], program: Program) -> Fix:
    if Binding(query, holes, program).is_of_class():
        raise RefusalError("the method that sends it is none of this file, and nothing here tells how it takes values")
    helper = helper_of(query, holes, program) if query.placeholder and query.library else None
    if helper is not None:
        return helped(Binding(query, holes, program), helper)
    handed = forwarded(query, holes, program) if query.placeholder else None
    binding = Binding(handed.query if handed else query, holes, program, handed)
    try:
        return binding.fix()
    except SharedError as refusal:
        return binding.shared(refusal)
