"""A bar on a terminal while a long run goes on."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from time import monotonic
from typing import TYPE_CHECKING, TextIO

from persistlint.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PATIENCE = 1.0  # seconds without a bar; most runs are over by then
_INTERVAL = 0.1  # seconds between two pictures of it


@contextmanager
def progress(total: int, stream: TextIO | None, patience: float = PATIENCE) -> Iterator[Callable[[], None]]:
    """A function to call when another one of `total` files is done, which shows a bar on the stream if that is a
    terminal. The bar is gone when the context ends."""
    if stream is None or not stream.isatty():
        yield lambda: None
        return
    with ExitStack() as stack:
        yield _Bar(total, stream, stack, monotonic() + patience).advance


@dataclass
class _Bar:
    total: int
    stream: TextIO
    stack: ExitStack
    due: float  # when it is to be shown anew
    done: int = 0
    show: Callable[[], None] | None = None

    def advance(self) -> None:
        self.done += 1
        if monotonic() > self.due:
            self.show = self.show or self._start()
            self.show()
            self.due = monotonic() + _INTERVAL

    def _start(self) -> Callable[[], None]:
        from rich.console import Console  # only a run that takes long pays for it
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

        columns = (TextColumn("Checking"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        console = Console(file=self.stream)
        # Without a thread that shows it again and again, for a process with threads cannot fork safely.
        bar = self.stack.enter_context(Progress(*columns, console=console, transient=True, auto_refresh=False))
        task = bar.add_task("", total=self.total)
        return lambda: bar.update(task, completed=self.done, refresh=True)
