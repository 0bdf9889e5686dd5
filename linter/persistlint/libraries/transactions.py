"""What the tables say of the transactions of a library, under `[transactions]`."""

from __future__ import annotations

from persistlint.records import dataclass


@dataclass(frozen=True)
class Binding:
    """How a library knows which transaction a call belongs to; the fields are the keys of `[transactions]`."""

    option: str = ""
    ambient: bool = False
    synchronous: bool = False
    lazy: bool | str = False
    optimistic: bool = False
    exit_commits: bool = False
    requests: str = ""
    asks: str = ""
    commands: str = ""
    unseen: bool = False
    old: str = ""
    through: str = ""


BY_OBJECT = Binding()
