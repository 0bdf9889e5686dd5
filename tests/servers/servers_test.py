"""The SQL programs of the cases on real servers: what no rule reports runs, what is `refused` does not, and fixed
programs do what they did before. The format of the cases: ../rules/README.md."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from persistlint.fixes.converge import converge
from running import diagnostics_of, source_of
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


def _runs(name: str, case: Case, fixed: str) -> bool:
    """Whether a fixed program is another one that no server should refuse."""
    is_mended = "refused" not in case.marks or not diagnostics_of(source_of(case, fixed), {name}, case)
    return fixed != case.text and is_mended


CASES = [pytest.param(name, case, id=f"{name}:{case.line}") for name, case in sql_cases()]
FIXED = [
    pytest.param(name, case, id=f"{name}:{case.line}")
    for name, case in sql_cases()
    if case.expectations and _runs(name, case, _fixed(name, case, is_unsafe=True))
]


@pytest.mark.parametrize(("name", "case"), CASES)
def test_a_server_refuses_what_is_marked_and_nothing_else(server_of: ServerOf, name: str, case: Case) -> None:
    program = steps(case.path, case.text, case.dialect)
    with server_of(case.dialect or "").database() as database:
        prepare(database, case)
        answers = {step.first: database.refusal(step.text) for step in transactions(database, program)}
    refused = {line: answer for line, answer in answers.items() if answer}
    if "refused" not in case.marks:
        assert not refused
    elif case.expectations:
        assert set(refused) == {_line(program, expectation.line) for expectation in case.expectations}
    else:
        assert refused


@pytest.mark.parametrize(("name", "case"), FIXED)
def test_a_fixed_program_runs_and_a_safe_fix_takes_nothing_away(server_of: ServerOf, name: str, case: Case) -> None:
    server = server_of(case.dialect or "")
    _after(server, case, _fixed(name, case, is_unsafe=True))
    safe = _fixed(name, case, is_unsafe=False)
    if safe != case.text and "refused" not in case.marks:
        before, after = (_after(server, case, text).splitlines() for text in (case.text, safe))
        assert set(before) <= set(after)


def _line(program: list[Step], line: int) -> int:
    """The first line of the statement that a line belongs to."""
    return next(step.first for step in program if step.first <= line <= step.last)


def _after(server: Server, case: Case, text: str) -> str:
    """What a database is like when a program has run on it."""
    with server.database() as database:
        prepare(database, case)
        run(database, steps(case.path, text, case.dialect))
        return database.state()
