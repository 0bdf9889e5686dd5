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
class Step:
    """What came of a file: the hash of its content, the script, None for a file that is none, and what was known before
    it and behind it. It `lasts` unless it takes away
    what others need, which come without it."""

    state: State
    content: int
    script: Script | None
    before: Catalog
    after: Catalog
    lasts: bool


_chains: dict[Hashable, tuple[Step, ...]] = {}


def run(
    key: Hashable,
    files: Iterable[State],
    read: Callable[[str, Catalog], tuple[int, Script | None]],
    settle: Callable[[Catalog], Catalog],
    lasts: Callable[[Script], bool],
) -> tuple[Step, ...]:
    """Run some files in order. `read` gives the hash of the content of a path, and the script that it is on top of what
    is known; `settle` gives what is known when a run is over, and `lasts` tells whether what a script does is there for
    those behind it. All that they depend on besides is in the `key`."""
    earlier = iter(_chains.pop(key, ()))
    steps: list[Step] = []
    catalog = Catalog()
    for state in files:
        known = next(earlier, None)
        if known is not None and known.state == state:
            steps.append(known)
        else:
            earlier = iter(())
            before = settle(catalog)
            content, script = read(state[0], before)
            is_kept = script is not None and lasts(script)
            after = script.after if script is not None and is_kept else catalog
            steps.append(Step(state, content, script, before, after, is_kept))
        catalog = steps[-1].after
    _chains[key] = tuple(steps)
    if len(_chains) > _MOST:
        del _chains[next(iter(_chains))]
    return tuple(steps)
