"""How a library ends a transaction, and gives the connection of one back."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from persistlint.records import dataclass
from persistlint.tables import read_table

if TYPE_CHECKING:
    from persistlint.libraries import Library


@dataclass(frozen=True)
class Ending:
    """An entry of `ending.toml`, which says what its keys mean; this one is that of the libraries that have none."""

    rollback: str = "rollbackTransaction"
    takes_context: bool = False
    error: str = ""
    release: str = ""


def ending_of(library: Library | None) -> Ending:
    """How a library does it; None is one that nobody knows."""
    return _endings().get(library.name, Ending()) if library is not None else Ending()


@cache
def _endings() -> dict[str, Ending]:
    entries = read_table(Path(__file__).with_name("ending.toml"))["library"]
    return {name: Ending(**entry) for entry in entries for name in entry.pop("names")}
