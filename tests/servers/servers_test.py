"""The SQL programs of the cases on real servers: what no rule reports runs, what is `refused` does not, and fixed
programs do what they did before. The format of the cases: ../rules/README.md."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from persistlint.fixes.converge import converge
from persistlint.rules import every_rule
from running import diagnostics_of, place_of, source_of
from servers.programs import Step, prepare, run, sql_cases, steps, transactions

if TYPE_CHECKING:
    from collections.abc import Callable

    from markdown import Case
    from servers.server import Server

    ServerOf = Callable[[str], Server]


def _fixed(name: str, case: Case, *, is_unsafe: bool) -> str:
    source = source_of(case, case.text)
    fixed, _ = converge(source, lambda source: diagnostics_of(source, {name}, case), unsafe=is_unsafe)
    return fixed.content.decode()


OF_MIGRATIONS = {rule.name for rule in every_rule() if rule.group == "migrations"}
CASES = [pytest.param(name, case, id=f"{name}:{case.line}") for name, case in sql_cases()]
FIXED = [
    pytest.param(name, case, id=f"{name}:{case.line}")
    for name, case in sql_cases()
    if case.expectations and _fixed(name, case, is_unsafe=True) != case.text
]


@pytest.mark.parametrize(("name", "case"), CASES)
def test_a_server_refuses_what_is_marked_and_nothing_else(server_of: ServerOf, name: str, case: Case) -> None:
    program = steps(case.path, case.text, case.dialect)
    refused = _refused(server_of(case.dialect or ""), case, program)
    if "refused" not in case.marks:
        assert not refused
    elif case.expectations:
        assert set(refused) == {_line(program, expectation.line) for expectation in case.expectations}
    else:
        assert refused


@pytest.mark.parametrize(("name", "case"), FIXED)
def test_a_fixed_program_runs_and_a_safe_fix_of_how_a_change_is_made_leaves_the_same(
    server_of: ServerOf, name: str, case: Case
) -> None:
    server = server_of(case.dialect or "")
    text = _fixed(name, case, is_unsafe=True)
    program = steps(case.path, text, case.dialect)
    refused = _refused(server, case, program)
    if "refused" in case.marks:  # what has no fix is refused as before
        source = source_of(case, text)
        left = [place_of(source, diagnostic).line for diagnostic in diagnostics_of(source, {name}, case)]
        assert set(refused) == {_line(program, line) for line in left}
        return
    assert not refused
    safe = _fixed(name, case, is_unsafe=False)
    if name in OF_MIGRATIONS and safe != case.text:
        assert _state(server, case, safe) == _state(server, case, case.text)


def _refused(server: Server, case: Case, program: list[Step]) -> dict[int, str]:
    """What a server says to the statements of a program that it refuses, by the lines on which they start."""
    with server.database() as database:
        prepare(database, case)
        answers = {step.first: database.refusal(step.text) for step in transactions(database, program)}
    return {line: answer for line, answer in answers.items() if answer}


def _line(program: list[Step], line: int) -> int:
    """The first line of the statement that a line belongs to."""
    return next(step.first for step in program if step.first <= line <= step.last)


def _state(server: Server, case: Case, text: str) -> str:
    """What a database is like when a program has run on it."""
    with server.database() as database:
        prepare(database, case)
        run(database, steps(case.path, text, case.dialect))
        return database.state()
