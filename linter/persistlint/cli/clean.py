"""`persistlint clean`: remove what was kept of earlier runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.cli.status import CLEAN, UsageError
from persistlint.running.cache_folder import clean, usual

if TYPE_CHECKING:
    from argparse import Namespace
    from pathlib import Path


def run(arguments: Namespace) -> int:
    """Remove the cache; return the exit status. Only files of persistlint's are removed."""
    folder: Path = arguments.cache_dir or usual()
    try:
        print(f"Removed {folder}." if clean(folder) else f"There is nothing to remove in {folder}.")
    except OSError as error:
        raise UsageError(f"{folder}: it cannot be removed: {error.strerror}") from error
    return CLEAN
