"""A Dask cluster to check files on. Its workers see the same files in the same place, and have the same persistlint."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from persistlint.plugins import PluginError
from persistlint.records import dataclass
from persistlint.version import VERSION

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from concurrent.futures import Executor

SCHEME = "dask://"
_PATIENCE = 30  # seconds until a cluster answers


class ClusterError(Exception):
    """A cluster cannot be used; the message says which and why."""


@dataclass(frozen=True)
class Cluster:
    """What does the work, so many tasks at once: `start` makes an executor of `concurrent.futures`. `deaths` are the
    exceptions that mean that a worker died."""

    start: Callable[[], Executor]
    tasks: int
    deaths: tuple[type[Exception], ...]


@contextmanager
def connected(url: str) -> Iterator[Cluster]:
    """The cluster whose scheduler is at `dask://HOST:PORT`. Raises `ClusterError`, also for what fails meanwhile."""
    try:
        from distributed import Client, KilledWorker
    except ImportError as error:
        raise ClusterError(f"{url}: Dask is not installed; `pip install persistlint[dask]` does it") from error
    try:
        with Client(f"tcp://{url.removeprefix(SCHEME)}", timeout=_PATIENCE, set_as_default=False) as client:
            others = set(client.run(_version).values()) - {VERSION}
            if others:
                raise ClusterError(f"{url}: its workers have persistlint {min(others)}, and this is {VERSION}")
            yield Cluster(client.get_executor, sum(client.nthreads().values()), (KilledWorker,))
    except (ClusterError, PluginError):
        raise
    except Exception as error:
        raise ClusterError(f"{url}: {type(error).__name__}: {error}") from error


def _version() -> str:
    return VERSION
