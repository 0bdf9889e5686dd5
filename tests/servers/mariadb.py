"""MariaDB from the packages of the system, on a socket in a temporary folder. It stands for MySQL."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

import pymysql
from pymysql.constants import CLIENT

from servers.processes import account, wait_for
from servers.server import Database, RefusedError

if TYPE_CHECKING:
    from collections.abc import Iterator

_SETTINGS = (
    "--skip-networking",
    "--innodb-flush-method=nosync",
    "--innodb-doublewrite=0",
    "--innodb-buffer-pool-size=32M",
)
_PLACES = "/usr/sbin:/usr/bin:/usr/local/sbin:/usr/local/bin"


def programs() -> tuple[str, str] | None:
    """`mariadb-install-db` and `mariadbd`, None where they are not there, or what the first of them calls is not."""
    needed = ("mariadb-install-db", "mariadbd", "my_print_defaults")
    install, serve, defaults = (shutil.which(name, path=_PLACES) for name in needed)
    return (install, serve) if install and serve and defaults else None


@contextmanager
def running(install: str, serve: str) -> Iterator[MariadbServer]:
    """A new server, which is gone behind the `with`."""
    with tempfile.TemporaryDirectory(prefix="mariadb") as folder, account(folder) as user:
        data, socket = f"--datadir={folder}/data", f"{folder}/socket"
        subprocess.run(
            [install, "--no-defaults", data, "--auth-root-authentication-method=normal", "--skip-test-db"],
            check=True,
            user=user,
            cwd=folder,
            capture_output=True,
        )
        process = subprocess.Popen(
            [serve, "--no-defaults", data, f"--socket={socket}", f"--pid-file={folder}/pid", *_SETTINGS],
            user=user,
            cwd=folder,
            stderr=subprocess.DEVNULL,
        )
        try:
            with closing(wait_for(process, lambda: _connect(socket), pymysql.Error)) as connection:
                yield MariadbServer(socket, connection)
        finally:
            process.terminate()
            process.wait()


class MariadbServer:
    """A running MariaDB, which listens at the path `socket`."""

    def __init__(self, socket: str, connection: pymysql.Connection[pymysql.cursors.Cursor]) -> None:
        self.socket = socket
        self._connection = connection
        self._count = 0

    @contextmanager
    def database(self) -> Iterator[MariadbDatabase]:
        """A new database, which is gone behind the `with`."""
        self._count += 1
        name = f"test{self._count}"
        self._connection.query(f"CREATE DATABASE {name}")
        try:
            with closing(_connect(self.socket, name)) as connection:
                yield MariadbDatabase(connection)
        finally:
            self._connection.query(f"DROP DATABASE {name}")


class MariadbDatabase(Database):
    """A database of it."""

    def __init__(self, connection: pymysql.Connection[pymysql.cursors.Cursor]) -> None:
        self._connection = connection

    def run(self, statement: str) -> None:
        """Run one statement. Raises `RefusedError`."""
        try:
            self._rows(statement)
        except pymysql.Error as error:
            raise RefusedError(str(error)) from error

    def state(self) -> str:
        """The schema and the rows of all tables."""
        parts = []
        for (table,) in self._rows("SHOW TABLES"):
            parts += [str(row) for row in self._rows(f"SHOW CREATE TABLE `{table}`")]
            parts += sorted(str(row) for row in self._rows(f"SELECT * FROM `{table}`"))
        return "\n".join(parts)

    def _rows(self, statement: str) -> tuple[tuple[object, ...], ...]:
        with self._connection.cursor() as cursor:
            cursor.execute(statement)
            return tuple(cursor.fetchall())


def _connect(socket: str, database: str | None = None) -> pymysql.Connection[pymysql.cursors.Cursor]:
    return pymysql.connect(
        unix_socket=socket, user="root", database=database, autocommit=True, client_flag=CLIENT.FOUND_ROWS
    )
