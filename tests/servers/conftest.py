"""The servers, one of each kind for all tests, started when the first test asks for it.

Where a server is not installed, its tests are skipped, unless the environment variable `PERSISTLINT_SERVERS` names it.
"""

from __future__ import annotations

import os
from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest

from servers import mariadb, postgres
from servers.sqlite import SqliteServer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from servers.server import Server

_EXPECTED = os.environ.get("PERSISTLINT_SERVERS", "").split()


@pytest.fixture(scope="session")
def server_of() -> Iterator[Callable[[str], Server]]:
    """The server that speaks a dialect. Skips the test where there is none."""
    started: dict[str, Server] = {}
    with ExitStack() as stack:

        def get(dialect: str) -> Server:
            if dialect not in started:
                started[dialect] = _start(dialect, stack)
            return started[dialect]

        yield get


def _start(dialect: str, stack: ExitStack) -> Server:
    if dialect == "sqlite":
        return SqliteServer()
    if dialect == "mysql":
        pair = mariadb.programs()
        return stack.enter_context(mariadb.running(*pair)) if pair is not None else _absent("mariadb")
    folder = postgres.programs()
    return stack.enter_context(postgres.running(folder)) if folder is not None else _absent("postgres")


def _absent(name: str) -> Server:
    if name in _EXPECTED:
        pytest.fail(f"{name} is expected by PERSISTLINT_SERVERS and is not installed")
    pytest.skip(f"{name} is not installed")
