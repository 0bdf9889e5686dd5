"""The beginnings of the files around one, which tell what it belongs to."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def head_of(path: Path, most: int) -> str:
    """The text of the first bytes of a file, "" where it cannot be read; what is not UTF-8 is replaced."""
    try:
        if not path.is_file():  # a FIFO would wait for a writer
            return ""
        with path.open("rb") as file:
            return file.read(most).decode("utf-8", "replace")
    except OSError:
        return ""
