"""Where results are kept, and why they can be trusted there.

The folder is `.persistlint_cache` at the root of the checkout, as the users of other linters expect it, or the one that
`--cache-dir` names. It is used where it belongs to the user and nobody else can write to it.

A checkout can hold anything, a folder of that name included, and a cache that says "nothing found" would hide what is
there. So the name of the file in it depends on when and where the folder came to be here, which nobody knows who wrote
the checkout. A folder that the user named is the user's word, and holds on other machines too.
"""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from persistlint.git import root
from persistlint.installation import identity
from persistlint.reading import digest
from persistlint.regexes import regex
from persistlint.running.cache import Cache

if TYPE_CHECKING:
    from collections.abc import Iterator

FOLDER = ".persistlint_cache"
_MOST_FILES = 4  # of several versions of persistlint
_FILE = regex(r"[0-9a-f]{32}\.sqlite(?:-journal)?")
_TAG = "CACHEDIR.TAG"  # by which backups know that a folder can be left out
_TEXTS = {
    ".gitignore": "*\n",
    _TAG: (
        "Signature: 8a477f597d28d172789f06886806bc55\n"
        "# This folder is a cache of persistlint's: https://bford.info/cachedir/\n"
    ),
}


class CacheError(Exception):
    """A folder cannot be used for a cache; the message says why, as it goes on after its name."""


def usual() -> Path:
    """The folder of the checkout that the current directory is in, or of the current directory if it is in none."""
    return root(Path.cwd()) / FOLDER


def open_cache(folder: Path, *, is_named: bool) -> Cache:
    """The cache in a folder, which is made if it is not there; `is_named` if the user named it. Raises `CacheError`."""
    try:
        folder.mkdir(mode=0o700, parents=is_named, exist_ok=True)
        _refuse_others(folder)
        for name, text in _TEXTS.items():
            if not (folder / name).exists():
                (folder / name).write_text(text)
        born = (folder / _TAG).lstat()
        name = digest(identity() + (b"" if is_named else f"{born.st_ino} {born.st_ctime_ns}".encode())).hex()
        file = folder / f"{name}.sqlite"
        if not file.exists():
            _make_room(folder)
        return Cache(file)
    except OSError as error:
        raise CacheError(f"it cannot be used: {error.strerror}") from error


def clean(folder: Path) -> bool:
    """Remove the cache in a folder, and the folder if nothing else is in it. Returns whether there was one. Raises
    `OSError`."""
    files = [*_files(folder), *(folder / name for name in _TEXTS if (folder / name).is_file())]
    for file in files:
        file.unlink(missing_ok=True)
    with suppress(OSError):  # something else is in it
        folder.rmdir()
    return bool(files)


def _refuse_others(folder: Path) -> None:
    """Raise `CacheError` if somebody else can have written what is in a folder."""
    status = folder.lstat()
    if not stat.S_ISDIR(status.st_mode):
        raise CacheError("it is not a directory")
    if hasattr(os, "geteuid") and (status.st_uid != os.geteuid() or status.st_mode & (stat.S_IWGRP | stat.S_IWOTH)):
        raise CacheError("others can write to it")


def _make_room(folder: Path) -> None:
    """Remove the files of other versions that were not used for longest."""
    files = sorted(_files(folder), key=lambda file: file.stat().st_mtime_ns, reverse=True)
    for file in files[_MOST_FILES - 1 :]:
        file.unlink(missing_ok=True)


def _files(folder: Path) -> Iterator[Path]:
    with suppress(OSError):
        yield from [file for file in folder.iterdir() if _FILE.fullmatch(file.name)]
