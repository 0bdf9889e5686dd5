"""Analysis in a process of its own, so that typing never waits for it.

A thread would not do: the analysis holds the interpreter's lock, and every message would wait for its turn. A process
can also be ended when a file takes too long, and takes a crash of a parser with it instead of the server. It is
spawned, not forked: a fork while another thread reads stdin deadlocks. Nothing here imports pygls, because the new
process would import it too and start ten times slower.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import signal
import traceback
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING

from persistlint.engine import Report, check
from persistlint.silencing import ignore_edits

if TYPE_CHECKING:
    from multiprocessing.connection import Connection
    from multiprocessing.process import BaseProcess

    from persistlint.diagnostic import Edit
    from persistlint.settings import Settings
    from persistlint.source import SourceFile


@dataclass(frozen=True)
class Analysis:
    """What the worker says about one text. `ignores` holds for every diagnostic of the report, in the same order,
    the edit that silences it, or None where no comment can stand."""

    report: Report
    ignores: tuple[Edit | None, ...] = ()


class Worker:
    """One process that analyses one file after the other. It starts with the first file, and again after a crash."""

    def __init__(self, deadline: float = 10.0) -> None:
        """`deadline` is how many seconds one file may take."""
        self._deadline = deadline
        self._queue = ThreadPoolExecutor(1, thread_name_prefix="worker")
        self._process: BaseProcess | None = None
        self._pipe: Connection | None = None
        self._starting = Lock()
        self._stopped = False

    async def analyse(self, source: SourceFile, settings: Settings) -> Analysis:
        """Analyse a file when all that were asked for before are done. Never raises for what is in the file: a
        crash and a missed deadline are errors of the report."""
        return await asyncio.get_running_loop().run_in_executor(self._queue, self._ask, source, settings)

    def stop(self) -> None:
        """End the process, in the middle of a file if need be, and take no more files."""
        self._queue.shutdown(wait=False, cancel_futures=True)
        with self._starting:
            self._stopped = True
            if self._process is not None:
                self._process.kill()  # the thread that waits for it sees the pipe end

    def _ask(self, source: SourceFile, settings: Settings) -> Analysis:
        try:
            pipe = self._connect()
            pipe.send((source, settings))
            if pipe.poll(self._deadline):
                analysis: Analysis = pipe.recv()
                return analysis
            problem = f"it took longer than {self._deadline:g} seconds"
        except (EOFError, OSError) as error:
            problem = f"the analysis ended unexpectedly ({error!r})"
        self._kill()
        return Analysis(Report((), (problem,)))

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
    while True:
        try:
            source, settings = pipe.recv()
            pipe.send(_analyse(source, settings))
        except (EOFError, OSError):
            return


def _analyse(source: SourceFile, settings: Settings) -> Analysis:
    try:
        report = check(source, settings)
        return Analysis(report, ignore_edits(source, report.diagnostics))
    except Exception:
        return Analysis(Report((), (traceback.format_exc(),)))
