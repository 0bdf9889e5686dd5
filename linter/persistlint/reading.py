"""Reading a file to check it: from disk, or from standard input under a file's name."""

from __future__ import annotations

import stat
import sys
from pathlib import Path

from persistlint.languages import language_of
from persistlint.source import DecodeError, SourceFile

# No person writes such a file. Parsing takes some ten times its size in memory, and every rule looks at all of it.
LARGEST = 20 * 1024 * 1024  # bytes


class ReadError(Exception):
    """A file cannot be read as source text; the message says why, as it goes on after the file's name."""


def read_file(path: Path, dialect: str | None = None) -> SourceFile:
    """Read a file of a known language. Raises `ReadError`."""
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):  # a FIFO would wait for a writer, a device may never end
            raise ReadError("it is not a regular file")
        _refuse_large(status.st_size)
        data = path.read_bytes()
    except FileNotFoundError as error:
        raise ReadError("it does not exist") from error
    except PermissionError as error:
        raise ReadError("there is no permission to read it") from error
    except OSError as error:
        raise ReadError(f"it cannot be read: {error.strerror or error}") from error
    return _decode(path, data, dialect)


def read_stdin(path: Path, dialect: str | None = None) -> SourceFile:
    """Read standard input as the content of the file `path`, which need not exist. Raises `ReadError`."""
    if sys.stdin is None:
        raise ReadError("standard input is closed")
    data = sys.stdin.buffer.read(LARGEST + 1)
    _refuse_large(len(data))
    return _decode(path, data, dialect)


def source_at(source: SourceFile, path: str | None) -> SourceFile:
    """The file of a place that explains a diagnostic of `source`: `path`, read again, or `source` itself for None.
    A file that cannot be read any more is empty."""
    if path is None or path == source.path:
        return source
    try:
        return read_file(Path(path))
    except ReadError:
        return SourceFile(path, b"", source.language)


def _refuse_large(size: int) -> None:
    if size > LARGEST:
        raise ReadError(f"it is larger than {LARGEST // 1024 // 1024} MB")


def _decode(path: Path, data: bytes, dialect: str | None) -> SourceFile:
    language = language_of(path.name)
    if language is None:
        raise ReadError("it is in a language that persistlint does not read")
    try:
        return SourceFile.decode(path.as_posix(), data, language, dialect)
    except DecodeError as error:
        raise ReadError(str(error)) from error
