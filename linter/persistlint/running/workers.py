"""Many files over several processes, through the interface of `concurrent.futures`: on this machine, or on a cluster.

A process is forked where that is safe, so that it has everything loaded. One that dies while it checks a file is an
error of that file alone.
"""

from __future__ import annotations

import os
import sys
from _thread import allocate_lock  # `threading` takes longer to import than a small file to check
from collections import deque
from pathlib import Path
from typing import TYPE_CHECKING

from persistlint.garbage import collecting_seldom
from persistlint.moments import held
from persistlint.records import dataclass
from persistlint.running.checking import Outcome, Task, check_file
from persistlint.running.warming import warm_up
from persistlint.surroundings import read_together

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterator, Sequence
    from concurrent.futures import Executor, Future

FEWEST = 48  # files; fewer are checked before other processes are up
_LEAST = 16  # files for each process
_MOST_PROCESSES = 60  # a little less than Windows can wait for
_LARGEST = 32  # files of a chunk
_LEAST_CHUNKS = 4  # for each process, so that all end at about the same time
_AHEAD = 2  # chunks for each process, so that none waits


@dataclass(frozen=True)
class Chunk:
    """Tasks that one process does, each with its number. `folder` is the current directory."""

    folder: Path
    tasks: tuple[tuple[int, Task], ...]


def check_all(tasks: Sequence[Task], jobs: int, cluster: str | None = None) -> Iterator[tuple[int, Outcome]]:
    """Check files in up to so many processes, or in this one if they are few, or on the cluster of this address. What
    is done comes at once, with its place among the tasks. Raises `ClusterError`."""
    if cluster is not None:
        from persistlint.running.cluster import connected

        with connected(cluster) as found:
            yield from spread(_chunks(tasks, found.tasks), found.tasks, lambda jobs: found.start(), found.deaths)
        return
    if jobs < 2 or len(tasks) < FEWEST:
        with collecting_seldom(), held():
            for number, task in enumerate(tasks):
                yield number, check_file(task)
        return
    jobs = min(jobs, len(tasks) // _LEAST, _MOST_PROCESSES)
    warm_up(tasks)
    with collecting_seldom(), held():  # forked processes take it over
        yield from spread(_chunks(tasks, jobs), jobs, _processes)


def cores() -> int:
    """How many processes of this one's can run at once."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def spread(
    chunks: Sequence[Chunk],
    jobs: int,
    start: Callable[[int], Executor],
    deaths: tuple[type[Exception], ...] = (),
) -> Iterator[tuple[int, Outcome]]:
    """Do chunks on what `start` makes for a number of processes. Where a process dies, which `BrokenExecutor` or one of
    `deaths` says, what it may have been at is done again in smaller and smaller parts, and the file that is left is a
    failure."""
    from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, wait

    broken: tuple[type[Exception], ...] = (BrokenExecutor, *deaths)
    waiting = deque(chunks)
    while waiting:
        executor = start(min(jobs, len(waiting)))
        pending: dict[Future[list[tuple[int, Outcome]]], Chunk] = {}
        try:
            while waiting or pending:
                while waiting and len(pending) < _AHEAD * jobs:
                    pending[executor.submit(check_chunk, waiting[0])] = waiting[0]  # a pool that broke takes nothing
                    waiting.popleft()
                for future in wait(pending, return_when=FIRST_COMPLETED).done:
                    yield from future.result()
                    del pending[future]
        except broken:
            executor.shutdown()
        except BaseException:  # Ctrl-C, or nobody wants more
            for future in pending:
                future.cancel()
            executor.shutdown(wait=False)
            _end_processes()
            raise
        else:
            executor.shutdown()
        for chunk in pending.values():
            yield from _apart(chunk, start, deaths)


def check_chunk(chunk: Chunk) -> list[tuple[int, Outcome]]:
    """Do the tasks of a chunk; this runs elsewhere."""
    with _ALONE:
        if Path.cwd() != chunk.folder:
            os.chdir(chunk.folder)
        return [(number, check_file(task)) for number, task in chunk.tasks]


_ALONE = allocate_lock()  # a worker of a cluster has several threads, and one current directory


def _apart(
    chunk: Chunk, start: Callable[[int], Executor], deaths: tuple[type[Exception], ...]
) -> Iterator[tuple[int, Outcome]]:
    """Do a chunk that a process may have died of: whole, else in halves."""
    from concurrent.futures import BrokenExecutor

    broken: tuple[type[Exception], ...] = (BrokenExecutor, *deaths)
    try:
        with start(1) as executor:
            yield from executor.submit(check_chunk, chunk).result()
    except broken:
        middle = len(chunk.tasks) // 2
        if not middle:
            yield chunk.tasks[0][0], Outcome(failure="the process that checked it died")
            return
        for part in (chunk.tasks[:middle], chunk.tasks[middle:]):
            yield from _apart(Chunk(chunk.folder, part), start, deaths)


def _chunks(tasks: Sequence[Task], jobs: int) -> list[Chunk]:
    """Share tasks out in order. The files of a folder of migrations stay together, for to read one of them is to read
    all; they come first, for they take longest."""
    folder = Path.cwd()
    size = max(1, min(_LARGEST, len(tasks) // (_LEAST_CHUNKS * jobs)))
    projects: dict[Hashable, list[tuple[int, Task]]] = {}
    others: list[tuple[int, Task]] = []
    for numbered in enumerate(tasks):
        project = read_together(numbered[1].path)
        (others if project is None else projects.setdefault(project, [])).append(numbered)
    found = [others[start : start + size] for start in range(0, len(others), size)]
    return [Chunk(folder, tuple(part)) for part in (*sorted(projects.values(), key=len, reverse=True), *found)]


def _processes(jobs: int) -> Executor:
    """A pool of processes on this machine: forked, or fresh ones where a fork may copy a lock that is held."""
    import multiprocessing
    import threading
    from concurrent.futures import ProcessPoolExecutor

    may_fork = sys.platform not in ("win32", "darwin") and threading.active_count() == 1
    sys.stdout.flush()  # or every process writes what waits there
    context = multiprocessing.get_context("fork" if may_fork else "spawn")
    return ProcessPoolExecutor(jobs, context, _begin)


def _begin() -> None:
    """The start of a process: it ends at once at Ctrl-C, and with the one that started it."""
    import signal
    import threading
    from multiprocessing import parent_process

    def follow() -> None:
        if parent := parent_process():
            parent.join()
        os._exit(1)

    signal.signal(signal.SIGINT, signal.SIG_DFL)
    threading.Thread(target=follow, daemon=True).start()


def _end_processes() -> None:
    import multiprocessing

    for process in multiprocessing.active_children():
        process.terminate()
