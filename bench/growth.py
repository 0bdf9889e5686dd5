"""How the time of a check grows with the size of what is checked."""

from __future__ import annotations

from itertools import cycle
from typing import TYPE_CHECKING

from bench.measure import PERSISTLINT, cost

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

SIZES = (10_000, 100_000, 1_000_000, 10_000_000)  # bytes of one file; persistlint refuses one of more than 20 MB
WHOLE, PART = 50_000_000, 1_000_000  # bytes of a folder, and of each of its files


def growth(groups: Mapping[str, Path], scratch: Path) -> Iterator[str]:
    """A table: CPU time by size, for files that are made of all files of a language one after the other."""
    yield "## As files grow: CPU time (s), the start left out\n"
    yield "| | " + " | ".join(f"{size:,} bytes" for size in SIZES) + f" | {WHOLE:,} bytes in files of {PART:,} |"
    yield "|---|" + "--:|" * (len(SIZES) + 1)
    for group, folder in groups.items():
        files = sorted(file for file in folder.rglob("*") if file.is_file())
        if not files:
            continue
        suffix = files[0].suffix
        texts = [file.read_bytes() + b"\n" for file in files if file.suffix == suffix]
        target = scratch / "growth" / folder.name
        target.mkdir(parents=True)
        start = cost([*PERSISTLINT, "--version"], target).cpu
        row = []
        for size in SIZES:
            file = target / f"f{size}{suffix}"
            file.write_bytes(_text(texts, size))
            row.append(_seconds(file) - start)
        parts = target / "parts"
        parts.mkdir()
        whole = _text(texts, WHOLE)
        for number in range(WHOLE // PART):
            (parts / f"f{number}{suffix}").write_bytes(whole[number * PART : (number + 1) * PART])
        row.append(_seconds(parts) - start)
        yield f"| {group} | " + " | ".join(f"{each:.2f}" for each in row) + " |"
    yield ""


def _seconds(path: Path) -> float:
    return cost(
        [*PERSISTLINT, "check", "--isolated", "--no-cache", "--statistics", "--select=all", path], path.parent
    ).cpu


def _text(texts: list[bytes], size: int) -> bytes:
    """So many bytes of real code, which begins again at its end."""
    parts: list[bytes] = []
    length = 0
    for text in cycle(texts):
        parts.append(text)
        length += len(text)
        if length >= size:
            return b"".join(parts)[:size]
    raise ValueError("there is no text")
