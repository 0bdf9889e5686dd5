"""Reads the TOML tables of the package, and keeps what they come to as Python keeps what its modules come to: in the
`__pycache__` beside them, under the time and size of the table, and not at all where that folder cannot be written or
Python was told to write nothing. Parsing TOML takes fifty times as long as reading that back. What else is read from
the files of the package at every start is kept in the same way."""

from __future__ import annotations

import marshal
import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable
    from importlib.resources.abc import Traversable


def read_table(path: Traversable) -> dict[str, Any]:
    """The table of a file. Raises `tomllib.TOMLDecodeError` where it is not well formed."""
    return _kept(path) if isinstance(path, Path) else _parsed(path)


def _kept(path: Path) -> dict[str, Any]:
    state = path.stat()
    return dict(kept(str(path.with_suffix("")), (state.st_mtime_ns, state.st_size), lambda: _parsed(path)))


def kept(path: str, state: Any, make: Callable[[], Any]) -> Any:
    """What `make` gives for what the files of a path, which has no suffix, are now: values that `marshal` knows."""
    folder, name = os.path.split(path)
    file = f"{folder}/__pycache__/{name}.{sys.implementation.cache_tag}.table"
    try:
        with open(file, "rb", buffering=0) as stream:
            found, value = marshal.loads(stream.readall())
        if found == state:
            return value
    except (OSError, EOFError, ValueError, TypeError):
        pass
    value = make()
    if not sys.dont_write_bytecode:
        with suppress(OSError, ValueError):  # no place to write, or dates, which marshal does not know
            _write(Path(file), marshal.dumps((state, value)))
    return value


def _parsed(path: Traversable) -> dict[str, Any]:
    import tomllib

    return tomllib.loads(path.read_text("utf-8"))


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(exist_ok=True)
    part = path.with_name(f"{path.name}.{os.getpid()}")
    part.write_bytes(data)
    part.replace(path)
