"""Statements of Python with a name between the quotes of a name, before and after the fix that doubles what would end
it: a name that worked is the same one, and no other ends the name."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import Any

import psycopg
import pytest

from proof.proving import mended

NAMES = ("plain", "two words", "Größe", "a.b")


def test_sqlite() -> None:
    for quote in ('"', "`"):
        with closing(sqlite3.connect(":memory:")) as db:
            _prove("import sqlite3", "sqlite3.Connection", db, quote, sqlite3.Error)


def test_duckdb() -> None:
    duckdb = pytest.importorskip("duckdb", reason="duckdb is not installed; the extra `proof` has it")
    with duckdb.connect() as db:
        _prove("import duckdb", "duckdb.DuckDBPyConnection", db, '"', duckdb.Error)


def test_postgresql(postgres_folder: str) -> None:
    with psycopg.connect(host=postgres_folder, user="postgres", dbname="postgres", autocommit=True) as db:
        db.execute("SET search_path = pg_temp")
        _prove("import psycopg", "psycopg.Connection", db, '"', psycopg.Error)


def _prove(imports: str, type: str, db: Any, quote: str, error: type[Exception]) -> None:
    statement = f"SELECT {quote}{{column}}{quote} FROM sizes ORDER BY {quote}{{sort}}{quote}"
    head = f"{imports}\n\n\ndef read(db: {type}, column, sort):\n"
    text = f"{head}    return db.execute(f'{statement}').fetchall()\n"
    before, after = (_function(each) for each in (text, mended("read.py", text, "injection")))
    columns = ", ".join(f"{quote}{name}{quote} integer" for name in NAMES)
    strange = f"no{quote}name"
    db.execute(f"CREATE TABLE sizes ({columns}, {quote}no{quote * 2}name{quote} integer)")
    for row in ((3, 1, 2, 4, 5), (1, 2, 3, 5, 4)):
        db.execute(f"INSERT INTO sizes VALUES ({', '.join(map(str, row))})")
    for name in NAMES:
        assert before(db, name, name) == after(db, name, name) != []
    with pytest.raises(error):
        before(db, strange, strange)
    assert [tuple(row) for row in after(db, strange, strange)] == [(4,), (5,)]


def _function(text: str) -> Any:
    names: dict[str, Any] = {}
    exec(compile(text, "program.py", "exec"), names)
    return names["read"]
