"""A bar on a terminal while a long run goes on."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from time import monotonic
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

PATIENCE = 1.0  # seconds without a bar; most runs are over by then


@contextmanager
def progress(files: Sequence[Path], stream: TextIO | None, patience: float = PATIENCE) -> Iterator[Iterable[Path]]:
    """The files, one by one, with a bar on the stream if that is a terminal. It is gone when the context ends."""
    if stream is None or not stream.isatty():
        yield files
        return
    with ExitStack() as stack:
        yield _counted(files, stream, stack, monotonic() + patience)


def _counted(files: Sequence[Path], stream: TextIO, stack: ExitStack, due: float) -> Iterator[Path]:
    bar = None
    for done, path in enumerate(files):
        if bar is None and monotonic() > due:
            from rich.console import Console  # only a run that takes long pays for it
            from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

            columns = (TextColumn("Checking"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
            bar = stack.enter_context(Progress(*columns, console=Console(file=stream), transient=True))
            task = bar.add_task("", total=len(files))
        if bar is not None:
            bar.update(task, completed=done)
        yield path
