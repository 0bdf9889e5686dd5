"""The scripts of a project, run one behind the other. When one has changed, those before it are not run again."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from persistlint.records import dataclass
from persistlint.schema.catalog import Catalog

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable

    from persistlint.schema.script import Script

_MOST = 16  # chains that are remembered
State: TypeAlias = tuple[str, int, int]  # a path, the time of its last change, its size


@dataclass(frozen=True, slots=True)
class Task:
    """A file to run. It `is_joined` where it is run in one go with those before it, and not `is_kept` where it takes
    away what later ones need, so that these come without it."""

    state: State
    is_joined: bool = False
    is_kept: bool = True


@dataclass(frozen=True, slots=True)
class Step:
    """What came of a task: the hash of the content, the script, None for a file that is none, and what was known before
    it and behind it."""

    task: Task
    content: int
    script: Script | None
    before: Catalog
    after: Catalog


_chains: dict[Hashable, tuple[Step, ...]] = {}


def run(
    key: Hashable,
    tasks: Iterable[Task],
    read: Callable[[str, Catalog], tuple[int, Script | None]],
    settle: Callable[[Catalog], Catalog],
) -> tuple[Step, ...]:
    """Run some files in order. `read` gives the hash of the content of a path, and the script that it is on top of what
    is known; `settle` gives what is known when a run is over. All that they depend on besides is in the `key`."""
    earlier = iter(_chains.pop(key, ()))
    steps: list[Step] = []
    catalog = Catalog()
    for task in tasks:
        known = next(earlier, None)
        if known is not None and known.task == task:
            steps.append(known)
        else:
            earlier = iter(())
            before = catalog if task.is_joined else settle(catalog)
            content, script = read(task.state[0], before)
            after = script.after if script is not None and task.is_kept else catalog
            steps.append(Step(task, content, script, before, after))
        catalog = steps[-1].after
    _chains[key] = tuple(steps)
    if len(_chains) > _MOST:
        del _chains[next(iter(_chains))]
    return tuple(steps)
