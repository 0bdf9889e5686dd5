"""Analysis in a process of its own, so that typing never waits for it.

A thread would not do: the analysis holds the interpreter's lock, and every message would wait for its turn. A process
can also be ended when a file takes too long, and takes a crash of a parser with it instead of the server. It is
spawned, not forked: a fork while another thread reads stdin deadlocks. Nothing here imports pygls, because the new
process would import it too and start ten times slower.
"""

from __future__ import annotations

import asyncio
import gc
import multiprocessing
import signal
import traceback
from concurrent.futures import ThreadPoolExecutor
from threading import Lock
from typing import TYPE_CHECKING, ParamSpec, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable
    from multiprocessing.connection import Connection
    from multiprocessing.process import BaseProcess

_OBJECTS = 100_000  # made before garbage is looked for: what an analysis makes is hardly ever part of a cycle

P = ParamSpec("P")
T = TypeVar("T")


class WorkerError(Exception):
    """A task failed: it raised, it took too long, or the process ended. The message says which."""


class Worker:
    """One process that does one task after the other. It starts with the first one, and again after a crash."""

    def __init__(self, deadline: float = 30.0) -> None:
        """`deadline` is how many seconds one task may take."""
        self._deadline = deadline
        self._queue = ThreadPoolExecutor(1, thread_name_prefix="worker")
        self._process: BaseProcess | None = None
        self._pipe: Connection | None = None
        self._starting = Lock()
        self._stopped = False

    async def call(self, task: Callable[P, T], *arguments: P.args, **_: P.kwargs) -> T:
        """Call a function of a module, with arguments that can be pickled, when all that were asked for before are
        done. Raises `WorkerError`."""
        return await asyncio.get_running_loop().run_in_executor(self._queue, self._ask, task, arguments)

    def stop(self) -> None:
        """End the process, in the middle of a task if need be, and take no more tasks."""
        self._queue.shutdown(wait=False, cancel_futures=True)
        with self._starting:
            self._stopped = True
            if self._process is not None:
                self._process.kill()  # the thread that waits for it sees the pipe end

    def _ask(self, task: Callable[..., T], arguments: tuple[object, ...]) -> T:
        try:
            pipe = self._connect()
            pipe.send((task, arguments))
            if not pipe.poll(self._deadline):
                self._kill()
                raise WorkerError(f"it took longer than {self._deadline:g} seconds")
            result: T
            result, problem = pipe.recv()
        except (EOFError, OSError) as error:
            self._kill()
            raise WorkerError(f"the analysis ended unexpectedly ({error!r})") from error
        if problem:
            raise WorkerError(problem)
        return result

    def _connect(self) -> Connection:
        with self._starting:
            if self._stopped:
                raise EOFError
            if self._pipe is None:
                context = multiprocessing.get_context("spawn")
                self._pipe, theirs = context.Pipe()
                self._process = context.Process(target=_serve, args=(theirs,), daemon=True)
                self._process.start()
                theirs.close()  # so that the pipe ends with the process
            return self._pipe

    def _kill(self) -> None:
        pipe, process, self._pipe, self._process = self._pipe, self._process, None, None
        if process is not None:
            process.kill()
            process.join()
        if pipe is not None:
            pipe.close()


def _serve(pipe: Connection) -> None:
    """The life of the process: answer until the server is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C in a terminal is the server's to handle
    is_warm = False
    while True:
        try:
            task, arguments = pipe.recv()
            pipe.send(_done(task, arguments))
        except (EOFError, OSError):
            return
        if not is_warm:  # the modules and tables that are loaded now stay: no collection needs to go through them again
            gc.collect()
            gc.freeze()
            gc.set_threshold(_OBJECTS)
            is_warm = True


def _done(task: Callable[..., T], arguments: tuple[object, ...]) -> tuple[T | None, str]:
    try:
        return task(*arguments), ""
    except Exception:
        return None, traceback.format_exc()
