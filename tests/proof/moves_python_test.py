"""Python programs with two writes that belong together: what a failure between them leaves, before and after the fixes
about transactions."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from importlib import import_module
from typing import TYPE_CHECKING, Any

import pytest

from proof.moves import PYTHON, TABLES, prove
from proof.proving import mended

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.mark.parametrize("name", PYTHON)
def test_nothing_is_left_half_done(name: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    driver, text = PYTHON[name]
    pytest.importorskip(driver, reason=f"{driver} is not installed; the extra `proof` has it")
    is_server = driver == "psycopg"
    address = request.getfixturevalue("postgres_folder") if is_server else str(tmp_path / "moves.db")

    def connect() -> Any:
        if is_server:
            return import_module(driver).connect(host=address, user="postgres", dbname="postgres")
        return sqlite3.connect(address)

    after = mended("program.py", text, "transactions", "errors")
    prove(*(_states(program, address, connect) for program in (text, after)))


def _states(program: str, address: str, connect: Callable[[], Any]) -> list[Any]:
    """What the database holds at first, after a move, and after one of more than the account has."""
    names: dict[str, Any] = {}
    exec(compile(program, "program.py", "exec", dont_inherit=True), names)
    with closing(connect()) as connection:
        for statement in TABLES:
            connection.execute(statement)
        connection.commit()
    states = [_state(connect)]
    names["move"](address, 1, 30)
    states.append(_state(connect))
    with pytest.raises(Exception, match=r"(?i)check"):
        names["move"](address, 1, 100)
    return [*states, _state(connect)]


def _state(connect: Callable[[], Any]) -> Any:
    with closing(connect()) as connection:
        queries = ("SELECT id, balance FROM accounts", "SELECT account, amount FROM moves ORDER BY amount")
        return [connection.execute(query).fetchall() for query in queries]
