"""A client that can misbehave: JSON-RPC over the pipes of a real server process, without a protocol library."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from itertools import count
from queue import Queue
from threading import Thread
from typing import Any, Self

SERVER = [sys.executable, "-m", "persistlint", "server"]
QUERY = """\
import sqlite3

def find(cursor: sqlite3.Cursor, x: str):
    cursor.execute(f"SELECT * FROM t WHERE a = '{x}'")
"""
TIMEOUT = 30.0  # seconds; the machines that run tests are slow at times


def environment() -> dict[str, str]:
    """The environment in which a new interpreter finds what this one finds."""
    return {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}


class RawClient:
    """Starts a server; `log` is what it wrote to stderr, complete after `wait`."""

    def __init__(self, command: list[str] = SERVER) -> None:
        pipe = subprocess.PIPE
        self.process = subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, env=environment())
        self.log = ""
        self._ids = count(1)
        self._messages: Queue[dict[str, Any] | None] = Queue()
        self._set_aside: list[dict[str, Any]] = []
        self._threads = [Thread(target=target, daemon=True) for target in (self._read, self._read_log)]
        for thread in self._threads:
            thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.wait()

    def receive(self, message: dict[str, Any]) -> None:
        """Keep a message of the server for whoever waits for it."""
        self._messages.put(message)

    def send(self, message: object) -> None:
        """Send anything as JSON."""
        self.send_bytes(json.dumps({"jsonrpc": "2.0", **message} if isinstance(message, dict) else message).encode())

    def send_bytes(self, body: bytes) -> None:
        """Send bytes under a correct header."""
        assert self.process.stdin
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
        self.process.stdin.flush()

    def notify(self, method: str, params: object = None) -> None:
        """Send a notification."""
        self.send({"method": method, "params": params})

    def request(self, method: str, params: object = None) -> int:
        """Send a request and return its id."""
        id = next(self._ids)
        self.send({"id": id, "method": method, "params": params})
        return id

    def answer(self, id: int | str) -> dict[str, Any]:
        """Wait for the response to a request."""
        return self._wait_for(lambda message: message.get("id") == id and "method" not in message)

    def call(self, method: str, params: object = None) -> Any:
        """Send a request and wait for its result; the error object if it failed."""
        response = self.answer(self.request(method, params))
        return response.get("error", response.get("result"))

    def published(self, version: int) -> list[dict[str, Any]]:
        """Wait for the diagnostics that are pushed for a version of a document."""
        message = self._wait_for(
            lambda message: (
                message.get("method") == "textDocument/publishDiagnostics"
                and message["params"].get("version") == version
            )
        )
        found: list[dict[str, Any]] = message["params"]["diagnostics"]
        return found

    def notified(self, method: str) -> dict[str, Any]:
        """Wait for a notification of the server; return its parameters."""
        found: dict[str, Any] = self.asked(method)["params"]
        return found

    def asked(self, method: str) -> dict[str, Any]:
        """Wait for a message of the server that is no response."""
        return self._wait_for(lambda message: message.get("method") == method)

    def initialize(
        self, *, pull: bool = True, process_id: int | None = None, capabilities: Any = None, **others: Any
    ) -> dict[str, Any]:
        """Shake hands; return the capabilities of the server. `others` are more parameters of `initialize`."""
        diagnostics = {"diagnostic": {}} if pull else {"publishDiagnostics": {"versionSupport": True}}
        can = {"textDocument": diagnostics, **(capabilities or {})}
        params = {"processId": process_id, "rootUri": None, "capabilities": can, **others}
        offered: dict[str, Any] = self.call("initialize", params)["capabilities"]
        self.notify("initialized", {})
        return offered

    def open(self, text: str, uri: str = "untitled:query", language: str = "python") -> None:
        """Open a document, as version 1."""
        self.notify(
            "textDocument/didOpen",
            {"textDocument": {"uri": uri, "languageId": language, "version": 1, "text": text}},
        )

    def change(self, version: int, text: str, uri: str = "untitled:query") -> None:
        """Replace the text of a document."""
        document = {"uri": uri, "version": version}
        self.notify("textDocument/didChange", {"textDocument": document, "contentChanges": [{"text": text}]})

    def insert(self, version: int, line: int, text: str, uri: str = "untitled:query") -> None:
        """Insert a text at the start of a line."""
        place = {"line": line, "character": 0}
        change = {"range": {"start": place, "end": place}, "text": text}
        document = {"uri": uri, "version": version}
        self.notify("textDocument/didChange", {"textDocument": document, "contentChanges": [change]})

    def pull(self, uri: str = "untitled:query") -> list[str]:
        """Ask for diagnostics and return their codes."""
        report = self.call("textDocument/diagnostic", {"textDocument": {"uri": uri}})
        return [item["code"] for item in report["items"]]

    def wait(self) -> int:
        """Wait for the end of the server and return its exit status."""
        status = self.process.wait(TIMEOUT)
        for thread in self._threads:
            thread.join(TIMEOUT)
        return status

    def _wait_for(self, matches: Any) -> dict[str, Any]:
        for known in self._set_aside:
            if matches(known):
                self._set_aside.remove(known)
                return known
        while (message := self._messages.get(timeout=TIMEOUT)) is not None:
            if matches(message):
                return message
            self._set_aside.append(message)
        raise EOFError(self.log)

    def _read(self) -> None:
        assert self.process.stdout
        while header := self.process.stdout.readline():
            length = 0
            while header.strip():
                name, value = header.split(b":", 1)
                length = int(value) if name.lower() == b"content-length" else length
                header = self.process.stdout.readline()
            self.receive(json.loads(self.process.stdout.read(length)))
        self._messages.put(None)

    def _read_log(self) -> None:
        assert self.process.stderr
        for line in self.process.stderr:
            self.log += line.decode("utf-8", "replace")
