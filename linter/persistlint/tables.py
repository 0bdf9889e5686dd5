"""Reads the TOML tables of the package, and keeps what they come to as Python keeps what its modules come to: in the
`__pycache__` beside them, under the time and size of the table, and not at all where that folder cannot be written or
Python was told to write nothing. Parsing TOML takes fifty times as long as reading that back."""

from __future__ import annotations

import marshal
import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable


def read_table(path: Traversable) -> dict[str, Any]:
    """The table of a file. Raises `tomllib.TOMLDecodeError` where it is not well formed."""
    return _kept(path) if isinstance(path, Path) else _parsed(path)


def _kept(path: Path) -> dict[str, Any]:
    kept = path.with_name("__pycache__") / f"{path.stem}.{sys.implementation.cache_tag}.table"
    state = path.stat()
    key = (state.st_mtime_ns, state.st_size)
    try:
        found, table = marshal.loads(kept.read_bytes())
        if found == key:
            return dict(table)
    except (OSError, EOFError, ValueError, TypeError):
        pass
    table = _parsed(path)
    if not sys.dont_write_bytecode:
        with suppress(OSError, ValueError):  # no place to write, or dates, which marshal does not know
            _write(kept, marshal.dumps((key, table)))
    return table


def _parsed(path: Traversable) -> dict[str, Any]:
    import tomllib

    return tomllib.loads(path.read_text("utf-8"))


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(exist_ok=True)
    part = path.with_name(f"{path.name}.{os.getpid()}")
    part.write_bytes(data)
    part.replace(path)
