"""Reading a file to check it: from disk, or from standard input under a file's name."""

from __future__ import annotations

import os
import stat
import sys
import time
from functools import lru_cache
from typing import TYPE_CHECKING

from persistlint.languages import language_of
from persistlint.source import DecodeError, SourceFile

if TYPE_CHECKING:
    from pathlib import Path

try:
    from _blake2 import blake2b
except ImportError:  # this Python keeps it elsewhere; `hashlib` has it for sure, and loads OpenSSL besides
    from hashlib import blake2b

# No person writes such a file. Parsing takes some ten times its size in memory, and every rule looks at all of it.
LARGEST = 20 * 1024 * 1024  # bytes


# A file that changes again within one tick of a file system's clock keeps its times; the coarsest counts two seconds.
_TICK = 2_000_000_000  # nanoseconds


class ReadError(Exception):
    """A file cannot be read as source text; the message says why, as it goes on after the file's name."""


def read_file(path: Path, dialect: str | None = None) -> SourceFile:
    """Read a file of a known language. Raises `ReadError`."""
    data, _ = read_bytes(str(path))
    return decode(path.as_posix(), data, dialect)


def read_bytes(path: str) -> tuple[bytes, os.stat_result]:
    """The bytes of a file, and its status before they were read. Raises `ReadError`."""
    try:
        status = os.stat(path)  # noqa: PTH116 - a `Path` takes longer to make than a file to read
        if not stat.S_ISREG(status.st_mode):  # a FIFO would wait for a writer, a device may never end
            raise ReadError("it is not a regular file")
        _refuse_large(status.st_size)
        with open(path, "rb", buffering=0) as stream:
            return stream.readall(), status
    except FileNotFoundError as error:
        raise ReadError("it does not exist") from error
    except PermissionError as error:
        raise ReadError("there is no permission to read it") from error
    except OSError as error:
        raise ReadError(f"it cannot be read: {error.strerror or error}") from error


def read_stdin(path: Path, dialect: str | None = None) -> SourceFile:
    """Read standard input as the content of the file `path`, which need not exist. Raises `ReadError`."""
    if sys.stdin is None:
        raise ReadError("standard input is closed")
    data = sys.stdin.buffer.read(LARGEST + 1)
    _refuse_large(len(data))
    return decode(path.as_posix(), data, dialect)


def source_at(source: SourceFile, path: str | None) -> SourceFile:
    """The file of a place that explains a diagnostic of `source`: `path`, read again, or `source` itself for None.
    A file that cannot be read any more is empty."""
    return source if path is None or path == source.path else read_again(path, source.language)


def read_again(path: str, language: str, dialect: str | None = None) -> SourceFile:
    """A file that was read before, as it is now; one that cannot be read any more is empty. The last few are kept in
    memory until they change on disk."""
    try:
        return _kept(path, dialect, mark(os.stat(path)))  # noqa: PTH116 - as in `read_bytes`
    except (OSError, ReadError):
        return SourceFile(path, b"", language)


@lru_cache(maxsize=8)
def _kept(path: str, dialect: str | None, mark: str) -> SourceFile:
    return decode(path, read_bytes(path)[0], dialect)


def mark(status: os.stat_result) -> str:
    """What changes when a file does. The time of its status is part of it, for everybody can set the other times."""
    return f"{status.st_mtime_ns} {status.st_ctime_ns} {status.st_size} {status.st_ino}"


def is_settled(status: os.stat_result) -> bool:
    """Whether every later change of a file will show in its mark. Where a system does not tell when the status of a
    file changed, none does surely."""
    return os.name != "nt" and max(status.st_mtime_ns, status.st_ctime_ns) < time.time_ns() - _TICK


def digest(data: bytes) -> bytes:
    """16 bytes that stand for a content."""
    return blake2b(data, digest_size=16).digest()


def _refuse_large(size: int) -> None:
    if size > LARGEST:
        raise ReadError(f"it is larger than {LARGEST // 1024 // 1024} MB")


def decode(path: str, data: bytes, dialect: str | None = None) -> SourceFile:
    """Make a source file of the bytes of a file; `path` has forward slashes. Raises `ReadError`."""
    language = language_of(path)
    if language is None:
        raise ReadError("it is in a language that persistlint does not read")
    try:
        return SourceFile.decode(path, data, language, dialect)
    except DecodeError as error:
        raise ReadError(str(error)) from error
