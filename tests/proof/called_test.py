"""Statements that take no bind parameter, before and after their fix, which calls a function instead or quotes."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from types import SimpleNamespace
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


@pytest.mark.parametrize("setting", ["search_path", "local_preload_libraries"])
def test_a_list_of_names_has_the_value_as_one_of_them(setting: str, connection: driver.Connection) -> None:
    before, after = _programs(f"SET {setting} TO '{{value}}'")

    def shown(program: Callable[[Any, str], None], value: str) -> str:
        program(connection, value)
        row = connection.execute(f"SELECT current_setting('{setting}')").fetchone()
        connection.rollback()
        assert row is not None
        return str(row[0])

    for value in (*TEXTS, "people, public", '"$user"', "People", "select"):
        if value is not None:
            assert shown(after, value) == shown(before, value)
    attack = "people', 'pg_temp"
    assert shown(before, attack) == "people, pg_temp", "the attack does not work before the fix, so it proves nothing"
    assert shown(after, attack) == f'"{attack}"'


@pytest.mark.parametrize("value", ["ISO, DMY", "German", "SQL,MDY"])
def test_a_list_that_is_no_list_of_names_is_set_as_it_is(value: str, connection: driver.Connection) -> None:
    shown = []
    for program in _programs("SET DateStyle = '{value}'"):
        program(connection, value)
        shown.append(connection.execute("SHOW DateStyle").fetchone())
        connection.rollback()
    assert shown[0] == shown[1]


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


@pytest.mark.parametrize("pragma", ["table_info", "table_xinfo", "index_list", "foreign_key_list"])
def test_a_pragma_gives_the_same_rows_and_none_for_an_attack(pragma: str) -> None:
    text = (
        "import sqlite3\n\n\ndef read(db: sqlite3.Connection, request):\n    table = request.args['table']\n"
        f"    cursor = db.execute(f\"PRAGMA {pragma}('{{table}}')\")\n"
        "    return [column[0] for column in cursor.description], cursor.fetchall()\n"
    )
    before, after = _function(text, "read"), _function(fixed("program.py", text), "read")
    with closing(sqlite3.connect(":memory:")) as db:
        db.execute('CREATE TABLE "it\'s" (id integer PRIMARY KEY, up integer REFERENCES t (id))')
        db.execute("CREATE TABLE t (id integer PRIMARY KEY, double AS (id * 2), up integer REFERENCES t (id))")
        db.execute("CREATE INDEX ups ON t (up)")
        db.execute("INSERT INTO t (id, up) VALUES (1, 7)")
        for table in ("t", "T", "other", ""):
            assert after(db, _asking_for(table)) == before(db, _asking_for(table))
        with pytest.raises(sqlite3.OperationalError):
            before(db, _asking_for("it's"))
        assert pragma != "table_info" or after(db, _asking_for("it's"))[1]


def _asking_for(table: str) -> SimpleNamespace:
    """A request with the name of a table."""
    return SimpleNamespace(args={"table": table})


def test_quotes_are_doubled_in_a_default_of_sqlite() -> None:
    text = (
        "import sqlite3\n\n\ndef make(db: sqlite3.Connection, value):\n"
        "    db.execute(f\"CREATE TABLE t (id integer, kind text DEFAULT 'is {value}')\")\n"
        "    db.execute('INSERT INTO t (id) VALUES (1)')\n"
        "    return db.execute('SELECT id, kind FROM t').fetchall()\n"
    )
    before, after = _function(text, "make"), _function(fixed("program.py", text), "make")

    def rows(program: Callable[[Any, str], Any], value: str) -> Any:
        with closing(sqlite3.connect(":memory:")) as db:
            return program(db, value)

    for value in ORDINARY:
        assert rows(after, value) == rows(before, value)
    attack = "', secret text DEFAULT 'x"
    assert rows(before, attack) == [(1, "is ")], "the attack does not work before the fix, so it proves nothing"
    assert rows(after, attack) == [(1, f"is {attack}")]
    assert rows(after, QUOTE) == [(1, f"is {QUOTE}")]


@pytest.mark.parametrize("value", [*ORDINARY, QUOTE, "x'; COMMENT ON DATABASE postgres IS 'y", "\\'"])
def test_quotes_are_doubled_in_a_comment_of_postgres(value: str, connection: driver.Connection) -> None:
    text = (
        "import psycopg\n\n\ndef send(db: psycopg.Connection, value):\n"
        "    db.execute(\"COMMENT ON DATABASE postgres IS '%s'\" % value)\n"
    )
    _function(fixed("program.py", text))(connection, value)
    row = connection.execute(
        "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = 'postgres'"
    ).fetchone()
    assert row is not None
    assert row[0] == value


def _programs(statement: str) -> tuple[Callable[[Any, str], None], Callable[[Any, str], None]]:
    text = (
        "import psycopg\nfrom psycopg import sql\n\n\n"
        f'def send(db: psycopg.Connection, value):\n    db.execute(f"{statement}")\n'
    )
    return _function(text), _function(fixed("program.py", text))


def _function(text: str, name: str = "send") -> Callable[[Any, Any], Any]:
    names: dict[str, Any] = {}
    exec(compile(text, "program.py", "exec"), names)
    function: Callable[[Any, Any], Any] = names[name]
    return function
