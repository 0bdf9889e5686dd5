"""Packages that pip put into a directory, by the `*.dist-info` that it leaves beside them: nobody's own code."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

INFO = ".dist-info"
_MOST_BYTES = 5_000_000  # of a list of files


def installed(folder: Path, names: Iterable[str]) -> frozenset[str]:
    """Of what stands in a directory, whose `names` are given, what packages brought."""
    infos = [name for name in names if name.endswith(INFO)]
    return frozenset(part for info in infos for part in (info, *_brought(folder / info))) if infos else frozenset()


def _brought(info: Path) -> Iterator[str]:
    """The directories and files that a package brought, by its own list of them, or else by its name."""
    paths = _lines(info / "RECORD")
    if paths:
        yield from {path.partition(",")[0].strip('"').partition("/")[0] for path in paths} - {"..", ""}
        return
    stem = info.name.removesuffix(INFO).partition("-")[0]
    for module in _lines(info / "top_level.txt") or [stem, stem.lower()]:
        yield from (module, f"{module}.py")


def _lines(file: Path) -> list[str]:
    try:
        is_read = file.is_file() and file.stat().st_size <= _MOST_BYTES  # a pipe would never end
        return file.read_text("utf-8", "replace").splitlines() if is_read else []
    except OSError:
        return []
