"""Writing a fixed file back to disk, as it was in everything but the fix."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from persistlint.source import SourceFile


class WriteError(Exception):
    """A fixed file cannot be written; the message says why, as it goes on after the file's name."""


def write(path: Path, source: SourceFile, content: bytes) -> None:
    """Replace the file `path`, from which `source` was read, by UTF-8 `content` in the file's own encoding.

    The file is replaced at once or not at all, and keeps its mode and byte order mark; a symbolic link stays, and the
    file that it leads to is replaced. Raises `WriteError` if the file changed since it was read, may not be written,
    or cannot hold the new text in its encoding.
    """
    target = Path(os.path.realpath(path))
    try:
        data = _encode(source, content)
        if target.read_bytes() != _encode(source, source.content):
            raise WriteError("it changed while it was checked, so it was not fixed")
        if not os.access(target, os.W_OK):
            raise WriteError("there is no permission to write it, so it was not fixed")
        replace(target, data)
    except UnicodeEncodeError as error:
        raise WriteError(f"its encoding, {source.encoding}, cannot hold the fix") from error
    except OSError as error:
        raise WriteError(f"it cannot be written, so it was not fixed: {error.strerror or error}") from error


def _encode(source: SourceFile, content: bytes) -> bytes:
    return source.bom + content.decode("utf-8").encode(source.encoding)


def replace(target: Path, data: bytes) -> None:
    """Replace a file at once or not at all; it keeps its mode. Raises `OSError`."""
    descriptor, name = tempfile.mkstemp(dir=target.parent, prefix=".persistlint-")
    temporary = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
        temporary.chmod(target.stat().st_mode)
        temporary.replace(target)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
