"""What `traits.toml` says of the libraries of models."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from persistlint.records import dataclass
from persistlint.tables import read_table


@dataclass(frozen=True)
class Traits:
    """What the models of one library tell; the keys are those of the table."""

    keys: bool = False
    references: bool = False
    columns: bool = False
    elsewhere: bool = False
    parted: bool = False
    exact: bool = False
    lax: bool = False
    made_by: str = ""


def traits_of(library: str) -> Traits:
    """What the models of a library tell; nothing for one that the table does not name."""
    return _traits().get(library, Traits())


@cache
def _traits() -> dict[str, Traits]:
    return {name: Traits(**entry) for name, entry in read_table(Path(__file__).with_suffix(".toml")).items()}
