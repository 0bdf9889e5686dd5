"""Writing a fixed file back to disk, as it was in everything but the fix."""

from __future__ import annotations

import os
import tempfile
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

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
        data = encode(source, content)
        if not os.access(target, os.W_OK) and target.exists():
            raise WriteError("there is no permission to write it, so it was not fixed")
        if not replace(target, data, encode(source, source.content)):
            raise WriteError("it changed while it was checked, so it was not fixed")
    except OSError as error:
        raise WriteError(f"it cannot be written, so it was not fixed: {error.strerror or error}") from error


def create(files: Mapping[Path, str]) -> None:
    """Make new files, each whole or not at all, and all or none, with the folder that one is in where that is missing.
    Raises `WriteError` where one of such a name is there, or it cannot be written."""
    try:
        with ExitStack() as undo:
            for path, text in files.items():
                if not path.parent.exists():
                    path.parent.mkdir()
                    undo.callback(path.parent.rmdir)
                _create(path, text)
                undo.callback(path.unlink)
            undo.pop_all()  # nothing is to be undone
    except OSError as error:
        is_taken = isinstance(error, FileExistsError)
        reason = "it is there already" if is_taken else f"it cannot be written: {error.strerror or error}"
        raise WriteError(f"`{path.name}` was not made: {reason}") from error


def _create(path: Path, text: str) -> None:
    with _temporary(path.parent, text.encode("utf-8")) as temporary:
        temporary.chmod(0o666 & ~_mask())
        os.link(temporary, path)  # fails where the name is taken, which `replace` would not


def _mask() -> int:
    """The mode bits that new files of this process do not get."""
    mask = os.umask(0o022)
    os.umask(mask)
    return mask


def encode(source: SourceFile, content: bytes) -> bytes:
    """The bytes of a file with other UTF-8 content, in its own encoding. Raises `WriteError` if that cannot hold it."""
    try:
        return source.bom + content.decode("utf-8").encode(source.encoding)
    except UnicodeEncodeError as error:
        raise WriteError(f"its encoding, {source.encoding}, cannot hold the fix") from error


def replace(target: Path, data: bytes, expected: bytes | None = None) -> bool:
    """Replace a file at once or not at all; it keeps its mode and its owner. Returns False where it does not hold what
    is `expected` there, and stays. Raises `OSError`.

    The new file is on the disk before it takes the place of the old one, so that whatever happens one of both is there.
    """
    with _temporary(target.parent, data) as temporary:
        status = target.stat()
        _keep_owner(temporary, status)
        temporary.chmod(status.st_mode)
        if expected is not None and target.read_bytes() != expected:
            return False
        temporary.replace(target)
    return True


@contextmanager
def _temporary(folder: Path, data: bytes) -> Iterator[Path]:
    """A file with these bytes that is on the disk already; what is still there under its name is gone afterwards."""
    descriptor, name = tempfile.mkstemp(dir=folder, prefix=".persistlint-")
    temporary = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        yield temporary
    finally:
        temporary.unlink(missing_ok=True)


def _keep_owner(path: Path, status: os.stat_result) -> None:
    """Give a file the owner of another one, as far as this process may."""
    if hasattr(os, "chown") and (status.st_uid, status.st_gid) != (os.getuid(), os.getgid()):
        with suppress(PermissionError):
            os.chown(path, status.st_uid, status.st_gid)
