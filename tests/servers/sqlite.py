"""SQLite, of Python."""

from __future__ import annotations

import sqlite3
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

from servers.server import Database, RefusedError

if TYPE_CHECKING:
    from collections.abc import Iterator


class SqliteServer:
    """Makes databases in memory."""

    @contextmanager
    def database(self) -> Iterator[SqliteDatabase]:
        """A new database, which is gone behind the `with`."""
        with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
            connection.execute("PRAGMA foreign_keys = ON")
            yield SqliteDatabase(connection)


class SqliteDatabase(Database):
    """A database of it."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def run(self, statement: str) -> None:
        """Run one statement. Raises `RefusedError`."""
        try:
            self._connection.execute(statement)
        except sqlite3.Error as error:
            raise RefusedError(str(error)) from error

    def state(self) -> str:
        """The schema and the rows of all tables."""
        return "\n".join(self._connection.iterdump())
