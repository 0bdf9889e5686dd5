"""The servers on which the fixes are proven, one of each kind for all tests, with the table of `cases` in them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import psycopg
import pymysql
import pytest

from proof.cases import ROWS, TABLE
from servers import mariadb, postgres

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="session")
def postgres_folder() -> Iterator[str]:
    """The folder of the socket of a PostgreSQL."""
    programs = postgres.programs()
    if programs is None:
        pytest.skip("postgres is not installed")
    with postgres.running(programs) as server:
        folder: str = server.folder
        with psycopg.connect(host=folder, user="postgres", dbname="postgres", autocommit=True) as connection:
            connection.execute(TABLE)
            connection.cursor().executemany("INSERT INTO people VALUES (%s, %s, %s, %s)", ROWS)
        yield folder


@pytest.fixture(scope="session")
def mariadb_socket() -> Iterator[str]:
    """The socket of a MariaDB, whose database `proof` has the table."""
    programs = mariadb.programs()
    if programs is None:
        pytest.skip("mariadb is not installed")
    with mariadb.running(*programs) as server:
        socket: str = server.socket
        connection = pymysql.connect(unix_socket=socket, user="root", autocommit=True, charset="utf8mb4")
        with connection, connection.cursor() as cursor:
            cursor.execute("CREATE DATABASE proof CHARACTER SET utf8mb4 COLLATE utf8mb4_bin")
            cursor.execute("USE proof")
            cursor.execute(TABLE)
            cursor.executemany("INSERT INTO people VALUES (%s, %s, %s, %s)", ROWS)
        yield socket
