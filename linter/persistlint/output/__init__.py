"""How the results of a run are written. The folder is the registry: every module is a format, and has a function
`write(run, stream, quiet=False)`; `quiet` leaves out what is not a diagnostic or a failure."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Protocol, TextIO

from persistlint.folders import modules_in

if TYPE_CHECKING:
    from persistlint.running.run import Run


class Writer(Protocol):
    """What a format does."""

    def __call__(self, run: Run, stream: TextIO, *, quiet: bool = False) -> None:
        """Write the results of a run as text."""


@cache
def formats() -> tuple[str, ...]:
    """The names of all formats."""
    return tuple(modules_in(__path__))


def writer(name: str) -> Writer:
    """The function that writes a format."""
    write: Writer = import_module(f"{__name__}.{name}").write
    return write
