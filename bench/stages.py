"""Where the time of a check goes: by room of the house, and by rule."""

from __future__ import annotations

import cProfile
import pstats
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import persistlint
from persistlint.configuration.selection import expand
from persistlint.running.checking import Task, check_file
from persistlint.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

PACKAGE = Path(persistlint.__file__).parent
MOST_FILES = 300  # of a group of languages; the profiler slows everything down
MOST_RULES = 15


def stages(groups: Mapping[str, Path]) -> Iterator[str]:
    """Two tables for every group of languages. The profiler adds to what calls much, so only shares are shown: what a
    room takes itself, and what a rule takes with all that it calls."""
    yield "## By stage and rule\n"
    settings = Settings(expand(["all"]))
    for group, folder in groups.items():
        files = sorted(file for file in folder.rglob("*") if file.is_file())
        if not files:
            continue
        profile = cProfile.Profile()
        check_file(Task(str(files[0]), settings))  # what is loaded once does not count
        for file in files[:: len(files) // MOST_FILES + 1]:
            profile.runcall(check_file, Task(str(file), settings))
        own, whole = _times(pstats.Stats(profile))
        total = own.total()
        yield f"### {group}\n\n| stage | share |\n|---|--:|"
        yield from (f"| `{room}` | {time / total:.0%} |" for room, time in own.most_common() if time > total / 100)
        yield "\n| rule | share |\n|---|--:|"
        yield from (f"| `{rule}` | {time / total:.1%} |" for rule, time in whole.most_common(MOST_RULES))
        yield ""


def _times(stats: pstats.Stats) -> tuple[Counter[str], Counter[str]]:
    """Seconds by room, each with what it calls in C, and by rule, each with all that it calls."""
    own: Counter[str] = Counter()
    whole: Counter[str] = Counter()
    for (path, _, _), (_, _, time, cumulative, callers) in stats.stats.items():  # type: ignore[attr-defined]
        if path.startswith(str(PACKAGE)):
            parts = Path(path).relative_to(PACKAGE).parts
            own[parts[0].removesuffix(".py")] += time
            if parts[0] == "rules" and len(parts) == 3:
                rule = parts[2].removesuffix(".py").replace("_", "-")
                whole[rule] = max(whole[rule], cumulative)  # of its functions, that of the one that calls the others
        else:
            for (caller, _, _), (_, _, part, _) in callers.items():
                inside = caller.startswith(str(PACKAGE))
                own[Path(caller).relative_to(PACKAGE).parts[0].removesuffix(".py") if inside else "(libraries)"] += part
    return own, whole
