"""PostgreSQL from the packages of the system, on a socket in a temporary folder."""

from __future__ import annotations

import signal
import subprocess
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
from psycopg.pq import TransactionStatus

from servers.processes import account, wait_for
from servers.server import RefusedError

if TYPE_CHECKING:
    from collections.abc import Iterator

_SETTINGS = (
    "listen_addresses=",
    "fsync=off",
    "full_page_writes=off",
    "autovacuum=off",
    "lc_messages=C",
    "lock_timeout=5s",
    "statement_timeout=20s",
)
# What programs of Supabase find there, and who owns nothing.
_ROLES = ("anon", "authenticated", "service_role", "app")


def programs() -> Path | None:
    """The folder of the newest `initdb` and `postgres`, None where there is none."""
    found = Path("/usr/lib/postgresql").glob("*/bin/postgres")
    newest = max(found, key=lambda path: int(path.parent.parent.name), default=None)
    return newest.parent if newest is not None else None


@contextmanager
def running(folder_of_programs: Path) -> Iterator[PostgresServer]:
    """A new server, which is gone behind the `with`."""
    with tempfile.TemporaryDirectory(prefix="postgres") as folder, account(folder) as user:
        data = f"{folder}/data"
        initdb = [str(folder_of_programs / "initdb"), "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8"]
        subprocess.run([*initdb, "--locale=C", "--no-sync"], check=True, user=user, cwd=folder, capture_output=True)
        options = [option for setting in _SETTINGS for option in ("-c", setting)]
        process = subprocess.Popen(
            [folder_of_programs / "postgres", "-D", data, "-k", folder, *options],
            user=user,
            cwd=folder,
            stderr=subprocess.DEVNULL,
        )
        try:
            yield PostgresServer(folder, wait_for(process, lambda: _connect(folder, "postgres"), psycopg.Error))
        finally:
            process.send_signal(signal.SIGQUIT)  # at once, without waiting for connections to be closed
            process.wait()


class PostgresServer:
    """A running PostgreSQL. A database is emptied and used again, for it takes long to make one.

    `folder` is that of its socket.
    """

    def __init__(self, folder: str, connection: psycopg.Connection) -> None:
        self.folder = folder
        for role in _ROLES:
            connection.execute(f"CREATE ROLE {role}".encode())
        connection.close()

    @contextmanager
    def database(self) -> Iterator[PostgresDatabase]:
        """An empty database, to be used by one at a time."""
        with _connect(self.folder, "postgres") as connection:
            try:
                yield PostgresDatabase(connection)
            finally:
                _empty(connection)


class PostgresDatabase:
    """A database of it."""

    def __init__(self, connection: psycopg.Connection) -> None:
        self._connection = connection

    def run(self, statement: str) -> None:
        """Run one statement. Raises `RefusedError`."""
        try:
            self._connection.execute(statement.encode())
        except psycopg.Error as error:
            raise RefusedError(str(error)) from error

    def refusal(self, statement: str) -> str:
        """What it says to a statement that it refuses."""
        is_open = self._connection.info.transaction_status == TransactionStatus.INTRANS
        if is_open:
            self.run("SAVEPOINT before_refusal")
        try:
            self.run(statement)
        except RefusedError as refused:
            if is_open:
                self.run("ROLLBACK TO SAVEPOINT before_refusal")
            return str(refused)
        return ""

    def state(self) -> str:
        """The schema and the rows of all tables."""
        parts = [str(row) for row in self._connection.execute(_SCHEMA)]
        for (table,) in self._connection.execute(_TABLES).fetchall():
            rows = self._connection.execute(f"SELECT * FROM {table}".encode()).fetchall()
            parts += [table, *sorted(str(row) for row in rows)]
        return "\n".join(parts)


def _empty(connection: psycopg.Connection) -> None:
    connection.rollback()
    connection.execute("DISCARD ALL")
    for (schema,) in connection.execute(_SCHEMAS).fetchall():
        connection.execute(f"DROP SCHEMA {schema} CASCADE".encode())
    connection.execute("CREATE SCHEMA public")
    connection.execute("GRANT USAGE ON SCHEMA public TO PUBLIC")


def _connect(folder: str, database: str) -> psycopg.Connection:
    return psycopg.connect(host=folder, user="postgres", dbname=database, autocommit=True)


_SCHEMAS = "SELECT quote_ident(nspname) FROM pg_namespace WHERE nspname !~ '^(pg_|information_schema)'"
_OURS = "JOIN pg_namespace n ON n.oid = {}.relnamespace AND n.nspname !~ '^(pg_|information_schema)'"
_TABLES = f"SELECT format('%I.%I', nspname, relname) FROM pg_class c {_OURS.format('c')} WHERE relkind = 'r' ORDER BY 1"
_SCHEMA = f"""
SELECT 'relation', relname, relkind::text, relrowsecurity::text FROM pg_class c {_OURS.format("c")}
UNION ALL SELECT 'column', relname, attname, format_type(atttypid, atttypmod) || attnotnull::text || attnum::text
  || COALESCE((SELECT pg_get_expr(adbin, adrelid) FROM pg_attrdef WHERE adrelid = attrelid AND adnum = attnum), '')
  FROM pg_attribute JOIN pg_class c ON c.oid = attrelid {_OURS.format("c")} WHERE attnum > 0 AND NOT attisdropped
UNION ALL SELECT 'constraint', relname, conname, pg_get_constraintdef(k.oid)
  FROM pg_constraint k JOIN pg_class c ON c.oid = conrelid {_OURS.format("c")}
UNION ALL SELECT 'index', relname, indisvalid::text, pg_get_indexdef(indexrelid)
  FROM pg_index JOIN pg_class c ON c.oid = indrelid {_OURS.format("c")}
UNION ALL SELECT 'type', typname, typtype::text, '' FROM pg_type
  JOIN pg_namespace n ON n.oid = typnamespace AND n.nspname !~ '^(pg_|information_schema)'
UNION ALL SELECT 'function', proname, pg_get_function_identity_arguments(p.oid), prosrc FROM pg_proc p
  JOIN pg_namespace n ON n.oid = pronamespace AND n.nspname !~ '^(pg_|information_schema)'
ORDER BY 1, 2, 3, 4
"""
