"""Programs that read a number, change it and write it back: what somebody else adds in between is lost before their
fix, and not after it."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import Any

import psycopg
import pytest

from proof.proving import mended

TABLE = "CREATE TABLE wallets (id integer PRIMARY KEY, balance integer NOT NULL)"
ADD = "UPDATE wallets SET balance = balance + 100 WHERE id = 1"
BODIES = {
    "in the call": (
        'row = db.execute("SELECT balance FROM wallets WHERE id = {0}", (id,)).fetchone()',
        'db.execute("UPDATE wallets SET balance = {0} WHERE id = {0}", (row[{1}] - amount, id))',
    ),
    "in a variable": (
        'row = db.execute("SELECT balance FROM wallets WHERE id = {0}", (id,)).fetchone()',
        'left = row["balance"] - amount',
        'db.execute("UPDATE wallets SET balance = {0} WHERE id = {0}", (left, id))',
    ),
    "in a variable that something else needs": (
        'row = db.execute("SELECT balance FROM wallets WHERE id = {0}", (id,)).fetchone()',
        "left = row[{1}] - amount",
        'db.execute("UPDATE wallets SET balance = {0} WHERE id = {0}", (left, id))',
        "assert left is not None",
    ),
    "fetched": (
        "cursor = db.cursor()",
        'cursor.execute("SELECT balance FROM wallets WHERE id = {0}", (id,))',
        "balance = cursor.fetchone()[{1}]",
        'cursor.execute("UPDATE wallets SET balance = {0} WHERE id = {0}", (balance - amount, id))',
    ),
}


class Interrupted:
    """A connection on which somebody else adds 100 before each write."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection

    def cursor(self) -> Interrupted:
        return Interrupted(self._connection.cursor())

    def execute(self, sql: str, values: Any) -> Any:
        if sql.startswith("UPDATE"):
            self._connection.execute(ADD)
        return self._connection.execute(sql, values)

    def fetchone(self) -> Any:
        return self._connection.fetchone()


@pytest.mark.parametrize("name", BODIES)
def test_sqlite_loses_nothing(name: str) -> None:
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.row_factory = sqlite3.Row
        _prove(_program("sqlite3", name, "?", "'balance'"), connection)


@pytest.mark.parametrize("name", BODIES)
def test_postgresql_loses_nothing(name: str, postgres_folder: str) -> None:
    with psycopg.connect(
        host=postgres_folder, user="postgres", dbname="postgres", row_factory=psycopg.rows.dict_row
    ) as db:
        _prove(_program("psycopg", name, "%s", "'balance'"), db)
        db.rollback()


def _program(driver: str, name: str, mark: str, key: str) -> str:
    body = "".join(f"    {line.replace('{0}', mark).replace('{1}', key)}\n" for line in BODIES[name])
    return f"import {driver}\n\n\ndef spend(db: {driver}.Connection, id, amount):\n{body}"


def _prove(text: str, connection: Any) -> None:
    left = []
    for program in (text, mended("spend.py", text, "transactions")):
        names: dict[str, Any] = {}
        exec(compile(program, "spend.py", "exec"), names)
        connection.execute("DROP TABLE IF EXISTS wallets")
        connection.execute(TABLE)
        connection.execute("INSERT INTO wallets VALUES (1, 50)")
        names["spend"](Interrupted(connection), 1, 5)
        left.append(connection.execute("SELECT balance FROM wallets").fetchone()["balance"])
    assert left == [45, 145]
