"""What the tests ask of a database server, whichever it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from contextlib import AbstractContextManager


class RefusedError(Exception):
    """The server refused a statement. Its text is what the server said."""


class Database(Protocol):
    """An empty database of its own, over one connection that commits every statement unless it begins a transaction."""

    def run(self, statement: str) -> None:
        """Run one statement. Raises `RefusedError`."""

    def refusal(self, statement: str) -> str:
        """What the server says to one statement that it refuses, "" where it takes it. A transaction that was open goes
        on as if a refused statement had not been there."""
        try:
            self.run(statement)
        except RefusedError as refused:
            return str(refused)
        return ""

    def state(self) -> str:
        """The schema and the rows of all tables, the same for databases that hold the same."""


class Server(Protocol):
    """A running server."""

    def database(self) -> AbstractContextManager[Database]:
        """An empty database, for one `with` at a time."""
