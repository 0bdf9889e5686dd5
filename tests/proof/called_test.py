"""Statements of PostgreSQL that take no bind parameter, before and after their fix, which calls a function instead."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest

from proof.cases import QUOTE, TEXTS
from proof.proving import fixed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import psycopg as driver

psycopg = pytest.importorskip("psycopg", reason="psycopg is not installed; the extra `proof` has it")

ATTACK = "x'; SET app.tenant = 'admin"
ORDINARY = [text for text in TEXTS if text]
SETTINGS = {
    "whole": "SET app.tenant = '{value}'",
    "local": "SET LOCAL app.tenant TO '{value}'",
    "part": "SET SESSION app.tenant = 'tenant {value}';",
}


@pytest.fixture
def connection(postgres_folder: str) -> Iterator[driver.Connection]:
    with closing(psycopg.connect(host=postgres_folder, user="postgres", dbname="postgres")) as opened:
        yield opened


@pytest.mark.parametrize("statement", SETTINGS.values(), ids=list(SETTINGS))
def test_a_setting_has_the_value_and_an_attack_sets_nothing_else(statement: str, connection: driver.Connection) -> None:
    before, after = _programs(statement)

    def setting(program: Callable[[Any, str], None], value: str) -> str:
        program(connection, value)
        row = connection.execute("SELECT current_setting('app.tenant')").fetchone()
        connection.rollback()
        assert row is not None
        return str(row[0])

    for value in ORDINARY:
        assert setting(after, value) == setting(before, value)
    assert QUOTE in setting(after, QUOTE)
    assert setting(before, ATTACK) == "admin", "the attack does not work before the fix, so it proves nothing"
    assert ATTACK in setting(after, ATTACK)


def test_who_listens_is_told_the_value(connection: driver.Connection) -> None:
    connection.autocommit = True
    connection.execute("LISTEN Orders")
    before, after = _programs("NOTIFY Orders, '{value}'")

    def told(program: Callable[[Any, str], None], value: str) -> str:
        program(connection, value)
        return next(connection.notifies(timeout=30, stop_after=1)).payload

    for value in ORDINARY:
        assert told(after, value) == told(before, value)
    assert told(after, QUOTE) == QUOTE


@pytest.mark.parametrize("value", [*ORDINARY, QUOTE, ATTACK])
def test_what_the_driver_quotes_is_one_value(value: str, connection: driver.Connection) -> None:
    _, after = _programs("ALTER ROLE postgres SET app.tenant = '{value}'")
    after(connection, value)
    row = connection.execute("SELECT setconfig FROM pg_db_role_setting").fetchone()
    assert row is not None
    assert row[0] == [f"app.tenant={value}"]


def _programs(statement: str) -> tuple[Callable[[Any, str], None], Callable[[Any, str], None]]:
    text = (
        "import psycopg\nfrom psycopg import sql\n\n\n"
        f'def send(db: psycopg.Connection, value):\n    db.execute(f"{statement}")\n'
    )
    return _function(text), _function(fixed("program.py", text))


def _function(text: str) -> Callable[[Any, str], None]:
    names: dict[str, Any] = {}
    exec(compile(text, "program.py", "exec"), names)
    send: Callable[[Any, str], None] = names["send"]
    return send
