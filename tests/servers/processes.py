"""Starts servers: as whom, and until they answer."""

from __future__ import annotations

import os
import pwd
import subprocess
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

T = TypeVar("T")
_PATIENCE = 30  # seconds that a server may take to start
_PAUSE = 0.05  # seconds between two attempts


@contextmanager
def account(folder: str) -> Iterator[str | None]:
    """Who runs a server that keeps its data in a folder: servers refuse to run as root, so root gives the folder to
    `nobody`; None for the one who runs the tests."""
    if os.getuid() != 0:
        yield None
        return
    nobody = pwd.getpwnam("nobody")
    os.chown(folder, nobody.pw_uid, nobody.pw_gid)
    yield nobody.pw_name


def wait_for(process: subprocess.Popen[bytes], connect: Callable[[], T], error: type[Exception]) -> T:
    """The connection, as soon as there is one. Raises `error` where the process ends before, or takes too long."""
    for _ in range(int(_PATIENCE / _PAUSE)):
        try:
            return connect()
        except error:
            if process.poll() is not None:
                raise
        try:
            process.wait(_PAUSE)
        except subprocess.TimeoutExpired:
            continue
    return connect()
