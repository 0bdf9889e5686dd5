"""What git knows of the files around here. Programs that a repository's configuration names are not started."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from persistlint.configuration.config import absolute

if TYPE_CHECKING:
    from collections.abc import Iterator
    from subprocess import CompletedProcess

# The index of a commit under way, which a hook sees, is not the work tree.
_VARIABLES = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX")

# A file-system monitor is a program, and so is what fetches objects that a partial clone left out.
_SETTINGS = ("--no-optional-locks", "-c", "core.fsmonitor=false", "-c", "protocol.allow=never")


def git(folder: Path, *arguments: str) -> CompletedProcess[bytes] | None:
    """Run git in a folder, and return what it wrote whatever its exit status; None if there is no git or no folder."""
    import subprocess  # only who asks git pays for it

    environment = {key: value for key, value in os.environ.items() if key not in _VARIABLES}
    command = ["git", *_SETTINGS, *arguments]
    try:
        return subprocess.run(command, cwd=folder, env=environment, capture_output=True, stdin=subprocess.DEVNULL)
    except OSError:
        return None


def is_in_checkout(folder: Path) -> bool:
    """Whether a folder is in a checkout at all: to ask git that takes longer than to check a few files."""
    return any(_checkouts_around(folder.resolve()))


def from_root(path: str) -> str:
    """A path as reports name it: relative to the root of the checkout that the current directory is in, or to the
    current directory if it is in none. A path outside of that stays as it is."""
    file, top = absolute(Path(path)), root(Path.cwd())
    return file.relative_to(top).as_posix() if file.is_relative_to(top) else path


@cache
def root(directory: Path) -> Path:
    """The root of the checkout that a directory is in, or the directory itself if it is in none."""
    return next(_checkouts_around(directory), directory)


def _checkouts_around(directory: Path) -> Iterator[Path]:
    """The roots of the checkouts that a directory is in, the innermost first. There may be a thousand directories."""
    return (folder for folder in (directory, *directory.parents) if os.path.exists(f"{folder}/.git"))  # noqa: PTH110
