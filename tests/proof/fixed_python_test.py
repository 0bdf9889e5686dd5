"""Python programs before and after their fixes, on real databases through every driver that is installed."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import ExitStack, closing
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any

import pytest

from proof.cases import PYTHON, ROWS, TABLE, Query
from proof.proving import Answer, Values, fixed, prove

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@dataclass(frozen=True)
class Driver:
    """How a program sends a query through a driver. `send` is the statement around the SQL."""

    module: str
    imports: str
    handle: str
    send: str
    is_async: bool = False


DRIVERS = [
    Driver("sqlite3", "import sqlite3", "db: sqlite3.Connection", "return db.execute({}).fetchall()"),
    Driver("psycopg", "import psycopg", "db: psycopg.Connection", "return db.execute({}).fetchall()"),
    Driver(
        "psycopg2",
        "from psycopg2.extensions import connection",
        "db: connection",
        "cursor = db.cursor()\n    cursor.execute({})\n    return cursor.fetchall()",
    ),
    Driver("asyncpg", "import asyncpg", "db: asyncpg.Connection", "return await db.fetch({})", True),
    Driver(
        "sqlalchemy",
        "from sqlalchemy import Connection, text",
        "db: Connection",
        "return db.execute(text({})).fetchall()",
    ),
    Driver(
        "django",
        "from django.db import connection",
        "db",
        "with connection.cursor() as cursor:\n        cursor.execute({})\n        return cursor.fetchall()",
    ),
    Driver(
        "pymysql",
        "import pymysql",
        "db: pymysql.Connection",
        "with db.cursor() as cursor:\n        cursor.execute({})\n        return cursor.fetchall()",
    ),
]
BY_NAME = {driver.module: driver for driver in DRIVERS}


@pytest.fixture(params=[driver.module for driver in DRIVERS])
def connected(request: pytest.FixtureRequest) -> Iterator[tuple[Driver, Callable[[Any, Values], Answer]]]:
    """A driver, and how to call a function of a program with a connection of it."""
    driver = BY_NAME[request.param]
    pytest.importorskip(driver.module, reason=f"{driver.module} is not installed; the extra `proof` has it")
    with ExitStack() as stack:
        yield driver, _CONNECT[driver.module](stack, request)


@pytest.mark.parametrize("query", PYTHON, ids=lambda query: query.name)
def test_a_fix_changes_no_rows_and_ends_the_attack(
    query: Query, connected: tuple[Driver, Callable[[Any, Values], Answer]]
) -> None:
    driver, call = connected
    if not query.fits(driver.module):
        pytest.skip("this driver has no fix for it")
    text = _program(driver, query)
    programs = [_function(text), _function(fixed("program.py", text))]
    before, after = (lambda values, program=program: call(program, values) for program in programs)
    prove(query, driver.module, before, after)


_SENDERS = {
    "itself": "{define} send({handle}, query):\n    {send}\n",
    "through others": (
        "{define} first({handle}, query):\n    {send}\n\n\n"
        "{define} second({handle}, query):\n    {send}\n\n\n"
        "LATE = False\n\n\n{define} send(db, query):\n"
        "    if LATE:\n        return {wait}first(db, query)\n    return {wait}second(db, query)\n"
    ),
}


@pytest.mark.parametrize("shape", _SENDERS)
@pytest.mark.parametrize("name", ["f-string", "pattern", "percent sign", "number", "one of several", "list"])
def test_a_function_that_sends_a_text_takes_its_values(
    name: str, shape: str, connected: tuple[Driver, Callable[[Any, Values], Answer]]
) -> None:
    driver, call = connected
    if driver.module == "django":
        pytest.skip("the handle is not given")
    query = next(query for query in PYTHON if query.name == name)
    define, wait = ("async def", "await ") if driver.is_async else ("def", "")
    send = driver.send.format("query")
    sender = _SENDERS[shape].format(define=define, wait=wait, handle=driver.handle, send=send)
    finder = f"{define} find(db, a, b, ids):\n"
    body = "\n".join(f"    {line}" for line in [*query.before, f"return {wait}send(db, {query.sql})"])
    text = f"{driver.imports}\n\n\n{sender}\n\n{finder}{body}\n"
    programs = [_function(text), _function(fixed("program.py", text))]
    before, after = (lambda values, program=program: call(program, values) for program in programs)
    prove(query, driver.module, before, after)


_SHARED = {
    "one text": (("query = f\"SELECT id FROM people WHERE name = '{a}' ORDER BY id\"",), "query", "query"),
    "one part": (
        ("where = f\"WHERE name = '{a}'\"",),
        'f"SELECT count(*) FROM people {where}"',
        'f"SELECT id FROM people {where} ORDER BY id"',
    ),
    "a part that grows": (
        ('where = ""', "if b:", "    where += f\" AND name = '{a}'\"", "where += f\" AND code <> '{a}'\""),
        'f"SELECT count(*) FROM people WHERE score > -99{where}"',
        "f\"SELECT id FROM people WHERE code LIKE '%-%'{where} ORDER BY id\"",
    ),
}


@pytest.mark.parametrize("shape", _SHARED)
def test_every_call_that_sends_a_text_passes_its_values(
    shape: str, connected: tuple[Driver, Callable[[Any, Values], Answer]]
) -> None:
    driver, call = connected
    before, first, second = _SHARED[shape]
    sends = [
        driver.send.format(sql).replace("return ", f"{name} = ") for name, sql in (("one", first), ("two", second))
    ]
    body = "\n".join(f"    {line}" for line in [*before, *sends, "return [*one, *two]"])
    define = "async def" if driver.is_async else "def"
    text = f"{driver.imports}\n\n\n{define} find({driver.handle}, a, b, ids):\n{body}\n"
    programs = [_function(text), _function(fixed("program.py", text))]
    unfixed, program = (lambda values, each=each: call(each, values) for each in programs)
    prove(Query(shape, second, attack=("x' OR '1'='1", 99)), driver.module, unfixed, program)


def _program(driver: Driver, query: Query) -> str:
    lines = [*query.before, driver.send.format(query.sql)]
    body = "\n".join(f"    {line}" for line in lines)
    define = "async def" if driver.is_async else "def"
    return f"{driver.imports}\n\n\n{define} find({driver.handle}, a, b, ids):\n{body}\n"


def _function(text: str) -> Any:
    names: dict[str, Any] = {}
    exec(compile(text, "program.py", "exec"), names)
    return names["find"]


def _answer(rows: Any) -> list[Any]:
    return [tuple(row) for row in rows]


Call = "Callable[[Any, Values], Answer]"


def _sync(connection: Any, error: type[Exception]) -> Callable[[Any, Values], Answer]:
    def call(program: Any, values: Values) -> Answer:
        try:
            return _answer(program(connection, *values))
        except (error, ValueError, TypeError) as raised:
            if hasattr(connection, "rollback"):
                connection.rollback()
            return type(raised).__name__

    return call


def _sqlite(stack: ExitStack, request: pytest.FixtureRequest) -> Callable[[Any, Values], Answer]:
    connection = stack.enter_context(closing(sqlite3.connect(":memory:")))
    connection.execute(TABLE)
    connection.executemany("INSERT INTO people VALUES (?, ?, ?, ?)", ROWS)
    connection.commit()  # a query that fails rolls back
    return _sync(connection, sqlite3.Error)


def _psycopg(stack: ExitStack, request: pytest.FixtureRequest) -> Callable[[Any, Values], Answer]:
    driver = import_module(request.node.callspec.params["connected"])
    folder = request.getfixturevalue("postgres_folder")
    connection = stack.enter_context(closing(driver.connect(host=folder, user="postgres", dbname="postgres")))
    return _sync(connection, driver.Error)


def _asyncpg(stack: ExitStack, request: pytest.FixtureRequest) -> Callable[[Any, Values], Answer]:
    import asyncpg

    loop = stack.enter_context(closing(asyncio.new_event_loop()))
    folder = request.getfixturevalue("postgres_folder")
    connection = loop.run_until_complete(asyncpg.connect(host=folder, user="postgres", database="postgres"))
    stack.callback(lambda: loop.run_until_complete(connection.close()))

    def call(program: Any, values: Values) -> Answer:
        try:
            return _answer(loop.run_until_complete(program(connection, *values)))
        except (asyncpg.PostgresError, asyncpg.InterfaceError, ValueError, TypeError) as raised:
            return type(raised).__name__

    return call


def _sqlalchemy(stack: ExitStack, request: pytest.FixtureRequest) -> Callable[[Any, Values], Answer]:
    import sqlalchemy

    folder = request.getfixturevalue("postgres_folder")
    engine = sqlalchemy.create_engine(f"postgresql+psycopg://postgres@/postgres?host={folder}")
    stack.callback(engine.dispose)
    connection = stack.enter_context(engine.connect())
    return _sync(connection, sqlalchemy.exc.SQLAlchemyError)


def _django(stack: ExitStack, request: pytest.FixtureRequest) -> Callable[[Any, Values], Answer]:
    import django
    from django.conf import settings
    from django.db import DatabaseError, connection

    folder = request.getfixturevalue("postgres_folder")
    backend = {"ENGINE": "django.db.backends.postgresql", "NAME": "postgres", "USER": "postgres", "HOST": folder}
    if not settings.configured:
        settings.configure(DATABASES={"default": backend}, USE_TZ=True)
        django.setup()
    stack.callback(connection.close)

    def call(program: Any, values: Values) -> Answer:
        try:
            return _answer(program(None, *values))
        except (DatabaseError, ValueError, TypeError) as raised:
            return type(raised).__name__

    return call


def _pymysql(stack: ExitStack, request: pytest.FixtureRequest) -> Callable[[Any, Values], Answer]:
    import pymysql

    socket = request.getfixturevalue("mariadb_socket")
    connection = pymysql.connect(unix_socket=socket, user="root", database="proof", charset="utf8mb4")
    stack.callback(connection.close)
    return _sync(connection, pymysql.Error)


_CONNECT = {
    "sqlite3": _sqlite,
    "psycopg": _psycopg,
    "psycopg2": _psycopg,
    "asyncpg": _asyncpg,
    "sqlalchemy": _sqlalchemy,
    "django": _django,
    "pymysql": _pymysql,
}
