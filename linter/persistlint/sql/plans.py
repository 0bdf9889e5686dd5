"""The order in which Sqitch runs the scripts of a folder, which its plan says and their names do not."""

from __future__ import annotations

import os
import re
from bisect import bisect_left

from persistlint.regexes import regex
from persistlint.sql.runners import texts_above

_PLAN = "sqitch.plan"
_LINE = regex(r"^[ \t]*(@?[^\s%#@:-][^\s@]*)", re.MULTILINE)  # a change, or a tag behind its @


def in_plan(paths: tuple[str, ...]) -> tuple[str, ...]:
    """The paths of a folder in the order of the plan, those that it does not know behind them; as they are where there
    is no plan."""
    folder = os.path.dirname(paths[0]) if paths else ""  # noqa: PTH120
    plan = next(iter(texts_above(folder, _PLAN)), "") if os.path.basename(folder) == "deploy" else ""  # noqa: PTH119
    if not plan:
        return paths
    changes: dict[str, list[int]] = {}
    tags: dict[str, int] = {}
    for place, name in enumerate(_LINE.findall(plan)):
        if name.startswith("@"):
            tags[name[1:]] = place
        else:
            changes.setdefault(name, []).append(place)

    def place_of(path: str) -> int:
        name, _, tag = os.path.basename(path)[: -len(".sql")].partition("@")  # noqa: PTH119
        places = changes.get(name, [len(plan)])
        # A change that is made again leaves what it was before under the name of a release.
        return places[max(0, bisect_left(places, tags.get(tag, len(plan))) - 1)]

    return tuple(sorted(paths, key=place_of))
