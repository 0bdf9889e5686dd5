"""Statements of Python in which no parameter can stand, before and after the fix that doubles the quotes of a value,
and statements of a migration that are given their values."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Any

import psycopg
import pytest

from proof.cases import ROWS, TABLE, Query
from proof.proving import Answer, Values, fixed, prove

if TYPE_CHECKING:
    from collections.abc import Callable

VIEW = "CREATE VIEW found AS SELECT id FROM people WHERE name = '{a}'"
QUERY = Query("view", VIEW)


def test_sqlite() -> None:
    with closing(sqlite3.connect(":memory:")) as db:
        db.execute(TABLE)
        db.executemany("INSERT INTO people VALUES (?, ?, ?, ?)", ROWS)
        _prove("import sqlite3", "sqlite3.Connection", db, sqlite3.Error)


def test_duckdb() -> None:
    duckdb = pytest.importorskip("duckdb", reason="duckdb is not installed; the extra `proof` has it")
    with duckdb.connect() as db:
        db.execute(TABLE)
        db.executemany("INSERT INTO people VALUES (?, ?, ?, ?)", [list(row) for row in ROWS])
        _prove("import duckdb", "duckdb.DuckDBPyConnection", db, duckdb.Error)


def test_options_of_duckdb() -> None:
    duckdb = pytest.importorskip("duckdb", reason="duckdb is not installed; the extra `proof` has it")
    statements = ("SET threads={}", "SET threads='{}'", "SET GLOBAL threads TO '{}'")
    for statement in statements:
        body = statement.replace("{}", "{a}")
        text = f'import duckdb\n\n\ndef choose(db: duckdb.DuckDBPyConnection, a):\n    db.execute(f"{body}")\n'
        after = fixed("choose.py", text)
        assert "?" in after
        for program in (_function(text, "choose"), _function(after, "choose")):
            for number in (3, "2"):
                with duckdb.connect() as db:
                    program(db, number)
                    assert db.execute("SELECT current_setting('threads')").fetchone() == (int(number),)
        with duckdb.connect() as db, pytest.raises(duckdb.Error):
            _function(after, "choose")(db, "2'; CREATE TABLE broken (a int); --")


def test_postgresql(postgres_folder: str) -> None:
    with psycopg.connect(host=postgres_folder, user="postgres", dbname="postgres", autocommit=True) as db:
        db.execute("SET search_path = pg_temp, public")
        _prove("import psycopg", "psycopg.Connection", db, psycopg.Error)


def test_alembic() -> None:
    pytest.importorskip("alembic", reason="alembic is not installed; the extra `proof` has it")
    from alembic.migration import MigrationContext
    from alembic.operations import Operations
    from sqlalchemy import create_engine, exc

    text = (
        "from alembic import op\n\n\ndef upgrade(a):\n"
        "    op.execute(f\"INSERT INTO found SELECT id FROM people WHERE name = '{a}'\")\n"
    )
    with create_engine("sqlite://").connect() as connection:
        connection.exec_driver_sql(TABLE)
        connection.exec_driver_sql("INSERT INTO people VALUES (?, ?, ?, ?)", list(ROWS))
        connection.exec_driver_sql("CREATE TABLE found (id integer)")

        def call(program: Any, values: Values) -> Answer:
            connection.exec_driver_sql("DELETE FROM found")
            try:
                with Operations.context(MigrationContext.configure(connection)):
                    program(values[0])
            except exc.SQLAlchemyError as error:
                return type(error).__name__
            return [tuple(row) for row in connection.exec_driver_sql("SELECT id FROM found ORDER BY id")]

        before, after = (_function(each, "upgrade") for each in (text, fixed("people.py", text)))
        prove(QUERY, "alembic", lambda values: call(before, values), lambda values: call(after, values))


def _prove(imports: str, handle: str, db: Any, error: type[Exception]) -> None:
    text = f'{imports}\n\n\ndef find(db: {handle}, a):\n    db.execute(f"{VIEW}")\n'

    def called(program: Callable[..., Any]) -> Callable[[Values], Answer]:
        def call(values: Values) -> Answer:
            db.execute("DROP VIEW IF EXISTS found")
            try:
                program(db, values[0])
            except error as raised:
                return type(raised).__name__
            return [tuple(row) for row in db.execute("SELECT id FROM found ORDER BY id").fetchall()]

        return call

    before, after = (called(_function(each, "find")) for each in (text, fixed("find.py", text)))
    prove(QUERY, "views", before, after)


def _function(text: str, name: str) -> Any:
    names: dict[str, Any] = {}
    exec(compile(text, "program.py", "exec"), names)
    return names[name]
