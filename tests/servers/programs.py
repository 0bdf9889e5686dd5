"""The SQL programs of the Markdown cases, as their runners send them to a server."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from markdown import Case, cases
from persistlint.schema.script import OF_RUNNER
from persistlint.sql.script import read_script

if TYPE_CHECKING:
    from collections.abc import Iterator

    from servers.server import Database

GROUPS = ("migrations", "schema", "consistency")
_RULES = Path(__file__).parent.parent / "rules"
_NUMBERS = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class Step:
    """A statement of a program: its text, and the 1-based lines on which it starts and ends. `transaction` is whether
    the runner has opened one around it; `is_forward` is false in the part that undoes the rest."""

    text: str
    first: int
    last: int
    is_wrapped: bool
    is_forward: bool


def sql_cases() -> list[tuple[str, Case]]:
    """The programs in SQL that the rules about SQL files are tested with, by the names of the rules."""
    files = (file for group in GROUPS for file in sorted((_RULES / group).glob("*.md")))
    found = ((file.stem, case) for file in files for case in cases(file.read_text("utf-8")))
    return [(name, case) for name, case in found if case.path.endswith(".sql") and case.dialect is not None]


def steps(path: str, text: str, dialect: str | None) -> list[Step]:
    """The statements of a program in order. Those inside a `DO` block are a part of it."""
    content = text.encode()
    found, end = list[Step](), 0
    for statement in read_script(path, content, dialect).statements:
        range = statement.range
        if range.start < end:
            continue
        end = range.end
        first, last = (content.count(b"\n", 0, offset) + 1 for offset in (range.start, range.end))
        is_wrapped = statement.transaction == OF_RUNNER
        found.append(Step(content[range.start : end].decode(), first, last, is_wrapped, statement.is_forward))
    return found


def prepare(database: Database, case: Case) -> None:
    """Bring a database to where the program starts: its base, and the files of its project that come before it."""
    run(database, steps("base.sql", case.base, case.dialect))
    for path, text in sorted(case.beside, key=lambda each: _version(each[0])):
        if path.endswith(".sql") and path != case.path and _version(path) <= _version(case.path):
            run(database, steps(path, text, case.dialect))


def run(database: Database, program: list[Step]) -> None:
    """Run a program. Raises `RefusedError`."""
    for step in transactions(database, program):
        database.run(step.text)


def transactions(database: Database, program: list[Step]) -> Iterator[Step]:
    """The statements of a program, with the transactions of its runner around them."""
    around: tuple[bool, bool] | None = None
    for step in program:
        here = (step.is_wrapped, step.is_forward)
        if here != around:
            if around is not None and around[0]:
                database.run("COMMIT")
            if step.is_wrapped:
                database.run("BEGIN")
        around = here
        yield step
    if around is not None and around[0]:
        database.run("COMMIT")


def _version(path: str) -> tuple[int, ...]:
    return tuple(int(number) for number in _NUMBERS.findall(path))
